/** How likely an answer was: its tokens are weighed in one pass behind the prompt, in a cache that no conversation has. */
import { contextFull } from './generate.ts';
import type { Sequence, Weights } from './llama.ts';
import type { Prompt } from './prompt.ts';

export interface Weighing {
  /**
   * Natural logarithms of the probabilities of the prompt's open answer, its first `most` tokens. Scores follow each
   * other, and what a prompt has in common with the one before is not evaluated again.
   *
   * @param prompt with an open answer
   * @param pause called before each step of about 250 ms: waits while others go first, rejects when aborted
   * @throws Fault `context-full`
   */
  weigh(prompt: Prompt, most: number | undefined, pause: () => Promise<void>): Promise<readonly number[]>;
  dispose(): Promise<void>;
}

/** Tokens evaluated at once; llama.cpp's own batch is the most. */
const STEP = { first: 128, least: 32, most: 512, ms: 250 } as const;
/** Tokens weighed at once: llama.cpp keeps a number for each of the vocabulary for each of them (39 MB of 152,000). */
const WEIGHED = 64;
/** How long the cache stays after the last score: a person asks about all sources of an answer in a row. */
const REST_MS = 60_000;

export function openWeighing(
  weights: Pick<Weights, 'openSequence'>,
  { contextSize, threads, restMs = REST_MS }: { contextSize: number; threads: number; restMs?: number },
): Weighing {
  let sequence: Sequence | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    clearTimeout(timer);
    const mine = turn.then(work).finally(() => {
      clearTimeout(timer);
      if (sequence) timer = setTimeout(() => void inTurn(rest), restMs).unref();
    });
    turn = mine.catch(() => {});
    return mine;
  };
  const rest = async () => {
    const old = sequence;
    sequence = undefined;
    await old?.dispose();
  };

  return {
    weigh: ({ tokens, open }, most = Infinity, pause) =>
      inTurn(async () => {
        const end = tokens.length - open + Math.min(open, most);
        if (open === 0) return [];
        // The last token is only weighed; what would follow it nobody asks.
        const read = tokens.slice(0, end - 1);
        sequence ??= await weights.openSequence({ contextSize, threads });
        if (read.length >= sequence.size - 1) throw contextFull(read.length, sequence.size);
        // The token before the answer is always evaluated: what follows it is the answer's first.
        const from = tokens.length - open - 1;
        let at = await sequence.keep(read.slice(0, from));
        const logs: number[] = [];
        let step: number = STEP.first;
        while (at < read.length) {
          await pause();
          const end = at < from ? Math.min(at + step, from) : Math.min(at + Math.min(step, WEIGHED), read.length);
          const part = read.slice(at, end);
          const began = performance.now();
          if (at < from) await sequence.feed(part);
          else logs.push(...(await sequence.weigh(part, tokens.slice(at + 1, end + 1))));
          at = end;
          const perMs = part.length / Math.max(1, performance.now() - began);
          step = Math.min(STEP.most, Math.max(STEP.least, Math.round(perMs * STEP.ms)));
        }
        return logs;
      }),
    dispose: () => inTurn(rest).finally(() => clearTimeout(timer)),
  };
}
