/** Text as it leaves the loop: whole characters, no part of a stop string, and the tokens behind it remembered. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openDecoder } from './decode.ts';
import { openKept } from './kept.ts';
import { openStops } from './stops.ts';
import { rememberTokens } from './tokens.ts';
import type { Weights } from './llama.ts';

const runs = { numRuns: process.env['DAIMON_LONG'] ? 20_000 : 500, seed: 20261124 };
/** The worst tokenizer: a token is a byte. */
const bytes = (tokens: readonly number[]) => Buffer.from(tokens).toString('utf8');
const cutAt = (text: string, at: readonly number[]) => {
  const cuts = [...new Set([0, ...at.map((n) => n % (text.length + 1)), text.length])].sort((a, b) => a - b);
  return cuts.slice(1).map((to, i) => text.slice(cuts[i], to));
};

describe('the decoder', () => {
  test('gives the text back whole, and no piece ends inside a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        fc.pre(!text.includes('\uFFFD'));
        const decoder = openDecoder(bytes);
        const pieces = [...Buffer.from(text)].map((token) => decoder.push(token));
        expect(pieces.join('')).toBe(text);
        for (const piece of pieces) expect(piece.isWellFormed()).toBe(true);
        expect(decoder.whole).toBe(true);
      }),
      runs,
    );
  });

  test('does not wait for ever for bytes that never become a character', () => {
    const decoder = openDecoder(bytes);
    const pieces = [0xff, 0xff, 0xff, 0xff].map((token) => decoder.push(token));
    expect(pieces.join('')).toContain('\uFFFD');
    expect(decoder.push(0x61)).toBe('a');
  });

  test('tells the detokenizer what came just before', () => {
    const seen: (readonly number[])[] = [];
    const decoder = openDecoder((tokens, before) => (seen.push(before), String(tokens)), [9, 8]);
    for (const token of [1, 2, 3, 4, 5]) decoder.push(token);
    expect(seen).toEqual([
      [9, 8],
      [9, 8, 1],
      [9, 8, 1, 2],
      [8, 1, 2, 3],
      [1, 2, 3, 4],
    ]);
  });
});

describe('stop strings', () => {
  const small = fc.string({ unit: fc.constantFrom('a', 'b', '<', '|'), maxLength: 24 });
  const stopsArb = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '<', '|'), minLength: 1, maxLength: 4 }), {
    maxLength: 3,
  });

  test('everything before the first one is shown and nothing after, however the text is cut', () => {
    fc.assert(
      fc.property(small, stopsArb, fc.array(fc.nat(30)), (text, strings, cuts) => {
        const stops = openStops(strings);
        let shown = '';
        // What is whole decides: the first stop string that is complete ends the text.
        let end = text.length;
        let hit = false;
        let fed = '';
        for (const piece of cutAt(text, cuts)) {
          shown += stops.push(piece);
          fed += piece;
          if (!hit && strings.some((stop) => fed.includes(stop))) {
            hit = true;
            end = Math.min(...strings.map((stop) => fed.indexOf(stop)).filter((at) => at >= 0));
          }
          for (const stop of strings) expect(shown.includes(stop)).toBe(false);
        }
        expect(stops.hit).toBe(hit);
        expect(shown + stops.rest()).toBe(text.slice(0, end));
      }),
      runs,
    );
  });

  test('text that cannot begin one is not held back', () => {
    const stops = openStops(['\nUser:']);
    expect(stops.push('Hello.')).toBe('Hello.');
    expect(stops.push('\nUs')).toBe('');
    expect(stops.push('ual')).toBe('\nUsual');
  });
});

describe('remembered answers', () => {
  test('are found by their text or by a beginning that ends between two tokens', () => {
    const kept = openKept(100);
    kept.add('Paris is big', [1, 2, 3, 4], [5, 8, -1, 12]);
    expect(kept.find('Paris is big')).toEqual([1, 2, 3, 4]);
    expect(kept.find('Paris is')).toEqual([1, 2]);
    expect(kept.find('Paris i')).toBeUndefined();
    expect(kept.find('Paris is big.')).toBeUndefined();
    expect(kept.find('')).toBeUndefined();
  });

  test('of which one goes on with another, the longer stays', () => {
    const kept = openKept(100);
    kept.add('Paris', [1], [5]);
    kept.add('Paris is', [1, 2], [5, 8]);
    expect(kept.find('Paris')).toEqual([1]);
    expect(kept.find('Paris is')).toEqual([1, 2]);
  });

  test('are forgotten oldest first beyond their limit', () => {
    const kept = openKept(3);
    kept.add('a', [1, 2], [-1, 1]);
    kept.add('b', [3, 4], [-1, 1]);
    expect(kept.find('a')).toBeUndefined();
    expect(kept.find('b')).toEqual([3, 4]);
  });
});

test('texts are tokenised once, and the least recently used are forgotten', () => {
  const asked: string[] = [];
  const plain = (text: string) => (asked.push(text), [...Buffer.from(text)]);
  const weights = rememberTokens({ plain } as unknown as Weights, 6);
  for (const text of ['abc', 'abc', 'def', 'abc', 'xy', 'abc', 'def']) weights.plain(text, false);
  expect(asked).toEqual(['abc', 'def', 'xy', 'def']);
  // At the start of a text some tokenizers put a blank: another key.
  weights.plain('abc', true);
  expect(asked.at(-1)).toBe('abc');
});
