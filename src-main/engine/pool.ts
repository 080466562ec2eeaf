/** The models that the engine process keeps loaded: shared by their users, several while they fit the budget. */
import { isFault } from '../wire/index.ts';
import { toRest, type Warm } from './budget.ts';
import { collectGarbage } from './garbage.ts';
import { openLlama, type Backend, type LoadLlama, type Weights } from './llama.ts';
import { DRIVER_NOTE, type Load } from './process-door.ts';
import { turnCounter } from './prompt.ts';
import { openSessions, type Sessions } from './sessions.ts';
import { rememberTokens } from './tokens.ts';
import { openVectors, type Vectors } from './vectors.ts';
import { openWeighing, type Weighing } from './weighing.ts';

export interface Loaded {
  readonly sha256: string;
  readonly backend: Backend;
  readonly weights: Weights;
  readonly count: ReturnType<typeof turnCounter>;
  readonly sessions: Sessions;
  readonly weighing: Weighing;
  /** Of a model that measures likeness. */
  readonly vectors: Vectors;
}
export interface Lease {
  readonly loaded: Loaded;
  release(): void;
}
export interface Pool {
  /** A loaded model, which stays so until it is released. */
  lease(load: Load, signal: AbortSignal): Promise<Lease>;
  /** The same, around a piece of work. */
  use<T>(load: Load, signal: AbortSignal, work: (loaded: Loaded) => Promise<T>): Promise<T>;
  readonly warm: readonly Loaded[];
  /** Gives a model's memory back when its answers have ended; false when it is not loaded. */
  rest(sha256: string): Promise<boolean>;
  restAll(): Promise<void>;
}

interface Entry {
  /** How it was loaded. */
  readonly how: string;
  readonly memory: number;
  loaded: Loaded;
  users: number;
  used: number;
  /** It is to rest, and only waits for its answers to end: nobody else is let in. */
  leaving: boolean;
  /** Called when the last user has gone. */
  idle: () => void;
}

const TIDY_MS = 500;

/**
 * Whoever wants a model that is warm gets it at once. Whoever wants another one waits in a row: loading may mean that
 * others have to rest, and a model that answers is waited for.
 */
export function openPool(loadLlama?: LoadLlama): Pool {
  let backend: { key: string; opened: Promise<Backend> } | undefined;
  const entries = new Map<string, Entry>();
  let turn: Promise<unknown> = Promise.resolve();
  let uses = 0;

  const howOf = ({ contextSize, threads, gpu, gpuLayers = -1 }: Load) => [contextSize, threads, gpu, gpuLayers].join();
  const hold = (entry: Entry): Lease => {
    entry.users++;
    entry.used = ++uses;
    let held = true;
    return {
      loaded: entry.loaded,
      release() {
        if (!held) return;
        held = false;
        if (--entry.users === 0) entry.idle();
      },
    };
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  };

  /** Whoever waits for a model to rest may give up; then it stays. */
  const whenIdle = (entry: Entry, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (entry.users === 0) return resolve();
      if (signal?.aborted) return reject(signal.reason as Error);
      const give = () => reject(signal!.reason as Error);
      signal?.addEventListener('abort', give, { once: true });
      entry.idle = () => {
        signal?.removeEventListener('abort', give);
        resolve();
      };
    });
  const rest = async (sha256: string, signal?: AbortSignal) => {
    const entry = entries.get(sha256);
    if (!entry) return false;
    entry.leaving = true;
    try {
      await whenIdle(entry, signal);
    } catch (error) {
      entry.leaving = false;
      entry.idle = () => {};
      throw error;
    }
    entries.delete(sha256);
    await entry.loaded.sessions.dispose();
    await entry.loaded.weighing.dispose();
    await entry.loaded.vectors.dispose();
    await entry.loaded.weights.dispose();
    setTimeout(tidy, TIDY_MS).unref();
    return true;
  };
  const restAll = async (signal?: AbortSignal) => {
    for (const sha256 of [...entries.keys()]) await rest(sha256, signal);
  };
  const warm = (): Warm[] =>
    [...entries].map(([key, { memory, used, users }]) => ({ key, memory, used, busy: users > 0 }));

  const start = async ({ gpu, threads }: Load, signal: AbortSignal): Promise<Backend> => {
    if (backend && backend.key !== gpu) {
      await restAll(signal);
      const old = backend;
      backend = undefined;
      await (await old.opened).dispose();
    }
    backend ??= { key: gpu, opened: openLlama({ gpu, threads }, loadLlama) };
    const mine = backend;
    return mine.opened.catch((error: unknown) => {
      if (backend === mine) backend = undefined;
      throw error;
    });
  };
  const open = async (load: Load, opened: Backend): Promise<Loaded> => {
    const { sha256, contextSize, threads, purpose } = load;
    const weights = rememberTokens(await opened.load(load));
    const how = { contextSize, threads };
    const sessions = openSessions({ weights, ...how });
    const vectors = openVectors({ weights, ...how });
    try {
      await (purpose === 'embed' ? vectors : sessions).warm();
    } catch (error) {
      await weights.dispose();
      throw error;
    }
    const shared = { sha256, backend: opened, weights, sessions, vectors, weighing: openWeighing(weights, how) };
    return { ...shared, count: turnCounter(weights.render, weights) };
  };
  /** Room for a model, first in the budget, then in the memory of the graphics card. */
  const makeRoom = async ({ memory, budget, purpose }: Load, opened: Backend, signal: AbortSignal) => {
    // A small model that is only needed now and then displaces none that answers.
    if (purpose === 'embed') return;
    for (const sha256 of toRest(warm(), memory, budget)) await rest(sha256, signal);
    while (entries.size > 0 && ((await opened.freeGpuMemory()) ?? Infinity) < memory)
      await rest(toRest(warm(), 1, 0)[0]!, signal);
  };
  const bring = async (load: Load, signal: AbortSignal): Promise<Entry> => {
    const how = howOf(load);
    const there = entries.get(load.sha256);
    if (there?.how === how) return there;
    // The same weights with another context take its place.
    if (there) await rest(load.sha256, signal);
    const opened = await start(load, signal);
    await makeRoom(load, opened, signal);
    const noRoom = load.purpose === 'embed' && ((await opened.freeGpuMemory()) ?? Infinity) < load.memory;
    const placed = noRoom ? { ...load, gpuLayers: 0 } : load;
    let loaded: Loaded;
    try {
      loaded = await open(placed, opened).catch(async (error: unknown) => {
        // What was reckoned was too little, or others have taken the memory.
        if (entries.size === 0 || !(isFault(error, 'no-memory') || opened.device !== 'cpu')) throw error;
        await restAll(signal);
        return open(placed, opened);
      });
    } catch (error) {
      if (opened.device === 'cpu' || isFault(error, 'model-missing') || signal.aborted) throw error;
      // Out of VRAM or a driver that gave way: what the processor makes of it decides. Remembered while this process
      // lives, so that not every load fails first.
      const cpu = { ...(await openLlama({ gpu: 'off', threads: load.threads }, loadLlama)), note: DRIVER_NOTE };
      loaded = await open(load, cpu);
      backend = { key: load.gpu, opened: Promise.resolve(cpu) };
      await opened.dispose().catch(() => {});
    }
    const entry: Entry = { how, memory: load.memory, loaded, users: 0, used: ++uses, leaving: false, idle: () => {} };
    entries.set(load.sha256, entry);
    setTimeout(tidy, TIDY_MS).unref();
    return entry;
  };
  /** In a quiet moment after a load or a rest. */
  const tidy = () =>
    [...entries.values()].every(({ users }) => users === 0) ? collectGarbage() : void setTimeout(tidy, TIDY_MS).unref();

  /** Lets idle ones rest that a smaller budget has no more room for; nobody waits for it. */
  const trim = ({ sha256, memory, budget }: Load) => {
    const others = warm().filter(({ key }) => key !== sha256);
    for (const key of toRest(others, memory, budget))
      void inTurn(async () => void (entries.get(key)?.users === 0 && (await rest(key)))).catch(() => {});
  };

  async function lease(load: Load, signal: AbortSignal): Promise<Lease> {
    const there = entries.get(load.sha256);
    if (there && !there.leaving && there.how === howOf(load)) {
      const mine = hold(there);
      if (load.purpose !== 'embed') trim(load);
      return mine;
    }
    return inTurn(async () => {
      signal.throwIfAborted();
      return hold(await bring(load, signal));
    });
  }
  return {
    lease,
    async use(load, signal, work) {
      const mine = await lease(load, signal);
      try {
        return await work(mine.loaded);
      } finally {
        mine.release();
      }
    },
    get warm() {
      return [...entries.values()].map(({ loaded }) => loaded);
    },
    rest: (sha256) => inTurn(() => rest(sha256)),
    restAll: () => inTurn(() => restAll()),
  };
}
