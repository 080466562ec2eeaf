/** A host for tests: forks the real signer, by default with the cheap KDF. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Child, Host } from '../base/host.ts';
import { childWire } from '../wire/carriers/child.ts';

export function testHost({
  kdf = 'cheap',
  windowFolder = '/nonexistent',
}: { kdf?: 'cheap' | 'real'; windowFolder?: string } = {}): Host & { readonly children: Child[] } {
  const children: Child[] = [];
  const entry = kdf === 'real' ? 'process.ts' : 'process.fixture.ts';
  return {
    name: 'terminal',
    children,
    start(_name, options) {
      const process_ = fork(fileURLToPath(new URL(`../signer/${entry}`, import.meta.url)), {
        serialization: 'advanced',
        env: { ...options?.env, DAIMON_WINDOW: windowFolder },
        execArgv: [],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
        process_.once('exit', (code, signal) => resolve({ code, signal })),
      );
      const child: Child = {
        wire: childWire(process_),
        pid: process_.pid!,
        exited,
        kill: () => void process_.kill('SIGKILL'),
      };
      children.push(child);
      return child;
    },
    notify: () => false,
    open: () => Promise.resolve(false),
  };
}
