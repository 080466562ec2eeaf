/** One set-up at a time in a checkout: two npm scripts started together must not both rebuild node_modules. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** @param {number} pid */
function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Runs `work` alone. A turn whose process has died is taken over.
 * @template T @param {string} root @param {() => Promise<T>} work
 * @param {{ patienceMs?: number }} [options] how long to wait for a living holder (default 15 minutes)
 * @returns {Promise<T>}
 */
export async function inTurn(root, work, { patienceMs = 900_000 } = {}) {
  const file = join(tmpdir(), `daimon-setup-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`);
  const end = Date.now() + patienceMs;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
      if (Date.now() > end) throw new Error(`Another set-up has been running for long; if none is, delete ${file}.`);
      const holder = Number(tryRead(file));
      // An empty file belongs to a process between creating and writing it: look again.
      if (holder > 0 && !alive(holder)) rmSync(file, { force: true });
      else await sleep(100);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** @param {string} file */
function tryRead(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
