/** The cutting of JSON into values, against the engine's own parser. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { elements, type Element } from './elements.ts';

const runs = process.env['DAIMON_LONG'] ? 10_000 : 300;
const limits = { most: 1 << 20, deepest: 200, parts: 10_000 };
const cutAt = (bytes: Uint8Array, places: readonly number[]) => {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return sorted.slice(1).map((end, i) => bytes.subarray(sorted[i], end));
};
async function read(text: string, places: readonly number[], limit = limits): Promise<Element[]> {
  const chunks = cutAt(new TextEncoder().encode(text), places);
  const all: Element[] = [];
  for await (const one of elements(of(chunks), limit)) all.push(one);
  return all;
}
async function* of(chunks: readonly Uint8Array[]) {
  yield* chunks;
}
const values = (all: readonly Element[]) =>
  all.map((one) => (one.kind === 'value' ? (JSON.parse(one.text) as unknown) : one.kind));
const places = fc.array(fc.nat(100_000), { maxLength: 12 });
const spaces = fc.constantFrom(undefined, 1, '\t', '\r\n  ');

test('the elements of an array are those that JSON.parse finds, however the bytes are cut', async () => {
  const array = fc.array(fc.jsonValue({ maxDepth: 5, noUnicodeString: false }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(array, spaces, places, async (list, space, cuts) => {
      const text = JSON.stringify(list, null, space);
      expect(values(await read(text, cuts))).toEqual(JSON.parse(text));
    }),
    { numRuns: runs, seed: 5 },
  );
});

test('objects one after the other are those that were written, on lines and over lines', async () => {
  const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      objects,
      spaces,
      fc.constantFrom('\n', '\r\n', '\n\n', ' '),
      places,
      async (list, space, between, cuts) => {
        const text = list.map((one) => JSON.stringify(one, null, space)).join(between);
        expect(values(await read(text, cuts))).toEqual(JSON.parse(JSON.stringify(list)));
      },
    ),
    { numRuns: runs, seed: 6 },
  );
});

test('an array cut anywhere gives its first elements and says that it was cut', async () => {
  const array = fc.array(fc.dictionary(fc.string(), fc.string()), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(array, fc.nat(), places, async (list, at, cuts) => {
      const bytes = new TextEncoder().encode(JSON.stringify(list));
      const text = new TextDecoder().decode(bytes.subarray(0, 1 + (at % (bytes.length - 1))));
      const all = await read(text, cuts);
      expect(all.at(-1)).toEqual({ kind: 'cut' });
      const whole = values(all.slice(0, -1));
      expect(whole).toEqual((JSON.parse(JSON.stringify(list)) as unknown[]).slice(0, whole.length));
    }),
    { numRuns: runs, seed: 7 },
  );
});

test('whatever the bytes are, it ends, and keeps to its limits', async () => {
  const bytes = fc.string({
    unit: fc.constantFrom('[', ']', '{', '}', '"', '\\', ',', ':', '\n', ' ', 'a', '1'),
    maxLength: 200,
  });
  const small = { most: 20, deepest: 3, parts: 5 };
  await fc.assert(
    fc.asyncProperty(bytes, places, async (text, cuts) => {
      const all = await read(text, cuts, small);
      expect(all).toEqual(await read(text, [], small));
      for (const one of all) if (one.kind === 'value') expect(one.text.length).toBeLessThanOrEqual(20);
      // Every byte that is no space, comma or outer bracket belongs to at most one value.
      expect(all.reduce((sum, one) => sum + (one.kind === 'value' ? one.text.length : 0), 0)).toBeLessThanOrEqual(
        text.length,
      );
    }),
    { numRuns: runs * 3, seed: 8 },
  );
});
