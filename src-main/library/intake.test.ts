/** Bytes on their way: whatever the pace of the two sides, they arrive whole, and little waits in between. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collect, intake } from './intake.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('bytes arrive whole and in order at any pace, with two chunks waiting at most', async () => {
  const step = fc.record({ bytes: fc.uint8Array({ maxLength: 50 }), fed: fc.boolean(), read: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const bytes = intake();
      let fed = 0;
      const feeding = (async () => {
        for (const [i, one] of steps.entries()) {
          if (one.fed) await pause(0);
          expect(await bytes.feed(one.bytes, i === steps.length - 1)).toEqual({ enough: false });
          fed += one.bytes.length;
          expect(fed - bytes.given).toBeLessThanOrEqual(50);
        }
      })();
      const got: Uint8Array[] = [];
      const reading = (async () => {
        for await (const chunk of bytes) {
          got.push(chunk);
          if (steps[got.length - 1]!.read) await pause(0);
        }
      })();
      await reading;
      await feeding.catch((error: unknown) => {
        throw error;
      });
      expect(Buffer.concat(got)).toEqual(Buffer.concat(steps.map((one) => one.bytes)));
      expect(bytes.given).toBe(fed);
    }),
    { numRuns: 60, seed: 7 },
  );
});

test('a reader that leaves wants no more; one that is ended learns why', async () => {
  const bytes = intake();
  const first = bytes.feed(Uint8Array.of(1), false);
  for await (const chunk of bytes) {
    expect(chunk).toEqual(Uint8Array.of(1));
    break;
  }
  await first;
  expect(await bytes.feed(Uint8Array.of(2), false)).toEqual({ enough: true });

  const other = intake();
  const reading = (async () => {
    for await (const _ of other);
  })();
  other.end(new Error('the person stopped'));
  await expect(reading).rejects.toThrow('the person stopped');
  expect(await other.feed(Uint8Array.of(1), false)).toEqual({ enough: true });
});

test('nothing may come after the end', async () => {
  const bytes = intake();
  await bytes.feed(Uint8Array.of(1), true);
  await expect(bytes.feed(Uint8Array.of(2), true)).rejects.toMatchObject({ code: 'bad-upload' });
});

test('what is not as long as announced is refused', async () => {
  const of = async function* (...lengths: number[]) {
    for (const length of lengths) yield new Uint8Array(length).fill(length);
  };
  expect(await collect(of(1, 2), 3)).toEqual(Uint8Array.of(1, 2, 2));
  for (const size of [0, 2, 4]) await expect(collect(of(1, 2), size)).rejects.toMatchObject({ code: 'unreadable' });
});
