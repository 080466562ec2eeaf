/** Forbids core dumps, which would write keys and conversations to disk in clear. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * Sets this process's limit to 0, hard and soft; children that are started later inherit it. Node cannot call setrlimit
 * itself, so util-linux's `prlimit` does it from outside. Call it before the first child.
 *
 * @returns whether no dump can be written now. False where the system has no such program: the threat model says so.
 */
export async function forbidDumps(): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  if (await none()) return true;
  await promisify(execFile)('prlimit', ['--pid', String(process.pid), '--core=0:0'], { timeout: 2000 }).catch(() => {});
  return await none();
}

/** The kernel's own word for it. */
async function none(): Promise<boolean> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  return /^Max core file size\s+0\s+0\s/m.test(limits);
}
