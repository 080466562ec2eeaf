/** Bytes and ids: what is written is read back, other spellings are refused, order follows time. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { settableClock } from '../../test/fakes/clock.ts';
import { schema } from '../wire/index.ts';
import { concat, equal, fromBase64url, fromHex, toBase64url, toHex, wipe } from './bytes.ts';
import { idFactory, idTime } from './id.ts';

const bytes = fc.uint8Array({ maxLength: 200 });

test('hex and base64url come back as they were, in memory of their own', () => {
  fc.assert(
    fc.property(bytes, (given) => {
      expect(fromHex(toHex(given))).toEqual(given);
      expect(fromHex(toHex(given).toUpperCase())).toEqual(given);
      const back = fromBase64url(toBase64url(given));
      expect(back).toEqual(given);
      expect(back.buffer.byteLength).toBe(given.length);
    }),
  );
});

test('a view into a larger buffer is written without its neighbours', () => {
  const whole = new Uint8Array([1, 2, 3, 4]);
  expect(toHex(whole.subarray(1, 3))).toBe('0203');
});

test('other spellings of the same bytes are refused', () => {
  for (const text of ['0', 'zz', '0x00', '00 ', 'ab\n'])
    expect(() => fromHex(text)).toThrowError(expect.objectContaining({ code: 'bad-hex' }));
  // Padding, the other alphabet, an impossible length, bits left over.
  for (const text of ['AA==', '+/+/', 'A', 'AB', 'AA\n', 'AA AA'])
    expect(() => fromBase64url(text)).toThrowError(expect.objectContaining({ code: 'bad-base64url' }));
});

test('joining, comparing, wiping', () => {
  fc.assert(
    fc.property(fc.array(bytes), (parts) => {
      expect(Buffer.from(concat(...parts))).toEqual(Buffer.concat(parts));
    }),
  );
  fc.assert(fc.property(bytes, bytes, (a, b) => equal(a, b) === (toHex(a) === toHex(b))));
  const secret = new Uint8Array(randomBytes(32));
  wipe(secret, undefined);
  expect(secret).toEqual(new Uint8Array(32));
});

test('ids match the schema, carry their time, and each is greater than the one before', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -2000, max: 2000 }), { minLength: 2, maxLength: 50 }), (jumps) => {
      const clock = settableClock();
      const make = idFactory(clock);
      let last = make();
      expect(v.is(schema.id, last)).toBe(true);
      expect(idTime(last)).toBe(clock.now());
      let latest = clock.now();
      for (const jump of jumps) {
        clock.advance(jump);
        latest = Math.max(latest, clock.now());
        const id = make();
        expect(id > last).toBe(true);
        expect(v.is(schema.id, id)).toBe(true);
        expect(idTime(id)).toBe(latest);
        last = id;
      }
    }),
  );
});

test('20,000 ids of one millisecond keep their order and differ', () => {
  const make = idFactory(settableClock());
  let last = make();
  for (let i = 0; i < 20_000; i++) {
    const id = make();
    if (id <= last) expect.fail(`${id} after ${last}`);
    last = id;
  }
  // Two factories share nothing but the time.
  expect(idFactory(settableClock())().slice(0, 10)).toBe(idFactory(settableClock())().slice(0, 10));
  expect(idFactory(settableClock())()).not.toBe(idFactory(settableClock())());
});
