/**
 * Completes package-lock.json: platform packages that the registry did not serve when the lock was made are dropped
 * by `npm install` and then missed by `npm ci` ("Missing: … from lock file"). Each comes back as an optional entry
 * with its os and cpu, so that npm skips it on every other platform. Run it after every change of dependencies:
 * `npm i --ignore-scripts && node scripts/complete-lock.mjs`. See docs/decisions/lock.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** @typedef {{ version?: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[], optionalDependencies?: Record<string, string> }} Entry */
/** @typedef {{ packages: Record<string, Entry> }} Lock */

/** Words that package names use for an operating system, and npm's own name for it. @type {Record<string, string>} */
const OS = {
  darwin: 'darwin',
  mac: 'darwin',
  macos: 'darwin',
  linux: 'linux',
  linuxmusl: 'linux',
  win: 'win32',
  win32: 'win32',
  windows: 'win32',
  android: 'android',
  freebsd: 'freebsd',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  sunos: 'sunos',
  aix: 'aix',
};
/** The same for processors. @type {Record<string, string>} */
const CPU = {
  x64: 'x64',
  amd64: 'x64',
  arm64: 'arm64',
  arm: 'arm',
  armv7l: 'arm',
  ia32: 'ia32',
  riscv64: 'riscv64',
  ppc64: 'ppc64',
  s390x: 's390x',
  loong64: 'loong64',
  wasm32: 'wasm32',
};

/**
 * Whether `from` (a path of the lock) finds `name` by Node's rule: in its own node_modules, or in any above.
 * @param {Lock} lock @param {string} from @param {string} name
 */
function resolves(lock, from, name) {
  for (let at = from; ; at = at.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    if (lock.packages[`${at ? `${at}/` : ''}node_modules/${name}`]) return true;
    if (!at) return false;
  }
}

/**
 * Adds what is missing, in place.
 * @param {Lock} lock
 * @returns {string[]} the names added
 * @throws when a missing package names no platform, or no exact version: then nobody knows what to write
 */
export function complete(lock) {
  const added = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (resolves(lock, path, name)) continue;
      const words = name.split(/[-/_.@]/);
      const os = words.map((word) => OS[word]).find(Boolean);
      const cpu = words.map((word) => CPU[word]).find(Boolean);
      if (!os && !cpu) throw new Error(`${name} is missing from the lock and its name tells no platform`);
      const version = range.replace(/^[\^~]/, '');
      if (!/^\d+\.\d+\.\d+/.test(version))
        throw new Error(`${name} is missing from the lock and ${range} is no version`);
      lock.packages[`node_modules/${name}`] = {
        version,
        ...(cpu ? { cpu: [cpu] } : {}),
        ...(entry.dev ? { dev: true } : {}),
        optional: true,
        ...(os ? { os: [os] } : {}),
      };
      added.push(name);
    }
  }
  // npm keeps the entries in this order; any other would show up as a change at the next `npm i`.
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  return added;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = process.argv[2] ?? 'package-lock.json';
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const added = complete(lock);
  if (added.length) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.error(added.length ? `Added ${added.length} to ${file}: ${added.join(', ')}` : `${file} is complete.`);
}
