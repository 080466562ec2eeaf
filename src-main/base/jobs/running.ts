/** One job while it runs: pause, resume, stop, progress and how it ends. */
import { Fault } from '../../wire/index.ts';
import type { Job } from '../door.ts';
import { latest, type Latest } from '../latest.ts';
import type { Clock, JobContext, JobProgress, JobSpec, Log } from '../ports.ts';
import { rateMeter } from './rate.ts';

/** How often progress goes to disk; the screen sees every step. */
const SAVE_MS = 500;

export interface RunningJob<T = unknown> {
  readonly state: Latest<Job>;
  readonly behindLock: boolean;
  readonly result: Promise<T>;
  /** Resolves when the job has ended and its end is on disk. Never rejects. */
  readonly ended: Promise<void>;
  pause(): void;
  resume(): void;
  stop(why: Fault): void;
}

export interface RunOptions<T> {
  readonly id: Job['id'];
  readonly spec: JobSpec<T>;
  readonly clock: Clock;
  readonly log: Log;
  save(job: Job): void;
}

export const stoppedByPerson = () =>
  new Fault('job-stopped', 'This was stopped. What it had finished stays; begin it again whenever you like.');
export const interrupted = () =>
  new Fault('interrupted', 'daimon was closed before this was done. What it had finished stays; begin it again.');

/** Saves the new job (that may throw: then nothing was begun), and starts it once the caller has its id. */
export function runJob<T>({ id, spec, clock, log, save }: RunOptions<T>): RunningJob<T> {
  const first: Job = {
    id,
    kind: spec.kind,
    title: spec.title,
    state: 'running',
    done: 0,
    unit: '',
    startedAt: clock.now(),
  };
  save(first);
  const state = latest(first);
  const stopping = new AbortController();
  const rate = rateMeter();
  let savedAt = clock.now();
  let resumed: PromiseWithResolvers<void> | undefined;
  let why: Fault | undefined;
  let over = false;

  // A full disk while a job runs must not end the job: its own writes will say so where it matters.
  const keep = (job: Job) => {
    try {
      save(job);
      savedAt = clock.now();
    } catch (error) {
      log.unexpected(error, 'jobs.save');
    }
  };
  const change = (part: Partial<Job>, toDisk: boolean) => {
    const job = { ...state.get(), ...part };
    if (toDisk) keep(job);
    state.set(job);
  };
  const progress = ({ done, total, unit, note }: JobProgress) => {
    if (over) return;
    const now = clock.now();
    rate.add(done, now);
    const { total: _t, note: _n, rate: _r, secondsLeft: _s, ...rest } = state.get();
    const perSecond = rate.perSecond();
    const job: Job = {
      ...rest,
      done,
      unit,
      ...(total !== undefined && { total }),
      ...(note !== undefined && { note }),
      ...(perSecond !== undefined && { rate: perSecond }),
      ...(total !== undefined &&
        perSecond !== undefined &&
        perSecond > 0 && { secondsLeft: (total - done) / perSecond }),
    };
    if (now - savedAt >= SAVE_MS) keep(job);
    state.set(job);
  };
  const context: JobContext = {
    id,
    signal: stopping.signal,
    progress,
    async checkpoint() {
      while (resumed && !stopping.signal.aborted) await resumed.promise;
      stopping.signal.throwIfAborted();
    },
  };
  /** What moves no more has no rate. */
  const settle = (part: Partial<Job>) => {
    const { rate: _r, secondsLeft: _s, ...rest } = state.get();
    const job: Job = { ...rest, ...part };
    keep(job);
    state.set(job);
  };
  const run = async () => {
    // The caller gets the id first; what runs may report at once.
    await Promise.resolve();
    stopping.signal.throwIfAborted();
    return spec.run(context);
  };
  const result = run();
  const ended = result.then(
    () => (why ? { state: 'stopped' as const, fault: plain(why) } : { state: 'done' as const }),
    (error: unknown) =>
      why
        ? { state: 'stopped' as const, fault: plain(why) }
        : { state: 'failed' as const, fault: plain(asFault(error, log, spec.kind)) },
  );
  return {
    state,
    behindLock: spec.behindLock ?? false,
    result,
    ended: ended.then((end) => {
      over = true;
      settle({ ...end, endedAt: clock.now() });
      state.end();
    }),
    pause() {
      if (over || resumed || why) return;
      resumed = Promise.withResolvers();
      settle({ state: 'paused' });
    },
    resume() {
      if (over || !resumed) return;
      const waiting = resumed;
      resumed = undefined;
      rate.reset();
      change({ state: 'running' }, true);
      waiting.resolve();
    },
    stop(reason) {
      if (over || why) return;
      why = reason;
      stopping.abort(reason);
      // One that waits in a checkpoint hears of the end there.
      resumed?.resolve();
    },
  };
}

const plain = ({ code, message }: Fault) => ({ code, message });
const asFault = (error: unknown, log: Log, where: string) =>
  error instanceof Fault
    ? error
    : new Fault(
        'internal',
        `Something unexpected went wrong; nothing else is affected. The log has it as ${log.unexpected(error, where)}.`,
      );
