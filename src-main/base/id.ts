/** Ids that sort by time: 26 characters of Crockford base 32, 48 bits of milliseconds and 80 random bits (ULID). */
import { randomBytes } from 'node:crypto';
import type { schema } from '../wire/index.ts';
import type { Clock } from './ports.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANDOM_BITS = 80n;
const RANDOM_LIMIT = 1n << RANDOM_BITS;

export type Ids = () => schema.Id;

/**
 * A source of ids, each greater than the one before.
 *
 * Within a millisecond, and while the clock runs backwards, the random part counts up from where it was (ULID's
 * monotonic rule), so ids of one factory keep the order in which they were made. Uniqueness between factories rests on
 * the 80 random bits.
 */
export function idFactory(clock: Clock): Ids {
  let time = -1;
  let random = 0n;
  return () => {
    const now = clock.now();
    if (now > time) {
      time = now;
      random = BigInt(`0x${randomBytes(10).toString('hex')}`);
    } else if (++random === RANDOM_LIMIT) {
      time++;
      random = 0n;
    }
    return encode((BigInt(time) << RANDOM_BITS) | random);
  };
}

/** Milliseconds since 1970 at which `id` was made. */
export function idTime(id: schema.Id): number {
  let time = 0;
  for (const digit of id.slice(0, 10)) time = time * 32 + ALPHABET.indexOf(digit);
  return time;
}

function encode(value: bigint): schema.Id {
  let text = '';
  for (let shift = 125n; shift >= 0n; shift -= 5n) text += ALPHABET[Number((value >> shift) & 31n)];
  return text as schema.Id;
}
