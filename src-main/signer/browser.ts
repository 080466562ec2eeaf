/** Opens a file of ours with the system's browser, where there is a display. */
import { spawn } from 'node:child_process';

/** Which program opens a file here; undefined without a display, or when the shell said not to. */
export function opener(file: string, { platform, env }: { platform: NodeJS.Platform; env: NodeJS.ProcessEnv }) {
  if (env['DAIMON_OPEN'] === '0') return undefined;
  if (platform === 'darwin') return ['open', file] as const;
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', file] as const;
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? (['xdg-open', file] as const) : undefined;
}

/** True when a program was started; that a window appeared cannot be known. */
export function openInBrowser(file: string): Promise<boolean> {
  const command = opener(file, process);
  if (!command) return Promise.resolve(false);
  const [program, ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
