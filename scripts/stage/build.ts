/**
 * Builds what a package is made of: sources compiled file by file, what Vite makes of the window and the preloads, and
 * the model that finds by meaning among the assets.
 */
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureEmbedder } from '../setup/embedder.mjs';
import { ensureWindow } from '../setup/window.mjs';

export const root = fileURLToPath(new URL('../../', import.meta.url));

function run(script: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, script), ...args], { cwd: root, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${script} ended with ${code}.`))));
  });
}

/** Where a package keeps the model; its licence, Apache-2.0, lies beside it and is part of the checkout. */
async function placeEmbedder(): Promise<void> {
  const file = await ensureEmbedder(root);
  const folder = join(root, 'assets', 'models');
  await mkdir(folder, { recursive: true });
  await copyFile(file, join(folder, basename(file)));
}

/** Compiles src-main into dist/src-main, builds dist/window and dist/preload, and fills assets/models. */
export async function build(): Promise<void> {
  // A source that was renamed must not live on as JavaScript.
  await rm(join(root, 'dist/src-main'), { recursive: true, force: true });
  await run('node_modules/@typescript/native/bin/tsc', ['-p', 'tsconfig.build.json']);
  await ensureWindow(root);
  await placeEmbedder();
}
