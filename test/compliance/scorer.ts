/** What every `Scorer` must do; the fake and the real engine both pass. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScoreRequest, Scorer } from '../../src-main/engine/ports.ts';
import { isFault } from '../../src-main/wire/index.ts';
import { user } from './generator.ts';

export interface OpenedScorer {
  readonly scorer: Scorer;
  readonly model: string;
  /** A sentence that answers 'What is the capital of France?'. */
  readonly likely: string;
  close(): Promise<void>;
}

export function scorerCompliance(name: string, open: () => Promise<OpenedScorer>): void {
  describe(`${name} is a scorer`, () => {
    let opened: OpenedScorer;
    beforeAll(async () => void (opened = await open()), 60_000);
    afterAll(() => opened.close());
    const score = async (answer: string, more: Partial<ScoreRequest> = {}, signal = new AbortController().signal) =>
      (
        await opened.scorer.score(
          { model: opened.model, turns: [user('What is the capital of France?')], answer, session: 's', ...more },
          signal,
        )
      ).logs;
    const mean = (logs: readonly number[]) => logs.reduce((sum, one) => sum + one, 0) / logs.length;

    test('each token of the answer has a logarithm of a probability', async () => {
      const logs = await score(opened.likely);
      expect(logs.length).toBeGreaterThan(1);
      for (const log of logs) expect(log).toBeLessThanOrEqual(1e-4);
      expect(logs.every(Number.isFinite)).toBe(true);
    });

    test('an answer to the question is likelier than letters at random', async () => {
      expect(mean(await score(opened.likely))).toBeGreaterThan(mean(await score('xq vrr zzk 00 pfff jjw')) + 0.5);
    });

    test('the same question and answer have the same score, in whatever session', async () => {
      const first = await score(opened.likely);
      const again = await score(opened.likely, { session: 'another' });
      expect(again).toHaveLength(first.length);
      for (const [i, log] of again.entries()) expect(Math.abs(log - first[i]!)).toBeLessThan(1e-3);
    });

    test('with `most` only the first tokens count, with the same scores', async () => {
      const all = await score(opened.likely);
      const some = await score(opened.likely, { most: 2 });
      expect(some).toHaveLength(2);
      for (const [i, log] of some.entries()) expect(Math.abs(log - all[i]!)).toBeLessThan(1e-3);
    });

    test('an empty answer has no tokens', async () => {
      expect(await score('')).toEqual([]);
    });

    test('what does not fit the context is refused in words', async () => {
      const turns = [user('word '.repeat(20_000))];
      const error: unknown = await score('yes', { turns }).catch((fault: unknown) => fault);
      expect(isFault(error, 'context-full')).toBe(true);
      expect((await score(opened.likely)).length).toBeGreaterThan(1);
    });

    test('one that is aborted before it begins is not begun', async () => {
      const stop = new AbortController();
      stop.abort();
      const ended = await score(opened.likely, {}, stop.signal).catch((error: unknown) => (error as Error).name);
      expect(ended).toBe('AbortError');
    });
  });
}
