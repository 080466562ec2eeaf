/** Builds the window into dist/window, and the desktop shell's preloads, when their sources are newer than the last build. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, say } from './terminal.mjs';
import { inTurn } from './turn.mjs';

/** What ends up in the window: its own folder, the contract, the doors, icons, and the tools that build it. */
const SOURCES = [
  'src-renderer',
  'src-main',
  'assets',
  'vite.config.ts',
  'vite.preload.config.ts',
  'svelte.config.js',
  'package-lock.json',
];

/** Of src-main the window may import the contract and the doors, preloads their bridge; no other change must rebuild them. @param {string} file */
const counts = (file) =>
  !file.endsWith('.test.ts') &&
  (!file.startsWith('src-main') ||
    /^src-main[/\\]wire[/\\]|[/\\](?:door|preload|confirm-preload|bridge)\.ts$/.test(file));

/**
 * A digest of names, sizes and times: no file is read, so that an unchanged tree costs a few milliseconds.
 * @param {string} root
 */
export function sourcesDigest(root) {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    const at = join(root, source);
    if (!existsSync(at)) continue;
    const files = statSync(at).isDirectory()
      ? readdirSync(at, { recursive: true, encoding: 'utf8' })
          .map((file) => join(source, file))
          .sort()
      : [source];
    for (const file of files.filter(counts)) {
      const { size, mtimeMs } = statSync(join(root, file));
      hash.update(`${file}\0${size}\0${mtimeMs}\0`);
    }
  }
  return hash.digest('hex');
}

/** Built one by one: together they would share a chunk, which a sandboxed preload cannot require. */
const PRELOADS = ['preload', 'confirm-preload'];

/** The stamp lies beside dist/window, not in it: that folder is served, and emptied at each build. */
const stampOf = (/** @type {string} */ root) => join(root, 'dist', '.window-built-from');

/** @param {string} root */
export function windowState(root) {
  if (!existsSync(join(root, 'src-renderer', 'index.html'))) return 'no-window';
  const built = [join('window', 'index.html'), ...PRELOADS.map((name) => join('preload', `${name}.cjs`))];
  if (!existsSync(stampOf(root)) || built.some((file) => !existsSync(join(root, 'dist', file)))) return 'missing';
  return readFileSync(stampOf(root), 'utf8') === sourcesDigest(root) ? 'ready' : 'stale';
}

/** @param {string} root */
export async function ensureWindow(root) {
  if (['ready', 'no-window'].includes(windowState(root))) return;
  await inTurn(root, async () => {
    if (windowState(root) === 'ready') return;
    const digest = sourcesDigest(root);
    say('Building the window.');
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    const bundled = join(root, 'node_modules', '.bin', 'node');
    const node = process.platform !== 'win32' && existsSync(bundled) ? bundled : process.execPath;
    const build = (/** @type {string[]} */ ...args) =>
      run(node, [vite, 'build', '--logLevel', 'error', ...args], { cwd: root, quiet: true });
    await build();
    for (const name of PRELOADS) await build('--config', 'vite.preload.config.ts', '--mode', name);
    mkdirSync(join(root, 'dist'), { recursive: true });
    writeFileSync(stampOf(root), digest);
  });
}
