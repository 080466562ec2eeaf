/** Paths as the tables have them: what lies below one, and a path as a pattern of an ignore file. */
import { relative, sep } from 'node:path';

/** `path` with one separator at its end. */
const asFolder = (path: string): string => (path.endsWith(sep) ? path : path + sep);

/** Whether `path` is `folder` or lies in it, at any depth. Both absolute and normal. */
export const within = (path: string, folder: string): boolean => path === folder || path.startsWith(asFolder(folder));

// Where names that differ in case, or in how an accent is written, are one name.
const asNamed =
  process.platform === 'darwin' || process.platform === 'win32'
    ? (path: string) => path.normalize('NFC').toLowerCase()
    : (path: string) => path;
/** Whether two paths are one name to this system; links are not looked at. */
export const samePath = (a: string, b: string): boolean => asNamed(a) === asNamed(b);

/** Parameters of `BELOW`: a path and everything in it. */
export function belowParams(path: string): [string, string, string] {
  const folder = asFolder(path);
  // The next character after the separator: what lies between is in the folder, and the index finds it at once.
  return [path, folder, folder.slice(0, -1) + String.fromCharCode(sep.charCodeAt(0) + 1)];
}
/** SQL for "this path, or in it", over a column that is compared byte by byte. */
export const below = (column: string): string => `(${column} = ? OR (${column} > ? AND ${column} < ?))`;

/** From the root of a place, with `/` on every system, as ignore files have it. */
export const fromRoot = (root: string, path: string): string => {
  const inside = relative(root, path);
  return sep === '/' ? inside : inside.split(sep).join('/');
};

/** A pattern that leaves out this path and what is in it, and nothing else. */
export function patternFor(root: string, path: string): string {
  const escaped = fromRoot(root, path)
    .replace(/[\\*?[\]!#]/g, '\\$&')
    // A pattern is one line; `?` is any one character.
    .replace(/[\r\n]/g, '?')
    .replace(/ $/, '\\ ');
  return `/${escaped}`;
}
