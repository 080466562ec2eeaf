/** What of the checkout goes into a package: one list for Forge and for `npm run stage`. */

/** Of our own: the compiled tree, Vite's window and preloads, assets. */
const OURS = ['package.json', 'LICENSE', 'dist/src-main', 'dist/window', 'dist/preload', 'assets', 'node_modules'];

/** Packages that only Vite reads while it builds the window; the window holds what it needs of them. */
const WINDOW_ONLY = ['highlight.js', 'katex', 'marked'];

/** Of packages, what no program reads: types, maps, manuals, and what their native parts were built from. */
const UNREAD = [
  /\.(?:d\.[cm]?ts|[cm]?ts|map|tsbuildinfo)$/,
  /\/(?:readme|changelog|history|contributing)(?:\.md)?$/i,
  /\.test\.[cm]?js$/,
  /^\/node_modules\/(?:duck|lop|option)\/test(?:$|\/)/,
  /^\/node_modules\/better-sqlite3\/(?:deps|src|binding\.gyp)/,
  /^\/node_modules\/node-llama-cpp\/(?:templates|llama\/(?:gitRelease\.bundle|addon|cmake|patches|toolchains|xpack))/,
  // Of Tesseract's builds and weights one each is read (library/readers/ocr.ts, library/confine.ts): 50 MB less.
  /^\/node_modules\/tesseract\.js-core\/tesseract-core(?!-simd-lstm\.wasm\.js$)/,
  /^\/node_modules\/@tesseract\.js-data\/eng\/4\.0\.0\//,
  // Electron carries a Node of its own; these are for running the sources.
  /^\/node_modules\/node-(?:linux|darwin|win)-/,
  /^\/node_modules\/\.(?!package-lock)/,
];

export interface Target {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
}

/** Native parts for other systems than the one packed for: better-sqlite3 brings all of them in one package. */
const foreign = ({ platform, arch }: Target) => {
  const own = new RegExp(`^${platform}(?:musl)?-${arch}\\.node$`);
  return (path: string): boolean => {
    const [, name] = /^\/node_modules\/better-sqlite3\/prebuilds\/(.+)$/.exec(path) ?? [];
    if (name !== undefined) return !own.test(name);
    const [, back] = /^\/node_modules\/@node-llama-cpp\/((?:linux|mac|win)-[^/]+)/.exec(path) ?? [];
    const system = platform === 'darwin' ? 'mac' : platform === 'win32' ? 'win' : 'linux';
    return back !== undefined && !back.startsWith(`${system}-${arch}`);
  };
};

/**
 * Forge's `packagerConfig.ignore`.
 *
 * @param target the system that is packed for
 * @returns a test of a path from the root of the checkout, with a slash before it: true leaves it out
 */
export function ignores(target: Target): (path: string) => boolean {
  const strange = foreign(target);
  return (path) => {
    if (path === '') return false;
    const bare = path.slice(1);
    const within = OURS.some((one) => bare === one || bare.startsWith(`${one}/`));
    const above = OURS.some((one) => one.startsWith(`${bare}/`));
    if (!within) return !above;
    if (WINDOW_ONLY.some((name) => path.startsWith(`/node_modules/${name}/`) || path === `/node_modules/${name}`))
      return true;
    return bare.startsWith('node_modules/') && (strange(path) || UNREAD.some((pattern) => pattern.test(path)));
  };
}

/**
 * What the operating system opens itself, and therefore lies beside the archive: addons, the libraries that they load
 * from their own folder, WASM, and SQLite's extensions. For Forge's `packagerConfig.asar`.
 */
export const unpacked = {
  unpack: '**/*.{node,dll,dylib,so,so.*,wasm,metal}',
  unpackDir: '{assets,node_modules/@node-llama-cpp/**,node_modules/sqlite-vec-*}',
};
