/** `npm start`: opens daimon in its desktop window, or in the browser; the shells themselves are loaded when chosen. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sibling } from '../base/asset.ts';
import { chooseShell } from './choose.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The sources as they are: Electron's Node strips the types too. A package names its compiled main in package.json. */
const main = fileURLToPath(sibling('./electron/main', import.meta.url));
/** A desktop shell that ends badly this soon could not open its window at all. */
const SOON_MS = 10_000;

const choice = chooseShell({ argv: process.argv.slice(2), env: process.env, platform: process.platform, root });
if (choice.shell === 'browser' || !(await openElectron(choice.binary))) {
  if (choice.shell === 'electron')
    process.stdout.write(
      'The desktop window could not be opened, so this is the browser; nothing is lost. Often the system forbids the ' +
        'sandbox that the window needs: see docs/decisions/desktop.md.\n',
    );
  else if (choice.note) process.stdout.write(`${choice.note}\n`);
  // A link leads to a place in the desktop window; the browser has none that it could lead to.
  process.argv = process.argv.filter((one) => !one.startsWith('daimon:'));
  await import('./browser/start.ts');
}

/** Resolves when the desktop shell has ended; false when it could not open. */
function openElectron(binary: string): Promise<boolean> {
  const began = Date.now();
  const child = spawn(binary, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => {
      const failed = code !== 0 && Date.now() - began < SOON_MS;
      if (!failed) process.exitCode = code ?? 1;
      resolve(!failed);
    });
  });
}
