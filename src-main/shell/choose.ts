/** Which shell `npm start` opens: the desktop window where Electron and a display are, the browser everywhere else. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Circumstances {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** The project's folder. */
  readonly root: string;
}
export type Choice =
  | { readonly shell: 'electron'; readonly binary: string }
  /** `note`: how to get the desktop window, for a person who could have one. */
  | { readonly shell: 'browser'; readonly note?: string };

const INSTALL = 'For the desktop window: npx install-electron, then npm start again.';
const BUILD =
  'The desktop window has not been built yet, so this is the browser. Run npm run build, then npm start again.';

/**
 * Looks with a few calls of the file system. Electron's module must not be asked: whoever imports it where its binary is
 * missing starts a download.
 */
export function chooseShell({ argv, env, platform, root }: Circumstances): Choice {
  if (argv.includes('--browser') || env['CI'] || env['HEADLESS'] || !hasDisplay(env, platform))
    return { shell: 'browser' };
  const binary = electronBinary(root);
  if (!binary) return { shell: 'browser', note: INSTALL };
  if (!existsSync(join(root, 'dist', 'preload', 'preload.cjs'))) return { shell: 'browser', note: BUILD };
  return { shell: 'electron', binary };
}

const hasDisplay = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform) =>
  platform === 'darwin' || platform === 'win32' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);

/** Undefined unless it is on disk and may be executed. */
export function electronBinary(root: string): string | undefined {
  const electron = join(root, 'node_modules', 'electron');
  try {
    const binary = join(electron, 'dist', readFileSync(join(electron, 'path.txt'), 'utf8').trim());
    accessSync(binary, constants.X_OK);
    return binary;
  } catch {
    return undefined;
  }
}
