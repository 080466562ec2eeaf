/** Walks a folder and says which of its files are to be read. Synchronous: it runs in a thread of its own. */
import { lstatSync, readdirSync, type Dirent, type Stats } from 'node:fs';
import { join, sep } from 'node:path';
import { fromRoot, within } from './paths.ts';
import { judge, layerOf, matcher, type Layer, type Verdict } from './ignoring.ts';

export interface FoundFile {
  readonly kind: 'file';
  readonly path: string;
  readonly size: number;
  /** Milliseconds, as exact as the system has them. */
  readonly changedAt: number;
  /** Tells a file that took another's name, size and time; compared, never reckoned with. */
  readonly inode: number;
  /** Its name is no text on this system: `path` shows it, and nothing can be opened by it. */
  readonly unreadableName?: true;
}
/** A folder that may not be looked into: nothing is known of what is in it. */
export interface ClosedFolder {
  readonly kind: 'closed';
  readonly path: string;
}
export type Entry = FoundFile | ClosedFolder;

export interface Tree {
  /** Absolute, links resolved. */
  readonly root: string;
  /** Only this path in it, and what is below. */
  readonly only?: string;
  /** The place's own patterns. */
  readonly ignore: readonly string[];
  /** Folders and files in it that are not looked at: daimon's own, and other places. */
  readonly skip: readonly string[];
}
/** Counted while it walks. */
export interface Counted {
  files: number;
  folders: number;
  bytes: number;
  left: number;
  closed: number;
}

interface Folder {
  readonly path: string;
  /** From the root, with `/` at its end; '' for the root. */
  readonly inside: string;
  readonly layers: readonly Layer[];
}

/**
 * Every file of a folder that the rules leave in, each folder's own ignore files read on the way. Links are not followed:
 * so nothing is read twice, no loop is endless, and nothing outside the folder is reached. Undefined now and then, so
 * that a caller may stop where much is left out.
 */
export function* walkTree({ root, only, ignore, skip }: Tree, counted: Counted): Generator<Entry | undefined, void> {
  const place = matcher(ignore);
  const skipped = new Set(skip);
  const open: Folder[] = [];
  const enter = (path: string, inside: string, layers: readonly Layer[]) => {
    const layer = layerOf(path, inside);
    open.push({ path, inside, layers: layer ? [...layers, layer] : layers });
  };
  const judged: Judge = (inside, name, isFolder, layers) => judge({ inside, name, isFolder }, { place, layers });

  if (only === undefined || only === root) enter(root, '', []);
  else {
    const start = reach({ root, only, skipped, judged });
    if (!start) return;
    if ('file' in start) {
      counted.files++;
      yield start.file;
      return;
    }
    if ('closed' in start) {
      counted.closed++;
      yield start.closed;
      return;
    }
    enter(start.path, start.inside, start.layers);
  }
  for (let folder = open.pop(); folder; folder = open.pop()) {
    const { path, inside, layers } = folder;
    const names = namesIn(path);
    if (!names) {
      counted.closed++;
      yield { kind: 'closed', path };
      continue;
    }
    counted.folders++;
    yield undefined;
    for (const entry of names) {
      const isFolder = entry.isFolder;
      const whole = join(path, entry.name);
      const verdict =
        entry.real && !skipped.has(whole) ? judged(inside + entry.name, entry.name, isFolder, layers) : 'out';
      if (verdict === 'out') {
        counted.left++;
        continue;
      }
      if (isFolder) {
        if (entry.unreadable) counted.left++;
        else enter(whole, `${inside}${entry.name}/`, verdict === 'back' ? [] : layers);
        continue;
      }
      const found = statOf(entry.unreadable ?? whole);
      if (!found) continue;
      counted.files++;
      counted.bytes += found.size;
      yield file(whole, found, entry.unreadable !== undefined);
    }
  }
}

const file = (path: string, found: Stats, unreadable: boolean): FoundFile => ({
  kind: 'file',
  path,
  size: found.size,
  changedAt: found.mtimeMs,
  inode: found.ino,
  ...(unreadable && { unreadableName: true }),
});

function statOf(path: string | Buffer): Stats | undefined {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found?.isFile() ? found : undefined;
  } catch {
    return undefined;
  }
}

type Judge = (inside: string, name: string, isFolder: boolean, layers: readonly Layer[]) => Verdict;
type Start =
  | { readonly file: FoundFile }
  | { readonly closed: ClosedFolder }
  | { readonly path: string; readonly inside: string; readonly layers: readonly Layer[] };

/** Goes down to one path as the walk would: undefined when it is not there, a link, or left out on the way. */
function reach({
  root,
  only,
  skipped,
  judged,
}: {
  readonly root: string;
  readonly only: string;
  readonly skipped: ReadonlySet<string>;
  readonly judged: Judge;
}): Start | undefined {
  if (!within(only, root)) return undefined;
  let path = root;
  let inside = '';
  let layers: readonly Layer[] = [];
  for (const name of fromRoot(root, only).split('/')) {
    const layer = layerOf(path, inside);
    if (layer) layers = [...layers, layer];
    path = path.endsWith(sep) ? path + name : path + sep + name;
    let found: Stats | undefined;
    try {
      found = lstatSync(path, { throwIfNoEntry: false });
    } catch {
      return { closed: { kind: 'closed', path: only } };
    }
    if (!found || skipped.has(path) || !(found.isFile() || found.isDirectory())) return undefined;
    const verdict = judged(inside + name, name, found.isDirectory(), layers);
    if (verdict === 'out') return undefined;
    if (verdict === 'back') layers = [];
    if (found.isFile()) return path === only ? { file: file(path, found, false) } : undefined;
    inside += `${name}/`;
  }
  return { path, inside, layers };
}

interface Name {
  readonly name: string;
  readonly isFolder: boolean;
  /** A file or a folder, not a link, a device, a pipe. */
  readonly real: boolean;
  /** The whole path in bytes, of a name that is no text. */
  readonly unreadable?: Buffer;
}

function namesIn(folder: string): Name[] | undefined {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    // The sign that takes the place of bytes which are no UTF-8; a name may also truly have it.
    if (entries.every(({ name }) => !name.includes('\uFFFD') && name.isWellFormed())) return entries.map(asName);
    return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' }).map((entry) => {
      const text = entry.name.toString('utf8');
      const well = Buffer.from(text, 'utf8').equals(entry.name);
      return {
        ...asName({ ...kinds(entry), name: well ? text : shown(entry.name) }),
        ...(!well && { unreadable: Buffer.concat([Buffer.from(folder + sep), entry.name]) }),
      };
    });
  } catch {
    return undefined;
  }
}

const kinds = (entry: Dirent<Buffer>) => ({
  isDirectory: () => entry.isDirectory(),
  isFile: () => entry.isFile(),
});
const asName = (entry: { name: string; isDirectory(): boolean; isFile(): boolean }): Name => {
  const isFolder = entry.isDirectory();
  return { name: entry.name, isFolder, real: isFolder || entry.isFile() };
};

/** Bytes as a person can tell them apart: what is no ASCII as `\xff`. */
const shown = (name: Buffer): string =>
  [...name].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`)).join('');
