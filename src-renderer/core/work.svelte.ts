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
  /** Whether this model is being fetched already. */
  fetches(id: string): boolean;
  refresh(): Promise<void>;
  putAside(): void;
  clear(): void;
}

export interface WorkOptions {
  readonly core: Core;
  readonly signal: AbortSignal;
  /** Told when a model has arrived. */
  readonly onArrival: () => void;
}

export function openWork({ core, signal, onArrival }: WorkOptions): Work {
  let jobs = $state.raw<readonly Job[]>([]);
  let models = $state.raw<readonly Model[]>([]);
  let arrived = $state.raw<Model>();
  /** Catalogue ids of the fetches that began here, by job. */
  const begun = new Map<string, string>();
  const followed = new Map<string, AbortController>();

  const put = (job: Job) => {
    jobs = jobs.some(({ id }) => id === job.id) ? jobs.map((one) => (one.id === job.id ? job : one)) : [job, ...jobs];
  };
  const isGoing = (job: Job) => job.state === 'running' || job.state === 'paused';

  const readModels = async () => {
    models = await core['engine.models']({}, signal);
  };
  const landed = async (before: readonly Model[]) => {
    await readModels();
    const known = new Set(before.map(({ id }) => id));
    arrived = models.find((model) => !known.has(model.id) && !model.warmUp && model.chat) ?? arrived;
    onArrival();
  };

  const follow = async (id: string) => {
    if (followed.has(id)) return;
    const stop = new AbortController();
    followed.set(id, stop);
    const before = models;
    try {
      for await (const job of core['jobs.follow']({ id }, AbortSignal.any([signal, stop.signal]))) {
        put(job);
        if (job.kind === 'engine.fetch' && job.state === 'done') await landed(before);
      }
    } catch (error) {
      if (!stop.signal.aborted && !signal.aborted && !isFault(error)) throw error;
    } finally {
      if (followed.get(id) === stop) followed.delete(id);
    }
  };

  const refresh = async () => {
    await readModels();
    jobs = await core['jobs.list']({}, signal);
    for (const job of jobs) if (isGoing(job)) void follow(job.id);
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
      try {
        await refresh();
        return true;
      } catch (error) {
        if (!isFault(error) && !signal.aborted) throw error;
        return false;
      }
    },
    async fetch(id) {
      // The first item names the job; from then on the job is followed, and this stream may end.
      for await (const item of core['engine.fetch']({ id }, signal)) {
        if (item.kind === 'done') await landed(models);
        else {
          begun.set(item.job, id);
          void follow(item.job);
        }
        return;
      }
    },
    fetches: (id) => jobs.some((job) => isGoing(job) && begun.get(job.id) === id),
    refresh,
    putAside() {
      arrived = undefined;
    },
    clear() {
      for (const stop of followed.values()) stop.abort();
      followed.clear();
      jobs = [];
      models = [];
      arrived = undefined;
    },
  };
}
