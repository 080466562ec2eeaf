/** What every `Embedder` must do; the fake and the real model both pass. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Embedder } from '../../src-main/engine/ports.ts';
import { isFault } from '../../src-main/wire/index.ts';

export interface OpenedEmbedder {
  readonly embedder: Embedder;
  /** Makes the texts that are being read, or the next one, end in a crash. */
  crash(): void;
  close(): Promise<void>;
}

export const cosine = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (const [i, one] of a.entries()) sum += one * b[i]!;
  return sum;
};
const NOW = { behind: false };
/** Two ways to say something, and something else. */
const TRIPLES = [
  ['How do I renew my passport?', 'renewing a passport: what to do', 'The cake needs four eggs and some butter.'],
  ['the doctor prescribed a new medicine', 'a new medicine from the doctor', 'The train to Berlin was late again.'],
  ['Our holiday by the sea was lovely', 'a lovely holiday at the sea', 'Invoice 4711 is due on Friday.'],
] as const;
const LONG = 'The keeper of the lighthouse looked at the sea and wrote a letter. '.repeat(200);

export function embedderCompliance(name: string, open: () => Promise<OpenedEmbedder>): void {
  describe(`${name} is an embedder`, () => {
    let opened: OpenedEmbedder;
    beforeAll(async () => void (opened = await open()), 60_000);
    afterAll(() => opened.close());
    const embed = (texts: readonly string[], how = NOW, signal?: AbortSignal) =>
      opened.embedder.embed(texts, how, signal);

    test('each text has a vector of length 1, of the dimensions that are stated', async () => {
      const { id, dimensions } = opened.embedder.embedderNow()!;
      expect(id).not.toBe('');
      const texts = [
        'one',
        'two words',
        LONG,
        '',
        '   ',
        '日本語のテキスト',
        '\u0000\ud800\u202e',
        '[SEP] [CLS] ##ing',
      ];
      const vectors = await embed(texts);
      expect(vectors).toHaveLength(texts.length);
      for (const [i, vector] of vectors.entries()) {
        expect(vector, texts[i]).toBeInstanceOf(Float32Array);
        expect(vector).toHaveLength(dimensions);
        expect(Math.abs(cosine(vector, vector) - 1), texts[i]).toBeLessThan(1e-5);
      }
    });

    test('nothing asked is nothing answered', async () => {
      expect(await embed([])).toEqual([]);
    });

    test('vectors come in the order of the texts, alone or together, now or behind', async () => {
      const texts = TRIPLES.flat();
      const alone: Float32Array[] = [];
      for (const text of texts) alone.push(...(await embed([text])));
      for (const how of [NOW, { behind: true }])
        for (const [i, vector] of (await embed(texts, how)).entries())
          expect(cosine(vector, alone[i]!), texts[i]).toBeGreaterThan(0.99999);
      expect(Math.max(...alone.slice(1).map((one) => cosine(one, alone[0]!)))).toBeLessThan(0.99);
    });

    test('the same text has the same vector, bit for bit', async () => {
      const [first] = await embed(['The same text twice.']);
      await embed(['Something else in between.']);
      expect(await embed(['The same text twice.'])).toEqual([first]);
    });

    test.each(TRIPLES)('"%s" lies closer to "%s" than to "%s"', async (one, other, unrelated) => {
      const [a, b, c] = (await embed([one, other, unrelated])) as [Float32Array, Float32Array, Float32Array];
      expect(cosine(a, b)).toBeGreaterThan(cosine(a, c) + 0.2);
    });

    test('of a text that is too long only the beginning counts', async () => {
      const [long, same, other] = (await embed([
        LONG,
        `${LONG} and at the very end a recipe for cake`,
        `a recipe for cake, and then ${LONG}`,
      ])) as [Float32Array, Float32Array, Float32Array];
      expect(cosine(long, same)).toBeGreaterThan(0.99999);
      expect(cosine(long, other)).toBeLessThan(0.9999);
    });

    test('what is aborted ends soon, and the next texts are read', async () => {
      const stop = new AbortController();
      const texts = Array.from({ length: 300 }, (_, i) => `Number ${i}. ${LONG}`);
      const reading = embed(texts, { behind: true }, stop.signal).then(
        () => 'read',
        (error: unknown) => (error as Error).name,
      );
      setTimeout(() => stop.abort(), 50);
      const began = performance.now();
      expect(await reading).toBe('AbortError');
      expect(performance.now() - began).toBeLessThan(3000);
      expect(await embed(['Hello.'])).toHaveLength(1);
    });

    test('after a crash the engine reads again', async () => {
      await embed(['Hello.']);
      const texts = Array.from({ length: 100 }, (_, i) => `Number ${i}. ${LONG}`);
      const reading = embed(texts, { behind: true }).then(
        () => undefined,
        (error: unknown) => error,
      );
      opened.crash();
      expect(isFault(await reading, 'engine-crashed')).toBe(true);
      expect(await embed(['Hello.'])).toHaveLength(1);
    });
  });
}
