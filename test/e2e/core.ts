/** A core in a process of its own, spoken to over its local socket; a test may kill it at any moment. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { coreDoor, type CoreDoor } from '../../src-main/doors.ts';
import { reachCore } from '../../src-main/shell/listen.ts';
import { connect, type Client, type Wire } from '../../src-main/wire/index.ts';
import { PASSWORD, root } from './daimon.ts';

export interface CoreProcess {
  readonly pid: number;
  readonly core: Client<CoreDoor>;
  /** kill -9, and wait until it is gone. */
  kill(): Promise<void>;
  /** Process ids of its children by the name of their entry. */
  child(name: 'signer' | 'engine'): number | undefined;
  close(): void;
}

export const password = () => new Uint8Array(Buffer.from(PASSWORD));

/** Starts a core on the folder and connects to it. */
export async function startCore(folder: string, env: Record<string, string> = {}): Promise<CoreProcess> {
  const process_: ChildProcess = spawn(process.execPath, ['src-main/shell/terminal/serve.ts'], {
    cwd: root,
    env: { ...process.env, DAIMON_DATA: folder, ...env },
    stdio: 'ignore',
  });
  const gone = new Promise<void>((resolve) => process_.once('exit', () => resolve()));
  let wire: Wire | undefined;
  for (let i = 0; i < 800 && !wire; i++) {
    await sleep(10);
    wire = await reachCore(folder);
  }
  if (!wire) throw new Error('the core did not start');
  const pid = process_.pid!;
  return {
    pid,
    core: connect(coreDoor, wire),
    async kill() {
      process_.kill('SIGKILL');
      await gone;
    },
    child: (name) => childrenOf(pid).find((id) => commandOf(id).includes(`${name}/process`)),
    close: () => wire.close(),
  };
}

const read = (path: string) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
const commandOf = (pid: number) => read(`/proc/${pid}/cmdline`);

/** Every child that is alive now (not every kernel lists them under /proc/PID/task). */
export const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    // After the program's name, which may hold anything and ends with the last bracket: state, then the parent.
    .filter((id) => Number(read(`/proc/${id}/stat`).split(') ').at(-1)?.split(' ')[1]) === pid);
