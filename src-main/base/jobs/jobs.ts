/** Long pieces of work: they outlive the view of them, can be paused and stopped, and are remembered across restarts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault, type Handlers } from '../../wire/index.ts';
import type { baseDoor, Job } from '../door.ts';
import type { Ids } from '../id.ts';
import type { Clock, Jobs, Log, Store } from '../ports.ts';
import { interrupted, runJob, stoppedByPerson, type RunningJob } from './running.ts';
import { migrations } from './schema.ts';
import { jobTable } from './table.ts';

const CLOSE_MS = 10_000;

type JobVerb = 'jobs.list' | 'jobs.follow' | 'jobs.pause' | 'jobs.resume' | 'jobs.stop';

export interface OpenJobs {
  /** What rooms take: `begin`. */
  readonly jobs: Jobs;
  readonly handlers: Pick<Handlers<typeof baseDoor>, JobVerb>;
  /** How many jobs run or wait. */
  running(): number;
  /** Running or paused jobs that may go on behind the lock screen. */
  allowedBehindLock(): Job[];
  /** Stops what runs (`keepBehindLock`: except what may go on behind the lock) and waits until it has ended. */
  stopAll(options?: { readonly keepBehindLock?: boolean }): Promise<void>;
  /** Resolves when no job runs or waits. */
  idle(): Promise<void>;
  /**
   * Ends everything as `interrupted`, so that the next start can go on with it; then nothing can be begun. Work that
   * does not hear the stop is left behind after ten seconds: the process is about to end.
   */
  close(): Promise<void>;
}

export interface OpenJobsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly ids: Ids;
}

export async function openJobs({ store, clock, log, ids }: OpenJobsOptions): Promise<OpenJobs> {
  await store.migrate('jobs', migrations);
  const table = jobTable(store);
  const lost = table.interrupt(clock.now(), interrupted().message);
  if (lost > 0) log.info('jobs.interrupted', { count: lost });
  const running = new Map<string, RunningJob>();
  let closed = false;

  const known = (id: string): Job => {
    const job = running.get(id)?.state.get() ?? table.find(id);
    if (!job)
      throw new Fault('unknown-job', 'There is no such piece of work here. jobs.list {} names those there are.');
    return job;
  };
  /** The job while it can still change. @throws Fault `unknown-job`, `job-ended` */
  const active = (id: string): RunningJob => {
    const found = running.get(id);
    if (found) return found;
    known(id);
    throw new Fault('job-ended', 'This piece of work has already ended. Begin it again to go on.');
  };
  const stop = async (ones: Iterable<RunningJob>, why: () => Fault) => {
    const all = [...ones];
    for (const one of all) one.stop(why());
    await Promise.all(all.map((one) => one.ended));
  };

  return {
    jobs: {
      begin(spec) {
        if (closed) throw interrupted();
        const id = (spec.id ?? ids()) as Job['id'];
        if (running.has(id)) throw new Fault('job-running', 'This piece of work is already under way.');
        const job = runJob({ id, spec, clock, log, save: table.save });
        running.set(id, job as RunningJob);
        void job.ended.then(() => running.delete(id));
        // The job's end tells of a failure; who began it need not wait for the result.
        job.result.catch(() => {});
        return { id, result: job.result };
      },
    },
    handlers: {
      // Progress is on disk half a second late at most, in memory at once.
      'jobs.list': () => table.list().map((job) => running.get(job.id)?.state.get() ?? job),
      async *'jobs.follow'({ id }, signal) {
        const job = running.get(id);
        if (job) yield* job.state.follow(signal);
        else yield known(id);
      },
      'jobs.pause'({ id }) {
        active(id).pause();
        return known(id);
      },
      'jobs.resume'({ id }) {
        active(id).resume();
        return known(id);
      },
      async 'jobs.stop'({ id }) {
        const job = running.get(id);
        if (job) await stop([job], stoppedByPerson);
        return known(id);
      },
    },
    running: () => running.size,
    allowedBehindLock: () =>
      [...running.values()].filter(({ behindLock }) => behindLock).map(({ state }) => state.get()),
    stopAll: ({ keepBehindLock = false } = {}) =>
      stop(
        running.values().filter(({ behindLock }) => !(keepBehindLock && behindLock)),
        stoppedByPerson,
      ),
    async idle() {
      while (running.size > 0) await Promise.all(running.values().map(({ ended }) => ended));
    },
    async close() {
      closed = true;
      const late = new AbortController();
      const all = stop(running.values(), interrupted).finally(() => late.abort());
      await Promise.race([all, sleep(CLOSE_MS, undefined, { signal: late.signal }).catch(() => {})]);
      if (running.size > 0) log.info('jobs.abandoned', { count: running.size });
    },
  };
}
