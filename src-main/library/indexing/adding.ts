/** `library.count` and `library.add`: what a folder holds, and that it is read from now on. */
import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { isAbsolute, normalize } from 'node:path';
import type { Statement, Store } from '../../base/ports.ts';
import { Fault } from '../../wire/index.ts';
import type { Id } from '../../wire/schema.ts';
import type { Counting } from '../door.ts';
import type { Bytes } from '../source.ts';
import type { Files } from './files.ts';
import type { Given } from './given.ts';
import { within } from './paths.ts';
import type { OnDisk, Places } from './places.ts';
import { SYSTEM } from './rules.ts';
import type { Counted, Tree } from './tree.ts';
import type { Turns } from './turns.ts';
import type { Walker } from './walk.ts';

/** A folder with more is added once its size was seen. */
export const MANY_FILES = 20_000;
/** How long adding a folder may count it: then what was counted is enough to ask. */
const COUNT_MS = 10_000;
const TELL_MS = 100;
const ROWS = 200;

export interface AddRequest {
  readonly path?: string | undefined;
  readonly upload?: Id | undefined;
  readonly text?: string | undefined;
  readonly name?: string | undefined;
  readonly ignore?: readonly string[] | undefined;
  readonly ocr?: boolean | undefined;
  readonly sure?: boolean | undefined;
}
export interface Added {
  readonly place: Id;
  readonly name: string;
  readonly known: boolean;
}
export interface AddingNeeds {
  readonly store: Store;
  readonly walker: Walker;
  readonly places: Places;
  readonly files: Files;
  readonly given: Given;
  readonly dataFolder: string;
  /** The bytes that the window handed over. */
  takeUpload(upload: Id): Bytes;
  /** A place began, or files of a place wait. */
  begun(place: Id): void;
  /** A place is no more: a larger one has its files. */
  ended(place: Id): Promise<void>;
  /** How the place is read is other than before. */
  change(
    place: Id,
    how: { readonly ocr?: boolean | undefined; readonly ignore?: readonly string[] | undefined },
  ): Promise<void>;
}

export type Adding = ReturnType<typeof openAdding>;

export function openAdding(needs: AddingNeeds) {
  const { store, walker, places, files, given, dataFolder, takeUpload, begun, ended, change } = needs;

  const own = [dataFolder, ...SYSTEM];
  const skip = (except?: string) => [...own, ...places.onDisk().flatMap(({ path }) => (path === except ? [] : [path]))];
  /** Whether a place's own rules leave this path in. */
  const holds = async ({ path: root, ignore }: Pick<OnDisk, 'path' | 'ignore'>, path: string, signal: AbortSignal) => {
    const tree: Tree = { root, only: path, ignore, skip: own };
    for await (const { counted } of walker.walk(tree, { countOnly: true }, signal))
      if (counted.files + counted.folders + counted.closed > 0) return true;
    return false;
  };
  const refuseMany = async (path: string, ignore: readonly string[], signal: AbortSignal) => {
    const until = performance.now() + COUNT_MS;
    let found = 0;
    for await (const { counted } of walker.walk({ root: path, ignore, skip: skip() }, { countOnly: true }, signal)) {
      found = counted.files;
      if (found > MANY_FILES && performance.now() > until) break;
    }
    if (found <= MANY_FILES) return;
    throw new Fault(
      'many-files',
      `This folder holds ${found.toLocaleString('en')} files; reading them takes long. Nothing was added. Add it again with "sure": true if all of them are meant, or choose a smaller folder.`,
      { details: { files: found, limit: MANY_FILES } },
    );
  };

  /** Files of places that a larger one holds become its own; what was read of them stays. Goes on after a kill. */
  const takeOver = async (): Promise<void> => {
    const inner = store.all<{ id: Id; into_place: Id }>(
      'SELECT id, into_place FROM place WHERE into_place IS NOT NULL',
    );
    for (const { id, into_place: into } of inner) {
      await ended(id);
      for (;;) {
        const { changes } = await store.background.run(
          'UPDATE file SET place = ? WHERE id IN (SELECT id FROM file WHERE place = ? LIMIT ?)',
          [into, id, ROWS],
        );
        if (changes === 0) break;
      }
      await store.background.run('DELETE FROM place WHERE id = ?', [id]);
    }
  };

  const addFolder = async (
    path: string,
    { ignore = [], ocr, sure }: AddRequest,
    signal: AbortSignal,
  ): Promise<{ id: Id }> => {
    if (!sure) await refuseMany(path, ignore, signal);
    const inner: OnDisk[] = [];
    for (const place of places.inside(path)) if (await holds({ path, ignore }, place.path, signal)) inner.push(place);
    const id = store.transaction(() => {
      const made = places.insert({ kind: 'folder', path, ocr, ignore });
      for (const place of inner) store.run('UPDATE place SET into_place = ? WHERE id = ?', made, place.id);
      return made;
    });
    if (inner.length > 0) await takeOver();
    return { id };
  };

  const addPath = async (asked: AddRequest, signal: AbortSignal): Promise<Added> => {
    const { path, kind, found } = await resolve(asked.path!);
    if (within(path, dataFolder))
      throw new Fault(
        'own-folder',
        "This is daimon's own folder; what lies there is encrypted, and was not added. Choose a folder of yours.",
      );
    if (SYSTEM.some((folder) => within(path, folder)))
      throw new Fault(
        'unknown-kind',
        'What lies here shows the running system and is no file of yours, so it was not added. Choose a folder of yours.',
      );
    const holder = places.holding(path);
    if (holder && (holder.path === path || (await holds(holder, path, signal)))) {
      const { ocr, ignore } = asked;
      if (holder.path === path && (ocr !== undefined || ignore !== undefined)) await change(holder.id, { ocr, ignore });
      return { place: holder.id, name: holder.name, known: true };
    }
    const { id } =
      kind === 'folder'
        ? await addFolder(path, asked, signal)
        : store.transaction(() => {
            const made = places.insert({ kind: 'file', path, ocr: asked.ocr });
            const file = { kind: 'file' as const, path, size: found.size, changedAt: found.mtimeMs, inode: found.ino };
            const statement: Statement = files.found({ id: made, ocr: asked.ocr ?? false }, file);
            store.run(statement.sql, ...(statement.params ?? []));
            return { id: made };
          });
    begun(id);
    return { place: id, name: places.get(id).name, known: false };
  };

  const addGiven = async (file: Pick<Bytes, 'name' | 'chunks'>, signal: AbortSignal): Promise<Added> => {
    const kept = await given.keep(file, signal);
    if (!kept.known) begun(kept.place);
    return kept;
  };

  return {
    takeOver,
    async add(asked: AddRequest, inTurn: Turns, signal: AbortSignal): Promise<Added> {
      const { path, upload, text, name } = asked;
      if ([path, upload, text].filter((one) => one !== undefined).length !== 1)
        throw new Fault('bad-source', 'Name one thing to add: a path, an upload, or a text.');
      // One after the other: two folders that hold each other, or the same one twice, would not see each other.
      return inTurn(async () => {
        if (path !== undefined) return addPath(asked, signal);
        if (text !== undefined) {
          if (text.trim() === '') throw new Fault('no-text', 'There is no text here to keep.');
          return addGiven({ name: named(name, text), chunks: () => once(Buffer.from(text, 'utf8')) }, signal);
        }
        const file = takeUpload(upload!);
        try {
          return await addGiven(file, signal);
        } finally {
          await file.close();
        }
      });
    },
    /** @throws Fault `bad-source`, `file-missing`, `unreadable`, `unknown-kind`, `folder-silent` */
    async *count(
      asked: { readonly path: string; readonly ignore?: readonly string[] | undefined },
      signal: AbortSignal,
    ) {
      const { path, kind, found } = await resolve(asked.path);
      if (kind === 'file') {
        yield { files: 1, folders: 0, bytes: found.size, left: 0, closed: 0, done: true } satisfies Counting;
        return;
      }
      const ignore = asked.ignore ?? places.onDisk().find((place) => place.path === path)?.ignore ?? [];
      const tree: Tree = { root: path, ignore, skip: own };
      let told = -Infinity;
      let last: Counted | undefined;
      for await (const { counted, done } of walker.walk(tree, { countOnly: true }, signal)) {
        last = counted;
        if (done || performance.now() - told < TELL_MS) continue;
        told = performance.now();
        yield { ...counted, done: false } satisfies Counting;
      }
      if (last) yield { ...last, done: true } satisfies Counting;
    },
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The first words of a text that has no name. As Markdown: it keeps its headings, and plain text is that too. */
function named(name: string | undefined, text: string): string {
  const own = name?.trim() || text.trim().split(/\s+/).slice(0, 6).join(' ').slice(0, 60);
  return /\.(?:txt|md|markdown|csv|json|html?)$/i.test(own) ? own : `${own}.md`;
}

/** Links are resolved: a place is where its files truly are. */
async function resolve(asked: string) {
  if (!isAbsolute(asked))
    throw new Fault('bad-source', 'Name the file or folder by its whole path, from the root of the disk.');
  try {
    const path = await realpath(normalize(asked));
    const found = await stat(path);
    if (!found.isFile() && !found.isDirectory())
      throw new Fault('unknown-kind', 'This is a device or a pipe, neither a file nor a folder; it was not added.');
    await access(path, found.isDirectory() ? constants.R_OK | constants.X_OK : constants.R_OK);
    return { path, kind: found.isDirectory() ? ('folder' as const) : ('file' as const), found };
  } catch (error) {
    if (error instanceof Fault) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'EACCES' || code === 'EPERM')
      throw new Fault(
        'unreadable',
        'Your system does not let daimon look into this; change its permissions, or choose another. Nothing was added.',
        { cause: error },
      );
    throw new Fault('file-missing', 'There is no file or folder under this name; it may have been moved or renamed.', {
      cause: error,
    });
  }
}
