/** What the hardware look-ups ask of the operating system; a test hands in another machine's files. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';

export interface System {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly logicalCores: number;
  totalMemory(): number;
  freeMemory(): number;
  /** Undefined when there is no such file. */
  read(path: string): Promise<string | undefined>;
  /** Names in a folder; empty when there is none. */
  list(path: string): Promise<readonly string[]>;
  /** A number that macOS keeps under a name. */
  sysctl(name: string): Promise<number | undefined>;
  readonly processor: string;
}

export const thisSystem = (): System => ({
  platform: process.platform,
  arch: process.arch,
  logicalCores: availableParallelism(),
  totalMemory: totalmem,
  freeMemory: freemem,
  read: (path) => readFile(path, 'utf8').catch(() => undefined),
  list: (path) => readdir(path).catch(() => []),
  sysctl: (name) =>
    new Promise((resolve) => {
      execFile('/usr/sbin/sysctl', ['-n', name], { timeout: 2000 }, (error, out) => {
        const number = Number(out);
        resolve(error || !Number.isFinite(number) ? undefined : number);
      });
    }),
  processor: cpus()[0]?.model ?? 'unknown',
});
