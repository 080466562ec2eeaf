/** Bytes from the window: whole, in order, bounded, used once and soon forgotten. */
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { idFactory } from '../base/id.ts';
import { openUploads, type UploadOptions } from './uploads.ts';

const open = (options: Partial<UploadOptions> = {}) =>
  openUploads({ ids: idFactory({ now: () => Date.now() }), ...options });
const bytes = (length: number, value = 7) => new Uint8Array(length).fill(value);
const fault = (code: string) => expect.objectContaining({ code });
const drain = async (chunks: AsyncIterable<Uint8Array>) => {
  const all = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
};
afterEach(() => vi.useRealTimers());

test('what is given comes back whole and in order, and is gone then', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 })), async (parts) => {
      const uploads = open();
      const whole = Buffer.concat(parts);
      const id = uploads.offer({ name: 'a.txt', size: whole.length });
      let sum = 0;
      for (const part of parts) expect(uploads.give(id, part)).toBe((sum += part.length));
      const file = uploads.take(id);
      expect([file.name, file.size]).toEqual(['a.txt', whole.length]);
      expect((await drain(file.chunks())).equals(whole)).toBe(true);
      expect(() => uploads.take(id)).toThrowError(fault('bad-upload'));
    }),
  );
});

test('a name keeps nothing of the folder that it came from', () => {
  const uploads = open();
  for (const [given, kept] of [
    ['C:\\Users\\Anna\\a.txt', 'a.txt'],
    ['/home/anna/b.txt', 'b.txt'],
    ['../../', 'file'],
  ])
    expect(uploads.take(uploads.offer({ name: given!, size: 0 })).name).toBe(kept);
});

test('more than was announced, less than was announced, and an unknown name are refused', () => {
  const uploads = open();
  const id = uploads.offer({ name: 'a', size: 10 });
  uploads.give(id, bytes(6));
  expect(() => uploads.take(id)).toThrowError(fault('bad-upload'));
  expect(() => uploads.give(id, bytes(5))).toThrowError(fault('bad-upload'));
  expect(() => uploads.give(id, bytes(4))).toThrowError(fault('bad-upload'));
  expect(() => uploads.take('01ARZ3NDEKTSV4RRFFQ69G5FAV' as never)).toThrowError(fault('bad-upload'));
});

test('one may have so much, all together no more, and what is dropped or read makes room', async () => {
  const uploads = open({ most: 100 });
  expect(() => uploads.offer({ name: 'a', size: 101 })).toThrowError(fault('too-large'));
  const [a, b] = ['a', 'b'].map((name) => uploads.offer({ name, size: 60 }));
  uploads.give(a!, bytes(60));
  expect(() => uploads.give(b!, bytes(41))).toThrowError(fault('too-large'));
  const file = uploads.take(a!);
  const c = uploads.offer({ name: 'c', size: 60 });
  // Bytes that are being read still lie in memory.
  expect(() => uploads.give(c, bytes(41))).toThrowError(fault('too-large'));
  await drain(file.chunks());
  const d = uploads.offer({ name: 'd', size: 100 });
  expect(uploads.give(d, bytes(100))).toBe(100);
  await uploads.take(d).close();
  const e = uploads.offer({ name: 'e', size: 100 });
  expect(uploads.give(e, bytes(100))).toBe(100);
  uploads.forget();
  expect(() => uploads.take(e)).toThrowError(fault('bad-upload'));
  expect(uploads.give(uploads.offer({ name: 'f', size: 100 }), bytes(100))).toBe(100);
});

test('a thousand announcements are enough', () => {
  const uploads = open();
  for (let i = 0; i < 1000; i++) uploads.offer({ name: 'a', size: 1 });
  expect(() => uploads.offer({ name: 'a', size: 1 })).toThrowError(fault('too-large'));
});

test('after ten minutes they are gone', () => {
  vi.useFakeTimers();
  const uploads = open({ most: 10 });
  const id = uploads.offer({ name: 'a', size: 10 });
  uploads.give(id, bytes(10));
  vi.advanceTimersByTime(9.9 * 60_000);
  const other = uploads.offer({ name: 'b', size: 10 });
  expect(() => uploads.give(other, bytes(1))).toThrowError(fault('too-large'));
  vi.advanceTimersByTime(0.2 * 60_000);
  expect(() => uploads.take(id)).toThrowError(fault('bad-upload'));
  expect(uploads.give(uploads.offer({ name: 'c', size: 10 }), bytes(10))).toBe(10);
});

test('a view into a larger message does not keep the message', () => {
  const uploads = open();
  const message = bytes(1000);
  const id = uploads.offer({ name: 'a', size: 10 });
  uploads.give(id, message.subarray(5, 15));
  message.fill(0);
  return expect(drain(uploads.take(id).chunks())).resolves.toEqual(Buffer.from(bytes(10)));
});
