/** What the engine process does with the runner's requests: keeps one model loaded and answers from it. */
import { randomInt } from 'node:crypto';
import { isFault, serve, type Wire } from '../wire/index.ts';
import { checkFormat } from './format.ts';
import { collectGarbage } from './garbage.ts';
import { generate } from './generate.ts';
import { openLlama, type Backend, type LoadLlama, type Weights } from './llama.ts';
import { DRIVER_NOTE, processDoor, type Load, type Ready } from './process-door.ts';
import { buildPrompt, turnCounter } from './prompt.ts';
import { openSessions, type Sessions } from './sessions.ts';
import { rememberTokens } from './tokens.ts';

const TIDY_MS = 500;

interface Loaded {
  readonly key: string;
  readonly backend: Backend;
  readonly weights: Weights;
  readonly count: ReturnType<typeof turnCounter>;
  readonly sessions: Sessions;
  readonly contextSize: number;
}

export interface ServeEngineOptions {
  readonly wire: Wire;
  /** Replaced by tests, to fail the way drivers do. */
  readonly loadLlama?: LoadLlama;
}

/** Serves `processDoor`; ends this process when the wire closes. */
export function serveEngine({ wire, loadLlama }: ServeEngineOptions): void {
  const models = openModels(loadLlama);
  const now = () => performance.now();

  const prompt = (
    { weights }: Loaded,
    turns: Parameters<typeof buildPrompt>[0]['turns'],
    open: boolean,
    find?: (text: string) => readonly number[] | undefined,
  ) => buildPrompt({ turns, segments: weights.render(turns, open), tokenizer: weights, ...(find && { find }) });

  serve({
    door: processDoor,
    wire: {
      ...wire,
      listen: (onFrame, onClose) =>
        wire.listen(onFrame, () => {
          onClose();
          // Nothing here needs saving, and an orderly exit would run destructors under a thread that still computes.
          process.kill(process.pid, 'SIGKILL');
        }),
    },
    handlers: {
      'process.load': async (load, signal) => {
        const began = now();
        return models.use(load, signal, async (loaded): Promise<Ready> => {
          const { size } = await loaded.sessions.warm();
          const { weights, backend } = loaded;
          return {
            ms: now() - began,
            device: backend.device,
            ...(backend.note !== undefined && { note: backend.note }),
            contextSize: size,
            trainedContext: weights.trainedContext,
            chat: weights.chat,
          };
        });
      },
      async *'process.generate'(ask, signal) {
        const asked = now();
        const format = ask.format && checkFormat(ask.format);
        const lease = await models.lease(ask.load, signal);
        try {
          const { loaded } = lease;
          const { weights, backend } = loaded;
          const session = await loaded.sessions.acquire(ask.session, signal);
          try {
            const { temperature, topK, topP, minP, repeatPenalty, turns, continueAnswer } = ask;
            const partial = continueAnswer ? turns.at(-1)!.text : '';
            const sampling = {
              ...{ temperature, topK, topP, seed: ask.seed ?? randomInt(2 ** 32) },
              ...(minP !== undefined && minP > 0 && { minP }),
              ...(repeatPenalty !== undefined && repeatPenalty !== 1 && { repeatPenalty }),
            };
            yield* generate(
              {
                weights,
                sequence: session.sequence,
                prompt: prompt(loaded, turns, continueAnswer, session.kept.find),
                partial,
                form: format && (await weights.openForm(format, partial)),
                kept: session.kept,
                sampling,
                maxTokens: ask.maxTokens,
                asked,
                device: backend.device,
                note: backend.note,
                now,
              },
              signal,
            );
          } finally {
            session.release();
          }
        } finally {
          lease.release();
        }
      },
      'process.measure': ({ load, turns }, signal) =>
        models.use(load, signal, async (loaded) => ({
          tokens: loaded.count(turns),
          contextSize: (await loaded.sessions.warm()).size,
        })),
      'process.speed': (load, signal) =>
        models.use(load, signal, async (loaded) => {
          const session = await loaded.sessions.acquire('speed', signal);
          try {
            return await time(session.sequence, signal);
          } finally {
            session.release();
          }
        }),
      'process.pulse': () => ({}),
      'process.unload': async () => {
        await models.unload();
        return {};
      },
    },
  });

  async function time(sequence: Awaited<ReturnType<Sessions['warm']>>, signal: AbortSignal) {
    const prompt = Array.from({ length: Math.min(128, sequence.size >> 1) }, (_, i) => 100 + i);
    const sampling = { temperature: 0, topK: 1, topP: 1, seed: 1 };
    await sequence.keep([]);
    await sequence.feed(prompt.slice(0, 8));
    const began = now();
    await sequence.feed(prompt.slice(8));
    const read = now();
    let count = 0;
    let first = 0;
    // Two seconds tell enough, also of a slow model.
    for await (const _ of sequence.next([1], sampling)) {
      if (count++ === 0) first = now();
      if (signal.aborted || count > 48 || (count > 4 && now() - first > 2000)) break;
    }
    const seconds = (now() - first) / 1000;
    await sequence.keep([]);
    return {
      prompt: (prompt.length - 8) / ((read - began) / 1000),
      decode: count > 1 && seconds > 0 ? (count - 1) / seconds : 0,
    };
  }
}

/**
 * One model at a time: its users share it; whoever wants another one waits until they have ended, and nobody who comes
 * later is let in before.
 */
function openModels(loadLlama: LoadLlama | undefined) {
  let backend: { key: string; opened: Promise<Backend> } | undefined;
  let loaded: Loaded | undefined;
  let users = 0;
  let turn: Promise<unknown> = Promise.resolve();
  let idle = () => {};

  const whenIdle = () => (users === 0 ? Promise.resolve() : new Promise<void>((resolve) => (idle = resolve)));
  const drop = async () => {
    await whenIdle();
    const old = loaded;
    loaded = undefined;
    await old?.sessions.dispose();
    await old?.weights.dispose();
  };
  const start = async ({ gpu, threads }: Load): Promise<Backend> => {
    if (backend && backend.key !== gpu) {
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
  const open = async (load: Load, opened: Backend, key: string): Promise<Loaded> => {
    const { contextSize, threads } = load;
    const weights = rememberTokens(await opened.load(load));
    const sessions = openSessions({ weights, contextSize, threads });
    try {
      await sessions.warm();
    } catch (error) {
      await weights.dispose();
      throw error;
    }
    const count = turnCounter(weights.render, weights);
    return { key, backend: opened, weights, count, contextSize, sessions };
  };
  const bring = async (load: Load): Promise<Loaded> => {
    const { sha256, contextSize, threads, gpu, gpuLayers = -1 } = load;
    const key = [sha256, contextSize, threads, gpu, gpuLayers].join();
    if (loaded?.key === key) return loaded;
    await drop();
    const opened = await start(load);
    try {
      loaded = await open(load, opened, key);
    } catch (error) {
      if (opened.device === 'cpu' || isFault(error, 'model-missing')) throw error;
      // Out of VRAM or a driver that gave way: what the processor makes of it decides. Remembered while this process
      // lives, so that not every load fails first.
      const cpu = await openLlama({ gpu: 'off', threads }, loadLlama);
      loaded = await open(load, cpu, key);
      backend = { key: gpu, opened: Promise.resolve({ ...cpu, note: DRIVER_NOTE }) };
      loaded = { ...loaded, backend: { ...cpu, note: DRIVER_NOTE } };
      await opened.dispose().catch(() => {});
    }
    setTimeout(tidy, TIDY_MS).unref();
    return loaded;
  };
  /** In a quiet moment after a load. */
  const tidy = () => (users === 0 ? collectGarbage() : void setTimeout(tidy, TIDY_MS).unref());
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  };

  async function lease(load: Load, signal: AbortSignal) {
    const mine = await inTurn(async () => {
      signal.throwIfAborted();
      const loaded = await bring(load);
      users++;
      return loaded;
    });
    let held = true;
    return {
      loaded: mine,
      release() {
        if (!held) return;
        held = false;
        if (--users === 0) idle();
      },
    };
  }
  return {
    lease,
    async use<T>(load: Load, signal: AbortSignal, work: (loaded: Loaded) => Promise<T>): Promise<T> {
      const mine = await lease(load, signal);
      try {
        return await work(mine.loaded);
      } finally {
        mine.release();
      }
    },
    unload: () => inTurn(drop),
  };
}
