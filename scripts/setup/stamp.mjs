/** Decides whether node_modules holds what package-lock.json says, in a few milliseconds. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, link?: boolean, os?: string | string[], cpu?: string | string[], libc?: string | string[] }} Entry */
/** @typedef {{ os: string, cpu: string, libc: string | undefined }} Platform */

/** @returns {Platform} this machine in npm's words */
export function thisPlatform() {
  const header = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report?.getReport() ?? {})
    .header;
  const libc = process.platform === 'linux' ? (header?.glibcVersionRuntime ? 'glibc' : 'musl') : undefined;
  return { os: process.platform, cpu: process.arch, libc };
}

/** npm's rule for `os`, `cpu` and `libc`: a list of allowed, or of refused with a `!`. @param {string | string[] | undefined} rule @param {string | undefined} value */
function allows(rule, value) {
  if (rule === undefined || value === undefined) return true;
  const list = [rule].flat();
  if (list.includes(`!${value}`)) return false;
  const wanted = list.filter((word) => !word.startsWith('!'));
  return wanted.length === 0 || wanted.includes('any') || wanted.includes(value);
}

/**
 * Whether a tree that was installed by hand (`npm i`) already holds what the lock says for this platform.
 * @param {Record<string, Entry>} lock the lock's `packages` @param {Record<string, Entry>} tree those of node_modules/.package-lock.json
 * @param {Platform} platform
 */
export function satisfied(lock, tree, platform) {
  for (const [path, entry] of Object.entries(lock)) {
    if (!path || entry.link) continue;
    const fits = allows(entry.os, platform.os) && allows(entry.cpu, platform.cpu) && allows(entry.libc, platform.libc);
    if (!fits) continue;
    if (tree[path] === undefined && (entry.optional || entry.devOptional)) continue;
    if (tree[path]?.version !== entry.version) return false;
  }
  return true;
}

const stampOf = (/** @type {string} */ root) => join(root, 'node_modules', '.daimon-setup');

/** The lock and the npm settings that shape a tree. @param {string} root */
export function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/**
 * @param {string} root the checkout
 * @returns {'ready' | 'adopt' | 'missing' | 'stale'} `adopt`: right, but not stamped yet
 */
export function packagesState(root) {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return 'missing';
  if (existsSync(stampOf(root)) && readFileSync(stampOf(root), 'utf8').trim() === lockHash(root)) return 'ready';
  try {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    const tree = JSON.parse(readFileSync(hidden, 'utf8'));
    return satisfied(lock.packages, tree.packages, thisPlatform()) ? 'adopt' : 'stale';
  } catch {
    return 'stale';
  }
}

/** Remembers that node_modules stands as the lock says. @param {string} root */
export function stamp(root) {
  writeFileSync(stampOf(root), `${lockHash(root)}\n`);
}
