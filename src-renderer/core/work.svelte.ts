/** Long pieces of work as this window sees them, and the models that are here; leaving the window stops nothing. */
import type { Job } from '../../src-main/base/door.ts';
import type { Model } from '../../src-main/engine/door.ts';
import { isFault } from '../../src-main/wire/index.ts';
import type { Core } from './doors.ts';

export interface Work {
  /** Newest first. */
  readonly jobs: readonly Job[];
  /** Jobs that run or are paused. */
  readonly going: readonly Job[];
  readonly models: readonly Model[];
  /** A model that arrived while this window was open, until it was taken or put aside. */
  readonly arrived: Model | undefined;
  /** Reads jobs and models, and follows whatever is going on. Never rejects. @returns whether they could be read */
  begin(): Promise<boolean>;
  /** Begins to fetch a model of the catalogue; resolves once it runs. Rejects with the Fault of a fetch that cannot begin. */
  fetch(id: string): Promise<void>;
  /** Whether this model is being fetched already, as far as this window knows. */
  fetches(id: string): boolean;
  /** Follows a job that began here. */
  follow(id: string): void;
  refresh(): Promise<void>;
  putAside(): void;
  /** Forgets everything, at a lock. */
  clear(): void;
}

export interface WorkOptions {
  readonly core: Core;
  readonly signal: AbortSignal;
  /** Told when a model has arrived. */
  readonly onArrival: () => void;
}

const isGoing = ({ state }: Job) => state === 'running' || state === 'paused';

export function openWork({ core, signal, onArrival }: WorkOptions): Work {
  let jobs = $state.raw<readonly Job[]>([]);
  let models = $state.raw<readonly Model[]>([]);
  let arrived = $state.raw<Model>();
  /** Catalogue ids of the fetches that began here, by job. */
  const begun = new Map<string, string>();
  const followed = new Set<string>();
  /** Ends at a lock, so that no answer still on its way brings anything back. */
  let awake = new AbortController();
  const until = () => AbortSignal.any([signal, awake.signal]);

  const put = (job: Job) => {
    jobs = jobs.some(({ id }) => id === job.id) ? jobs.map((one) => (one.id === job.id ? job : one)) : [job, ...jobs];
  };
  const readModels = async (end: AbortSignal) => {
    models = await core['engine.models']({}, end);
  };
  const landed = async (end: AbortSignal) => {
    const known = new Set(models.map(({ id }) => id));
    await readModels(end);
    arrived = models.find(({ id, warmUp, chat }) => !known.has(id) && !warmUp && chat) ?? arrived;
    onArrival();
  };

  const follow = async (id: string, end: AbortSignal) => {
    if (followed.has(id)) return;
    followed.add(id);
    try {
      for await (const job of core['jobs.follow']({ id }, end)) {
        put(job);
        if (job.kind === 'engine.fetch' && job.state === 'done') await landed(end);
      }
    } catch (error) {
      if (!end.aborted && !isFault(error)) throw error;
    } finally {
      if (!end.aborted) followed.delete(id);
    }
  };

  const refresh = async () => {
    const end = until();
    await readModels(end);
    jobs = await core['jobs.list']({}, end);
    for (const job of jobs) if (isGoing(job)) void follow(job.id, end);
  };

  return {
    get jobs() {
      return jobs;
    },
    get going() {
      return jobs.filter(isGoing);
    },
    get models() {
      return models;
    },
    get arrived() {
      return arrived;
    },
    async begin() {
      const end = until();
      try {
        await refresh();
        return true;
      } catch (error) {
        if (!isFault(error) && !end.aborted) throw error;
        return false;
      }
    },
    async fetch(id) {
      const end = until();
      // The first item names the job; from then on the job is followed, and this stream may end.
      for await (const item of core['engine.fetch']({ id }, end)) {
        if (item.kind === 'done') await landed(end);
        else {
          begun.set(item.job, id);
          void follow(item.job, end);
        }
        return;
      }
    },
    follow: (id) => void follow(id, until()),
    fetches: (id) => jobs.some((job) => isGoing(job) && begun.get(job.id) === id),
    refresh,
    putAside() {
      arrived = undefined;
    },
    clear() {
      awake.abort();
      awake = new AbortController();
      followed.clear();
      begun.clear();
      jobs = [];
      models = [];
      arrived = undefined;
    },
  };
}
