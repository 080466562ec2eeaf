/** Where everything is kept: DAIMON_DATA, or the system's own place for a program's data. */
import { chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** @returns the folder's absolute path; it exists and is the owner's alone (0700) */
export function dataFolder(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const folder = env['DAIMON_DATA'] ? resolve(env['DAIMON_DATA']) : join(systemPlace(env, platform), 'daimon');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (platform !== 'win32') chmodSync(folder, 0o700);
  return folder;
}

function systemPlace(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === 'win32') return env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  return env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share');
}
