/** A shell that can do one thing: fork an engine process, the real entry or one that misbehaves. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Host } from '../../src-main/base/host.ts';
import { childWire } from '../../src-main/wire/carriers/child.ts';

const ENTRY = new URL('../../src-main/engine/process.ts', import.meta.url);

export interface EngineHost extends Pick<Host, 'start'> {
  readonly children: readonly ChildProcess[];
  /** Waits for the last process that was started to be gone. */
  gone(): Promise<void>;
}

/** @param more added to the environment of each child, to tell a misbehaving entry how */
export function engineHost(entry: URL = ENTRY, more: Readonly<Record<string, string>> = {}): EngineHost {
  const children: ChildProcess[] = [];
  return {
    children,
    start(_name, { env = {} } = {}) {
      const child = fork(fileURLToPath(entry), {
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env, ...more },
        execArgv: [],
      });
      children.push(child);
      const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
        child.once('exit', (code, signal) => resolve({ code, signal }));
        child.once('error', () => resolve({ code: -1, signal: null }));
      });
      return { wire: childWire(child), pid: child.pid ?? -1, exited, kill: () => void child.kill('SIGKILL') };
    },
    async gone() {
      const child = children.at(-1);
      if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

export const wallClock = { now: () => Date.now() };
