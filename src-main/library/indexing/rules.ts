/** What a folder holds that nobody looks for: left out unless the person's own patterns (`!name`) ask for it. */

/** Folders that programs fill: dependencies, caches, build results. Hidden ones are left out by their first dot. */
const FOLDERS = new Set([
  ...['node_modules', 'bower_components', 'jspm_packages', 'site-packages'],
  ...['__pycache__', '__macosx', 'venv', 'virtualenv'],
  ...['cache', 'caches', 'deriveddata', 'cmakefiles'],
  ...['$recycle.bin', 'system volume information', 'lost+found', 'found.000'],
]);

/** Written by tools for tools: their words are names and hashes, and would drown the person's own. */
const FILES = new Set([
  ...['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb', 'deno.lock'],
  ...['composer.lock', 'cargo.lock', 'gemfile.lock', 'poetry.lock', 'pipfile.lock', 'uv.lock', 'pdm.lock', 'go.sum'],
  ...['flake.lock', 'packages.lock.json', 'podfile.lock', 'mix.lock', 'pubspec.lock'],
  ...['thumbs.db', 'desktop.ini', 'ehthumbs.db', 'icon\r', 'cachedir.tag'],
  // daimon's own: encrypted, and of no use as text.
  ...['daimon.db', 'daimon.db-wal', 'daimon.db-shm', 'vault.json', 'vault.json.backup', 'daimon.log'],
]);

/** Kinds that have no text, or only in a form that no reader here takes. Pictures are not among them. */
const ENDINGS = new Set(
  [
    // Sound and film.
    'mp3 m4a aac ogg oga opus flac wav aif aiff wma mid midi mp4 m4v mkv webm mov avi wmv mpg mpeg flv 3gp ogv m2ts vob',
    // Programs and what they are built from.
    'exe dll so dylib a lib o obj bin com msi msix appx app deb rpm apk ipa dmg pkg snap flatpak appimage class jar war pyc pyo pyd whl egg wasm node rlib rmeta elc beam pdb ilk exp gch pch dwo',
    // Archives: only their members are documents. (Exports in .zip are added by themselves.) A lone .gz is a text made
    // small, as manual pages and change logs are.
    'tar tar.gz tgz bz2 tbz xz txz zst tzst lz lz4 lzma 7z rar cab iso img vhd vhdx vmdk qcow2 vdi squashfs cpio ar br',
    // Databases and their logs.
    'db sqlite sqlite3 sqlite-wal sqlite-shm db-wal db-shm mdb accdb ldb sst frm ibd myd myi dat idx pack parquet feather arrow orc rdb h5 hdf5 nc mat npy npz pkl pickle',
    // Weights of models.
    'gguf ggml safetensors pt pth onnx ckpt tflite mlmodel pb caffemodel',
    // Fonts, drawings, films of layers, pictures that no reader recognises text in.
    'ttf otf woff woff2 eot fon psd ai indd sketch fig xcf kra blend fbx stl step stp dwg dxf skp 3ds max raw cr2 cr3 nef arw dng orf rw2 ico icns cur svgz heif',
    // Keys and sealed things.
    'p12 pfx jks keystore kdbx gpg pgp age sealed asc sig crt cer der',
    // Traces of work.
    'swp swo swn lock lck pid part partial crdownload download tmp temp map min.js min.css dmp core crash torrent lnk url webloc ds_store',
  ]
    .join(' ')
    .split(' '),
);

/** Our own exports say again what the conversations already say, and each export anew. */
const OURS = /^daimon-(?:export|conversations?)[^/]*\.(?:md|jsonl|zip)$/;

/** Pictures: nothing is read of them unless text recognition is on. */
const PICTURES = new Set('png jpg jpeg jfif gif webp bmp tif tiff pbm pgm ppm avif heic'.split(' '));

/** Kinds of which one file may hold many documents: read as a stream, so they may be large. */
const STREAMED = new Set('mbox mbx eml json jsonl ndjson zip txt html htm'.split(' '));

export const endingOf = (name: string): string => {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
};

/** Whether a folder or a file of this name is left out of a folder that was added. */
export function leftOut(name: string, isFolder: boolean): boolean {
  // Hidden, as programs keep what is theirs; and what office programs put beside an open document.
  if (name.startsWith('.') || name.startsWith('~$') || name.startsWith('.~')) return true;
  const lower = name.toLowerCase();
  if (isFolder) return FOLDERS.has(lower);
  if (FILES.has(lower) || OURS.test(name) || lower.endsWith('~')) return true;
  if (ENDINGS.has(endingOf(name))) return true;
  const [, twice] = /\.([^.]+\.[^.]+)$/.exec(lower) ?? [];
  return twice !== undefined && ENDINGS.has(twice);
}

export const isPicture = (name: string): boolean => PICTURES.has(endingOf(name));
export const mayBeLarge = (name: string): boolean => endingOf(name) === '' || STREAMED.has(endingOf(name));
/** Where a page may be only a picture of text: such a file is read anew when text recognition is switched on. */
export const mayHavePictures = (name: string): boolean => isPicture(name) || endingOf(name) === 'pdf';

/** The running system shown as files: without end, other at each look, and nobody's words. */
export const SYSTEM: readonly string[] = process.platform === 'linux' ? ['/proc', '/sys'] : [];

/** What the system's watcher need not even look into: saves thousands of watches. Globs under the folder. */
export const UNWATCHED: readonly string[] = ['node_modules', '.git', '__pycache__', '.cache', '.venv', 'venv'].flatMap(
  (name) => [`**/${name}`, `**/${name}/**`],
);
