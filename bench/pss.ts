/** Memory of a process, shared pages counted in proportion. */
import { readFile } from 'node:fs/promises';

/** Proportional set size of `pid` in bytes; undefined where the system does not tell (only Linux does). */
export async function pss(pid: number): Promise<number | undefined> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
