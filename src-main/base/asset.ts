/** The one place that knows how the package lies on disk: assets, entries of processes, and `app.asar.unpacked`. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

// Electron reads JavaScript inside app.asar, but the operating system cannot load a library, a WASM file or a weight
// from there: such files are unpacked beside the archive under the same path.
const unpacked = (path: string) => path.replace(/([\\/])app\.asar([\\/])/, '$1app.asar.unpacked$2');

/**
 * The path of a file of ours that is not code (assets/, native/, circuits/), from the project's root.
 *
 * @param path relative to the root, with forward slashes
 */
export const asset = (path: string): string => unpacked(fileURLToPath(new URL(`../../${path}`, import.meta.url)));

/** A path that a library found by itself (a native module beside its JavaScript), made loadable in a package. */
export const loadable = (path: string): string => unpacked(path);

/**
 * The entry beside the caller: `sibling('./process', import.meta.url)`. Sources end in .ts, the compiled tree in .js;
 * both keep the same shape, so the caller's own ending is the right one.
 */
export const sibling = (name: string, from: string): URL => new URL(`${name}${extname(new URL(from).pathname)}`, from);
