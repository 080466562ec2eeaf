/** Finds a Chromium for the window's tests, and installs one where there is none. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execute, tool } from './step.ts';

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  list(folder: string): readonly string[];
}

const NAMES = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge-stable',
  'microsoft-edge',
];
const MAC = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const WINDOWS = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/** Where a Chromium may lie, best first: what the person named, the system's browsers, playwright's own downloads. */
export function candidates({ platform, env, home, list }: Machine): string[] {
  const named = env['DAIMON_CHROMIUM'] ? [env['DAIMON_CHROMIUM']] : [];
  if (platform === 'darwin') {
    const apps = MAC.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
    return [...named, ...apps, ...playwrights(join(home, 'Library/Caches/ms-playwright'), list)];
  }
  if (platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => env[name] ?? []);
    const local = env['LOCALAPPDATA'] ? playwrights(join(env['LOCALAPPDATA'], 'ms-playwright'), list) : [];
    return [...named, ...roots.flatMap((folder) => WINDOWS.map((path) => join(folder, path))), ...local];
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const system = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const cache = env['PLAYWRIGHT_BROWSERS_PATH'] ?? join(env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'ms-playwright');
  return [...named, ...system, ...playwrights(cache, list)];
}

/** playwright keeps each version in a folder of its own; the newest is last by name. */
function playwrights(cache: string, list: Machine['list']): string[] {
  const inside = {
    'chrome-linux': 'chrome',
    'chrome-linux64': 'chrome',
    'chrome-win': 'chrome.exe',
    'chrome-win64': 'chrome.exe',
    'chrome-mac': 'Chromium.app/Contents/MacOS/Chromium',
  };
  const versions = list(cache).filter((name) => /^chromium-\d+$/.test(name));
  return versions
    .sort()
    .reverse()
    .flatMap((version) => Object.entries(inside).map(([folder, file]) => join(cache, version, folder, file)));
}

const thisMachine: Machine = {
  platform: process.platform,
  env: process.env,
  home: homedir(),
  list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
};

/** The first candidate that is there and starts: Ubuntu's `chromium-browser` may be a stub that only names a snap. */
async function find(): Promise<string | undefined> {
  for (const file of candidates(thisMachine).filter(existsSync)) {
    if (process.platform === 'win32') return file;
    const { code, text } = await execute(file, ['--version']);
    if (code === 0 && /\d+\.\d+\.\d+/.test(text)) return file;
  }
  return undefined;
}

const isDebian = () =>
  existsSync('/etc/os-release') &&
  /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8')) &&
  process.getuid?.() === 0;

/**
 * @returns the path of a Chromium that starts
 * @throws when none is there and none could be installed
 */
export async function ensureChromium(): Promise<string> {
  const found = await find();
  if (found) return found;
  let said = '';
  if (isDebian()) {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await execute('apt-get', ['update', '-q'], { env });
    ({ text: said } = await execute('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], {
      env,
    }));
  } else {
    ({ text: said } = await tool('playwright/cli.js', ['install', 'chromium']));
  }
  const installed = await find();
  if (installed) return installed;
  throw new Error(
    `No Chromium was found and none could be installed. Install Chrome, Chromium or Edge, or name one in DAIMON_CHROMIUM.\n${said.slice(-1500)}`,
  );
}
