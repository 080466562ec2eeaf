/** Builds what a package is made of: sources compiled file by file, and what Vite makes of the window and the preloads. */
import { rm } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureWindow } from '../setup/window.mjs';

export const root = fileURLToPath(new URL('../../', import.meta.url));

function run(script: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, script), ...args], { cwd: root, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${script} ended with ${code}.`))));
  });
}

/** Compiles src-main into dist/src-main, and builds dist/window and dist/preload. */
export async function build(): Promise<void> {
  // A source that was renamed must not live on as JavaScript.
  await rm(join(root, 'dist/src-main'), { recursive: true, force: true });
  await run('node_modules/@typescript/native/bin/tsc', ['-p', 'tsconfig.build.json']);
  await ensureWindow(root);
}
