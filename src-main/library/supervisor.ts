/** Keeps at most one reader process: started when a file comes, ended when one fails, hangs or nobody comes for a while. */
import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import type { Child, Host } from '../base/host.ts';
import type { Log } from '../base/ports.ts';
import { connect, Fault, isFault, type Client } from '../wire/index.ts';
import { FAULTS, readerDoor } from './process-door.ts';

export interface Loan {
  readonly reader: Client<typeof readerDoor>;
  /** From now on the process has `ms` (undefined: all the time); then it is ended, and the error is `reader-timeout`. */
  within(ms: number | undefined): void;
  /** Ends the process; `error` is why, unless there was a reason before or the process had died by itself. */
  fail(error: unknown): void;
  /** What an error of the reader's means to the person: its death is told by its cause. */
  explain(error: unknown): unknown;
  /** Hands the process back. One that did not do well is ended: what a hostile file left in it dies with it. */
  release(well: boolean): void;
}

export interface Supervisor {
  /** The process, for one file; whoever comes later waits. Aborting ends the process, for a parser may not listen. */
  borrow(signal?: AbortSignal): Promise<Loan>;
  /** Ends the process if nobody uses it. */
  rest(): void;
  close(): Promise<void>;
}

export interface SupervisorOptions {
  readonly host: Pick<Host, 'start'>;
  readonly log: Log;
  readonly idleMs?: number;
  /** Resident bytes, watched from outside where the system tells; the heap alone has a limit of its own. */
  readonly mostMemory?: number;
  /** Lets others go first on a busy processor: nobody waits for a large history as for an answer. */
  readonly yielding?: boolean;
}

const IDLE_MS = 20_000;
const MOST_MEMORY = 1.25 * 2 ** 30;
const START_MS = 60_000;
const LOOK_MS = 200;
/** At work, altogether: then a fresh one takes over, long before its share of processor time is used up. */
const LIFE_MS = 5 * 60_000;
const PATIENCE_MS = 2000;
/** Arenas of glibc would only keep free memory from the system. */
const ENV = { MALLOC_ARENA_MAX: '2' };

interface Running {
  readonly child: Child;
  readonly reader: Client<typeof readerDoor>;
  /** It stands, and has told of its walls; rejects when it died before. */
  readonly ready: Promise<void>;
  /** Why we ended it, if we did. */
  why?: Fault;
  worked: number;
}

function giveWay(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It could not be started, or the system has no priorities; then it competes like any other.
  }
}

export function openSupervisor({
  host,
  log,
  idleMs = IDLE_MS,
  mostMemory = MOST_MEMORY,
  yielding = false,
}: SupervisorOptions): Supervisor {
  let current: Running | undefined;
  let lent = false;
  let closed = false;
  let idle: NodeJS.Timeout | undefined;
  const queue: (() => void)[] = [];

  const start = (): Running => {
    const child = host.start('reader', { env: ENV });
    // At once where it is known, so that every thread of its begins so; Electron tells only when the process has started.
    const known = child.pid > 0;
    if (yielding && known) giveWay(child.pid);
    const reader = connect(readerDoor, child.wire);
    const ready = reader['reader.confinement']({}).then((walls) => {
      if (yielding && !known) giveWay(child.pid);
      log.info('reader.started', { pid: child.pid, ...walls });
    });
    const running: Running = { child, reader, ready, worked: 0 };
    void child.exited.then(({ code, signal }) => {
      if (current === running) current = undefined;
      if (!closed) log.info('reader.exited', { pid: child.pid, code: code ?? -1, signal: signal ?? 'none' });
    });
    return running;
  };
  const drop = (running: Running, why?: Fault) => {
    if (why) running.why ??= why;
    if (current === running) current = undefined;
    running.child.kill();
  };
  const turn = async (signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    if (closed) throw closing();
    if (!lent) {
      lent = true;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        queue.splice(queue.indexOf(go), 1);
        reject(signal!.reason as Error);
      };
      const go = () => {
        signal?.removeEventListener('abort', leave);
        if (closed) reject(closing());
        else resolve();
      };
      queue.push(go);
      signal?.addEventListener('abort', leave, { once: true });
    });
  };
  const next = () => {
    const go = queue.shift();
    if (go) return go();
    lent = false;
    if (current) idle = setTimeout(rest, idleMs).unref();
  };
  const rest = () => {
    clearTimeout(idle);
    if (!lent && current) drop(current);
  };

  return {
    async borrow(signal) {
      await turn(signal);
      clearTimeout(idle);
      const running = (current ??= start());
      const { child, reader } = running;
      let clock: NodeJS.Timeout | undefined;
      const watch = setInterval(() => {
        if (resident(child.pid) > mostMemory) drop(running, crashed('needed more memory than it may have'));
      }, LOOK_MS).unref();
      const abort = () => drop(running);
      signal?.addEventListener('abort', abort, { once: true });
      const began = performance.now();
      let held = true;
      const loan: Loan = {
        reader,
        within(ms) {
          clearTimeout(clock);
          if (ms !== undefined && held) clock = setTimeout(() => drop(running, timedOut(ms)), ms);
        },
        fail: (error) => drop(running, isFault(error) && error.code !== 'closed' ? error : undefined),
        explain(error) {
          if (signal?.aborted) return signal.reason;
          if (running.why) return running.why;
          // `closed` is the wire's word for a process that is gone.
          if (isFault(error, 'closed')) return closed ? closing() : crashed('made its reader fail');
          return isFault(error) && !FAULTS.has(error.code) ? crashed('made its reader fail') : error;
        },
        release(well) {
          if (!held) return;
          held = false;
          clearTimeout(clock);
          clearInterval(watch);
          signal?.removeEventListener('abort', abort);
          running.worked += performance.now() - began;
          if (!well || running.worked > LIFE_MS) drop(running);
          next();
        },
      };
      // How long a busy machine takes to start it is no fault of the file.
      loan.within(START_MS);
      try {
        await running.ready;
        loan.within(undefined);
        return loan;
      } catch (error) {
        loan.release(false);
        throw loan.explain(error);
      }
    },
    rest,
    async close() {
      closed = true;
      clearTimeout(idle);
      for (const go of queue.splice(0)) go();
      const last = current;
      if (!last) return;
      last.child.wire.close();
      const timer = setTimeout(() => last.child.kill(), PATIENCE_MS);
      await last.child.exited;
      clearTimeout(timer);
    },
  };
}

/** Bytes in RAM, where /proc tells (pages of 4 KiB; larger ones only make us more patient). 0 elsewhere. */
function resident(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * 4096;
  } catch {
    return 0;
  }
}

const timedOut = (ms: number) =>
  new Fault(
    'reader-timeout',
    `Reading this file took longer than ${Math.round(ms / 1000)} seconds, so it was ended. Nothing else is affected; try a smaller part of it.`,
    { details: { seconds: ms / 1000 } },
  );
const crashed = (what: string) =>
  new Fault('reader-crashed', `The file ${what}, so reading it was ended. Nothing else is affected.`);
const closing = () => new Fault('closed', 'daimon is closing or locked; what was saved is safe. Open it again.');
