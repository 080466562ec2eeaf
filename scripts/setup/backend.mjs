/**
 * Fetches a GPU back end of node-llama-cpp into node_modules. package.json overrides these packages with a tiny one
 * (else every machine would download 610 MB for cards that most do not have), so they come by a small lock of their own,
 * pinned by hash, through npm in a temporary folder, and are then moved to where node-llama-cpp looks.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npm } from './terminal.mjs';

/** The version of node-llama-cpp whose back ends are pinned here; a test compares it with package.json. */
export const VERSION = '3.22.1';

/** @type {Record<'vulkan' | 'cuda', Record<string, string>>} package name -> integrity, as the registry states them */
export const BACKENDS = {
  vulkan: {
    'linux-x64-vulkan':
      'sha512-bBxqU+JOcBu1nb5Qj2zcMci+JByT1E8EajHvYodyNfVIPkEhXh+/HMwR1/BT7xP08YK0hks+kM8fglER0P8JEg==',
  },
  cuda: {
    'linux-x64-cuda': 'sha512-8rQCjyNNLZJUFit+YpjwlC4hwkKgOMIkB2wuycKBf8NU2O3ySKbiWZQ8aw9ku2nUTXjSnUIrE6KB88itduTBuA==',
    'linux-x64-cuda-ext':
      'sha512-4e5ajkiM2aR2WAdB/N/ACk4weEhHvOAIrzxZPsIX0xDFW5+6hhShuy1/vs88SK9NGdgAco9IyE28eYS0H1efpA==',
  },
};

const homeOf = (/** @type {string} */ root) => join(root, 'node_modules', '@node-llama-cpp');

/**
 * Whether the real package lies there, and not the stand-in of the override.
 * @param {string} root @param {'vulkan' | 'cuda'} kind
 */
export function isBrought(root, kind) {
  return Object.keys(BACKENDS[kind]).every((name) => {
    const file = join(homeOf(root), name, 'package.json');
    if (!existsSync(file)) return false;
    const found = JSON.parse(readFileSync(file, 'utf8'));
    return found.name === `@node-llama-cpp/${name}` && found.version === VERSION;
  });
}

/**
 * The lock that makes npm fetch exactly these bytes.
 * @param {Record<string, string>} packages name -> integrity
 */
export function lockOf(packages) {
  const names = Object.keys(packages).map((name) => `@node-llama-cpp/${name}`);
  const dependencies = Object.fromEntries(names.map((name) => [name, VERSION]));
  const manifest = { name: 'daimon-backend', version: '0.0.0', private: true, dependencies };
  const entries = Object.entries(packages).map(([name, integrity]) => [
    `node_modules/@node-llama-cpp/${name}`,
    { version: VERSION, integrity },
  ]);
  const lock = { name: manifest.name, version: '0.0.0', lockfileVersion: 3, requires: true };
  return { manifest, lock: { ...lock, packages: { '': manifest, ...Object.fromEntries(entries) } } };
}

/**
 * @param {string} root @param {'vulkan' | 'cuda'} kind
 * @throws when npm cannot fetch it, or its hash differs; node_modules is then as it was
 */
export async function bring(root, kind) {
  const at = mkdtempSync(join(tmpdir(), 'daimon-backend-'));
  try {
    const { manifest, lock } = lockOf(BACKENDS[kind]);
    writeFileSync(join(at, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(at, 'package-lock.json'), JSON.stringify(lock));
    await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: at, quiet: true });
    mkdirSync(homeOf(root), { recursive: true });
    for (const name of Object.keys(BACKENDS[kind])) {
      // Copied beside its place first: /tmp may be another file system, and a half-copied back end must never be loaded.
      const beside = join(homeOf(root), `.${name}-${process.pid}`);
      cpSync(join(at, 'node_modules', '@node-llama-cpp', name), beside, { recursive: true });
      rmSync(join(homeOf(root), name), { recursive: true, force: true });
      renameSync(beside, join(homeOf(root), name));
    }
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}
