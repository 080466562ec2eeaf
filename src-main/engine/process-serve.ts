/** What the engine process does with the runner's requests: answers from the models that it keeps loaded. */
import { randomInt } from 'node:crypto';
import { serve, type Wire } from '../wire/index.ts';
import { checkFormat } from './format.ts';
import { generate } from './generate.ts';
import type { LoadLlama } from './llama.ts';
import { openEmbedding } from './embedding.ts';
import { openPool, type Lease, type Loaded } from './pool.ts';
import { openPrecedence } from './precedence.ts';
import { processDoor, type Ready } from './process-door.ts';
import { buildPrompt } from './prompt.ts';

/** Tokens that are read when a model is timed. */
const TIMED = 128;

export interface ServeEngineOptions {
  readonly wire: Wire;
  /** Replaced by tests, to fail the way drivers do. */
  readonly loadLlama?: LoadLlama;
}

/** Serves `processDoor`; ends this process when the wire closes. */
export function serveEngine({ wire, loadLlama }: ServeEngineOptions): void {
  const models = openPool(loadLlama);
  const precedence = openPrecedence();
  const embed = openEmbedding({ models, precedence });
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
          const { weights, backend } = loaded;
          if (load.purpose === 'embed') await loaded.vectors.warm();
          const size = load.purpose === 'embed' ? load.contextSize : (await loaded.sessions.warm()).size;
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
        // From now on, so that nothing begins behind while its model is loaded.
        const leave = precedence.enter('answer');
        let lease: Lease | undefined;
        try {
          lease = await models.lease(ask.load, signal);
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
          lease?.release();
          leave();
        }
      },
      'process.embed': async ({ load, texts, behind }, signal) => ({
        vectors: await embed({ ...load, purpose: 'embed' }, texts, behind, signal),
      }),
      'process.score': async ({ load, turns, answer, most }, signal) => {
        if (answer === '') return { logs: [] };
        const leave = precedence.enter('score');
        try {
          await precedence.clear('score', signal);
          return await models.use(load, signal, async (loaded) => {
            const asked = prompt(loaded, [...turns, { role: 'assistant', text: answer }], true);
            return { logs: [...(await loaded.weighing.weigh(asked, most, () => precedence.clear('score', signal)))] };
          });
        } finally {
          leave();
        }
      },
      'process.measure': ({ load, turns }, signal) =>
        models.use(load, signal, async (loaded) => ({
          tokens: loaded.count(turns),
          contextSize: (await loaded.sessions.warm()).size,
        })),
      'process.speed': async (load, signal) => {
        const leave = precedence.enter('answer');
        try {
          return await models.use(load, signal, (loaded) => time(loaded, load.threads, signal));
        } finally {
          leave();
        }
      },
      'process.pulse': () => ({}),
      'process.warm': () => models.warm.map(({ sha256, weights }) => ({ sha256, gpuLayers: weights.gpuLayers })),
      'process.rest': async ({ sha256 }) => ({ rested: await models.rest(sha256) }),
      'process.unload': async () => {
        await models.restAll();
        return {};
      },
    },
  });

  /** A short context of its own: no conversation loses its place. */
  async function time({ weights }: Loaded, threads: number, signal: AbortSignal) {
    const sequence = await weights.openSequence({ contextSize: TIMED * 4, threads });
    try {
      const text = 'The keeper of the lighthouse looked at the sea and wrote a letter. '.repeat(TIMED / 4);
      const prompt = weights.plain(text, true).slice(0, TIMED);
      const sampling = { temperature: 0, topK: 1, topP: 1, seed: 1 };
      // What the first pass prepares is not the model's speed.
      await sequence.feed(prompt.slice(0, 8));
      const began = now();
      await sequence.feed(prompt.slice(8));
      const read = now();
      let count = 0;
      let first = 0;
      // Two seconds tell enough, also of a slow model.
      for await (const _ of sequence.next(prompt.slice(-1), sampling)) {
        if (count++ === 0) first = now();
        if (signal.aborted || count > 48 || (count > 4 && now() - first > 2000)) break;
      }
      const seconds = (now() - first) / 1000;
      return {
        prompt: (prompt.length - 8) / ((read - began) / 1000),
        decode: count > 1 && seconds > 0 ? (count - 1) / seconds : 0,
      };
    } finally {
      await sequence.dispose();
    }
  }
}
