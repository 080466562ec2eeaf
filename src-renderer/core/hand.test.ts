/** A file on its way to the core: by its path where the shell knows it, else in pieces, in order, and never more than asked. */
import { afterEach, expect, test } from 'vitest';
import { fakeCore } from './fake.ts';
import { livedInWorld } from './fake-world.ts';
import { hand } from './hand.ts';

const view = window as { daimon?: unknown };
afterEach(() => {
  delete view.daimon;
});

test('in the shell only the path goes over, not a byte', async () => {
  view.daimon = { pathOf: () => '/home/mara/letter.txt', onPlace: () => () => {} };
  const { link, asked } = fakeCore(livedInWorld());
  expect(await hand(link.core, new File(['words'], 'letter.txt'))).toEqual({ path: '/home/mara/letter.txt' });
  expect(asked).toEqual([]);
});

test('in a browser the bytes go over in order, in pieces that the door takes, with their progress', async () => {
  const pieces: Uint8Array[] = [];
  const { link } = fakeCore(livedInWorld(), {
    'library.give': ({ bytes }) => {
      pieces.push(bytes);
      return { received: bytes.length };
    },
  });
  const bytes = Uint8Array.from({ length: 1_200_000 }, (_, i) => (i * 7) % 251);
  const given: number[] = [];
  const handed = await hand(link.core, new File([bytes], 'scan.pdf'), undefined, (n) => given.push(n));
  expect(handed).toHaveProperty('upload');
  expect(new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer())).toEqual(bytes);
  expect(given).toEqual([524_288, 1_048_576, 1_200_000]);
});

test('a hand-over that is given up sends nothing more', async () => {
  const stop = new AbortController();
  let pieces = 0;
  const { link } = fakeCore(livedInWorld(), {
    'library.give': ({ bytes }) => {
      pieces++;
      stop.abort();
      return { received: bytes.length };
    },
  });
  await expect(hand(link.core, new File(['x'.repeat(2_000_000)], 'long.txt'), stop.signal)).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(pieces).toBe(1);
});
