/** Why an answer is as it is: scores its very words again without each of its sources in turn. */
import type { Generator, Scorer, Turn } from '../engine/ports.ts';
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import type { UsedSource } from './door.ts';
import type { Homes } from './homes.ts';
import { mapProse } from './prose.ts';
import { assemble } from './prompt.ts';

/** Tokens of the answer that are scored, from its beginning. */
const MOST = 200;
/**
 * Nats a token: how much likelier the answer was with the source than without it. With ten planted answers and SmolLM2
 * 135M, the passage that had it came to .51 at least, the others to .17 at most (`npm run bench -- why`).
 */
const MUCH = 0.4;
const LITTLE = 0.2;

export type Weight = NonNullable<UsedSource['weight']>;
/** @param difference of the mean logarithms of a token's probability, with the source and without it */
export const weightOf = (difference: number): Weight =>
  difference >= MUCH ? 'much' : difference >= LITTLE ? 'little' : 'none';

/** The answer without its numbers: a model that reads [2] behind passage 2 would be scored for counting. */
export const withoutMarks = (answer: string): string =>
  mapProse(answer, (prose) => prose.replace(/ ?\[\d{1,3}\]/gu, ''));

/** @returns how much likelier a token was on the average, with everything than without something */
export function difference(withAll: readonly number[], without: readonly number[]): number {
  const n = Math.min(withAll.length, without.length);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += withAll[i]! - without[i]!;
  return n === 0 ? 0 : sum / n;
}

interface Needs {
  readonly homes: Homes;
  readonly generator: Generator;
  readonly scorer: Scorer;
  hasModel(id: string): boolean;
  modelName(id: string): string;
  /** Whether an answer is being written in the conversation. */
  busy(conversation: Id): boolean;
  /** The system prompt of the conversation. */
  system(conversation: Id): Turn;
}
type Step =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly sources: UsedSource[] };

export function openWhy({ homes, generator, scorer, hasModel, modelName, busy, system }: Needs) {
  return {
    /**
     * Scores the answer with all its sources, then without each, and keeps what came of it. The prompt is what it was but
     * for that one passage: numbers, boundary and task stay.
     *
     * Where two sources say the same, neither is missed: both come out as `none`. Leaving the stream stops it; nothing
     * is kept then.
     *
     * @throws Fault `unknown-message`, `no-sources`, `sources-gone`, `busy-writing`, `unknown-model`; those of the engine
     */
    async *why(message: Id, signal: AbortSignal): AsyncGenerator<Step> {
      const tree = homes.ofMessage(message);
      const row = tree.message(message);
      const sources = tree.sources.texts([message]).get(message) ?? [];
      if (row.role !== 'assistant' || row.text === '' || sources.length === 0)
        throw new Fault('no-sources', 'This answer was not made from your files, so there is nothing to weigh.');
      const { conversation, model } = row;
      if (row.state === 'writing' || busy(conversation))
        throw new Fault(
          'busy-writing',
          'An answer is still being written in this conversation. Wait for it or stop it, then ask why.',
        );
      const gone = () =>
        new Fault(
          'sources-gone',
          'Some of what this answer was made from was taken out of your files, so it can no longer be weighed. The answer stays.',
        );
      if (sources.some(({ text }) => text === '')) throw gone();
      if (model === null || !hasModel(model))
        throw new Fault(
          'unknown-model',
          `${model === null ? 'The model' : modelName(model)} that wrote this answer is no longer on this machine, and no other can say why. The answer and its quotes stay.`,
        );

      const score = async (without?: string) => {
        // Looked at each time: the quote must not go on being read while its file is taken out.
        if ((tree.sources.texts([message]).get(message) ?? []).some(({ text }) => text === '')) throw gone();
        const { turns } = await assemble(
          {
            ...{ tree, generator, conversation, answer: message, model, system: system(conversation) },
            maxTokens: undefined,
            ...(row.kept_from !== null && { keptFrom: row.kept_from }),
            ...(without !== undefined && { without }),
          },
          signal,
        );
        const { logs } = await scorer.score(
          { model, turns, answer: withoutMarks(row.text), most: MOST, session: `why/${message}` },
          signal,
        );
        return logs;
      };
      const total = sources.length + 1;
      yield { kind: 'progress', done: 0, total };
      const all = await score();
      yield { kind: 'progress', done: 1, total };
      const weights: { n: number; weight: Weight }[] = [];
      // The last first: what stands before the one that is left out need not be evaluated again.
      for (const { n, text } of sources.toReversed()) {
        weights.push({ n, weight: weightOf(difference(all, await score(text))) });
        yield { kind: 'progress', done: weights.length + 1, total };
      }
      signal.throwIfAborted();
      tree.sources.weigh(message, weights);
      yield { kind: 'done', sources: tree.sources.used(message) };
    },
  };
}
