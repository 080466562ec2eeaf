/** Patterns as in .gitignore, through the package `ignore`: those of a place, and those that lie in its folders. */
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { leftOut } from './rules.ts';

/** A folder's own ignore files; each speaks of paths from this folder on. */
export interface Layer {
  /** Characters of the folder's path from the place's root, with the separator. */
  readonly from: number;
  readonly git: Ignore | undefined;
  readonly daimon: Ignore | undefined;
}

// A folder is a stranger's as well: what is longer was not written by hand.
const MOST_BYTES = 1 << 20;
const MOST_PATTERNS = 5000;
const LONGEST = 1000;
/** Each `**` in the middle multiplies the time of a path that does not fit by its depth: with four, a minute for one file. */
const MOST_DEEP = 3;
/** Names that differ in case are two files where the system has it so. */
const ignorecase = process.platform === 'darwin' || process.platform === 'win32';

/** Undefined when nothing of it is a pattern. A line that makes no sense is passed over, as Git does. */
export function matcher(lines: readonly string[]): Ignore | undefined {
  const patterns = lines.filter((line) => /\S/.test(line) && line.split('**').length - 1 <= MOST_DEEP);
  if (patterns.length === 0) return undefined;
  const made = ignore({ allowRelativePaths: true, ignorecase });
  for (const pattern of patterns)
    try {
      made.add(pattern);
    } catch {
      // Not a pattern.
    }
  return made;
}

function fileMatcher(path: string): Ignore | undefined {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found?.isFile() || found.size > MOST_BYTES) return undefined;
    const lines = readFileSync(path, 'utf8').split(/\r?\n/);
    return matcher(lines.filter(({ length }) => length <= LONGEST).slice(0, MOST_PATTERNS));
  } catch {
    return undefined;
  }
}

/** @param inside the folder from the place's root with `/` at its end; '' for the root itself */
export function layerOf(folder: string, inside: string): Layer | undefined {
  const git = fileMatcher(join(folder, '.gitignore'));
  const daimon = fileMatcher(join(folder, '.daimonignore'));
  return git || daimon ? { from: inside.length, git, daimon } : undefined;
}

/** `back`: somebody asked for it. A folder that was brought back is free of what the ignore files above it say. */
export type Verdict = 'in' | 'out' | 'back';

/**
 * Whether an entry is left out. The place's patterns decide first, then the ignore files from the nearest folder outward
 * (.daimonignore before .gitignore), then the standing rules. `!name` in a place's patterns or in a .daimonignore brings
 * back what a later one would leave out; in a .gitignore it only takes back .gitignore's own: it speaks of versions.
 *
 * @param inside the entry from the place's root, with `/`
 */
export function judge(
  { inside, name, isFolder }: { readonly inside: string; readonly name: string; readonly isFolder: boolean },
  { place, layers }: { readonly place: Ignore | undefined; readonly layers: readonly Layer[] },
): Verdict {
  const asked = isFolder ? `${inside}/` : inside;
  const byPlace = place?.test(asked);
  if (byPlace?.ignored) return 'out';
  if (byPlace?.unignored) return 'back';
  let versioned = false;
  for (let i = layers.length - 1; i >= 0; i--) {
    const { from, git, daimon } = layers[i]!;
    const here = asked.slice(from);
    const ours = daimon?.test(here);
    if (ours?.ignored) return 'out';
    if (ours?.unignored) return 'back';
    if (versioned) continue;
    const gits = git?.test(here);
    if (gits?.ignored) return 'out';
    versioned = gits?.unignored ?? false;
  }
  return leftOut(name, isFolder) ? 'out' : 'in';
}
