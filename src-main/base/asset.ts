/** The one place that knows how the package lies on disk: its root, assets, entries of processes, `app.asar.unpacked`. */
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Sources lie in src-main/, the compiled tree in dist/src-main/: one folder deeper.
const root = fileURLToPath(new URL(extname(import.meta.url) === '.js' ? '../../../' : '../../', import.meta.url));

// Electron reads JavaScript inside app.asar, but the operating system cannot load a library, a WASM file or a weight
// from there: such files are unpacked beside the archive under the same path.
const unpacked = (path: string) => path.replace(/([\\/])app\.asar([\\/])/, '$1app.asar.unpacked$2');

/** The path of a file that JavaScript reads (package.json, the built window), from the package's root. */
export const packaged = (path: string): string => join(root, path);

/** The path of a file of ours that the system itself must open (native/, circuits/, assets/), from the package's root. */
export const asset = (path: string): string => unpacked(packaged(path));

/** A path that a library found by itself (a native module beside its JavaScript), made loadable in a package. */
export const loadable = (path: string): string => unpacked(path);

/**
 * The entry beside the caller: `sibling('./process', import.meta.url)`. Sources end in .ts, the compiled tree in .js;
 * both keep the same shape, so the caller's own ending is the right one.
 */
export const sibling = (name: string, from: string): URL => new URL(`${name}${extname(new URL(from).pathname)}`, from);
