/** The library with a reader process of a test's choice: closed in by the shell, or forked as it is. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { childWire } from '../../src-main/wire/carriers/child.ts';
import { idFactory } from '../../src-main/base/id.ts';
import type { Host } from '../../src-main/base/host.ts';
import { openReading, type ReadingOptions, type ReadingPart } from '../../src-main/library/reading.ts';
import { nodeHost } from '../../src-main/shell/browser/host.ts';
import { keptLog, type KeptLog } from './log.ts';

export interface TestLibrary extends ReadingPart, AsyncDisposable {
  readonly log: KeptLog;
  /** Every process that was started, oldest first. */
  readonly pids: readonly number[];
}

export const shellHost = (entry?: URL): Host =>
  nodeHost({ name: 'terminal', dataFolder: '/nonexistent', ...(entry && { entries: { reader: entry } }) });

/** Without any wall of a shell's, as under one that has none. */
export const bareHost = (entry: URL): Pick<Host, 'start'> => ({
  start() {
    const child = fork(fileURLToPath(entry), {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { PATH: process.env['PATH'], DAIMON_DATA: '/nonexistent' },
      execArgv: [],
    });
    for (const stream of [child.stdout, child.stderr]) stream?.resume();
    const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    return { wire: childWire(child), pid: child.pid!, exited, kill: () => void child.kill('SIGKILL') };
  },
});

export function testLibrary({
  host = shellHost(),
  ...options
}: Partial<Omit<ReadingOptions, 'log' | 'ids' | 'host'>> & { host?: Pick<Host, 'start'> } = {}): TestLibrary {
  const log = keptLog();
  const pids: number[] = [];
  const room = openReading({
    ...options,
    log,
    ids: idFactory({ now: () => Date.now() }),
    host: {
      start(name, more) {
        const child = host.start(name, more);
        pids.push(child.pid);
        return child;
      },
    },
  });
  return { ...room, log, pids, [Symbol.asyncDispose]: () => room.close() };
}
