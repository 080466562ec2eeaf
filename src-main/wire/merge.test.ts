/** Joining of waiting items: what the outlet does with pages, limits and refusals. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { makeOutlet } from './credit.ts';
import { CREDIT } from './frame.ts';
import { joinText } from './merge.ts';

const MOST = 8 << 20;
const joinStrings = (a: unknown, b: unknown) => joinText(a as string, b as string);
const collecting = (merge = joinStrings, credit = 0) => {
  const sent: unknown[] = [];
  const stop = new AbortController();
  const outlet = makeOutlet({ credit, merge, signal: stop.signal, post: (value) => sent.push(value) });
  return { sent, stop, outlet };
};
const soon = () => new Promise((resolve) => setTimeout(resolve, 5));
/** Whether the promise has settled by now. */
const settled = async (promise: Promise<unknown> | undefined) => {
  let is = promise === undefined;
  promise?.then(
    () => (is = true),
    () => (is = true),
  );
  await soon();
  return is;
};

test('text is joined up to its limit and not beyond', () => {
  expect(joinText('a', 'b')).toBe('ab');
  expect(joinText('', '')).toBe('');
  expect(joinText('x'.repeat(MOST - 1), 'y')).toHaveLength(MOST);
  expect(joinText('x'.repeat(MOST), 'y')).toBeUndefined();
  expect(joinText('ab', 'y'.repeat(5000))).toBe(`ab${'y'.repeat(5000)}`);
});

test('a million items wait as two at most, and leave as one', async () => {
  const many = process.env['DAIMON_MUTATION'] ? 20_000 : 1_000_000;
  const { sent, outlet } = collecting();
  let length = 0;
  for (let i = 0; i < many; i++) {
    const token = ` ${i % 7}`;
    length += token.length;
    await outlet.push(token);
  }
  outlet.more(1);
  expect(sent).toHaveLength(1);
  expect(sent[0]).toHaveLength(length);
  expect((sent[0] as string).slice(0, 8)).toBe(' 0 1 2 3');
  expect(await settled(outlet.empty())).toBe(true);
});

test('the producer waits once the limit is reached, and goes on when the reader has taken it', async () => {
  const { sent, outlet } = collecting();
  const piece = 'x'.repeat(MOST / 1024);
  let pushed = 0;
  const produce = (async () => {
    for (; pushed < 3000; pushed++) await outlet.push(piece);
  })();
  await vi.waitFor(() => expect(pushed).toBeGreaterThanOrEqual(1024));
  const waiting = pushed;
  expect(waiting).toBeLessThan(2 * 1024 + 1);
  expect(await settled(produce)).toBe(false);
  await soon();
  expect(pushed).toBe(waiting);
  while (!(await settled(produce))) outlet.more(1);
  outlet.more(CREDIT);
  expect(sent.reduce<number>((sum, text) => sum + (text as string).length, 0)).toBe(3000 * piece.length);
});

test('a stop lets a waiting producer go, and nothing more is sent', async () => {
  const { sent, stop, outlet } = collecting(() => undefined);
  await outlet.push('a');
  const second = outlet.push('b');
  expect(await settled(second)).toBe(false);
  stop.abort();
  expect(await settled(second)).toBe(true);
  expect(sent).toEqual([]);
});

test('without joining the producer waits for each item that has no credit', async () => {
  const sent: unknown[] = [];
  const { signal } = new AbortController();
  const outlet = makeOutlet({ credit: 1, merge: undefined, signal, post: (value) => sent.push(value) });
  expect(outlet.push('a')).toBeUndefined();
  const second = outlet.push('b');
  expect(await settled(second)).toBe(false);
  outlet.more(0);
  expect(await settled(second)).toBe(false);
  outlet.more(2);
  expect(await settled(second)).toBe(true);
  expect(outlet.push('c')).toBeUndefined();
  expect(sent).toEqual(['a', 'b', 'c']);
});

test('what cannot be sent fails the next push and the end, once credit tried it', async () => {
  const { signal } = new AbortController();
  const post = () => {
    throw new Error('cannot be sent');
  };
  const outlet = makeOutlet({ credit: 0, merge: joinStrings, signal, post });
  await outlet.push('a');
  const empty = outlet.empty();
  outlet.more(1);
  await expect(empty).rejects.toThrow('cannot be sent');
  await expect(outlet.push('b')).rejects.toThrow('cannot be sent');
  await expect(outlet.empty()).rejects.toThrow('cannot be sent');
});

test('whatever the credit, text arrives whole, in order, in no more items than were allowed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.string({ minLength: 1, maxLength: 5 }), fc.constant(0), fc.nat(9)), { maxLength: 60 }),
      async (steps) => {
        const joinOdd = (a: unknown, b: unknown) =>
          ((a as string) + (b as string)).replace(/[^!]/g, '').length > 2 ? undefined : joinStrings(a, b);
        const { sent, outlet } = collecting(joinOdd);
        let given = 0;
        const all: string[] = [];
        for (const step of steps) {
          if (typeof step === 'string') {
            all.push(step);
            const wait = outlet.push(step);
            while (wait && !(await Promise.race([wait.then(() => true), soon().then(() => false)]))) {
              given++;
              outlet.more(1);
            }
          } else {
            given += step;
            outlet.more(step);
          }
          expect(sent.length).toBeLessThanOrEqual(given);
          expect(all.join('').startsWith(sent.join(''))).toBe(true);
        }
        outlet.more(2);
        expect(sent.join('')).toBe(all.join(''));
      },
    ),
    { numRuns: 100, seed: 20261124 },
  );
});
