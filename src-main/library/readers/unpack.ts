/** Takes named parts out of a zip that a stranger made, with bounds on count, size and ratio (the one user of fflate). */
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { Fault } from '../../wire/index.ts';

export interface UnpackLimits {
  /** Bytes of all wanted parts together, unpacked. */
  readonly total: number;
  /** Unpacked by packed bytes of one part; Word's XML packs 10 to 20 times, deflate can 1,032 times. */
  readonly ratio: number;
}

/** A document of a thousand pictures has not half as many. */
const MOST_NAMES = 10_000;
/** Below this, a high ratio costs nothing: empty tables and long runs of one letter are honest. */
const SMALL = 1 << 20;

/**
 * The names in an archive; nothing is unpacked.
 *
 * @throws Fault `too-large`; fflate's own errors for what is no zip
 */
export function namesIn(bytes: Uint8Array, most = MOST_NAMES): string[] {
  const names: string[] = [];
  unzipSync(bytes, {
    filter({ name }) {
      if (names.push(name) > most) throw bomb();
      return false;
    },
  });
  return names;
}

/**
 * The archive's directory says how large each part becomes, and fflate writes no byte beyond that size: a directory
 * that lies yields a torn part, not more memory.
 *
 * @throws Fault `too-large` for a bomb; fflate's own errors for what is no zip
 */
export function unpack(
  bytes: Uint8Array,
  wants: (name: string) => boolean,
  limits: UnpackLimits,
): ReadonlyMap<string, Uint8Array> {
  let total = 0;
  const parts = unzipSync(bytes, {
    filter({ name, size, originalSize }) {
      if (!wants(name)) return false;
      total += originalSize;
      if (total > limits.total || (originalSize > SMALL && originalSize > size * limits.ratio)) throw bomb();
      return true;
    },
  });
  return new Map(Object.entries(parts));
}

/**
 * A file that was packed by itself (RFC 1952), as Linux keeps its manuals.
 *
 * @throws Fault `too-large`; zlib's own errors for what is torn
 */
export function gunzip(bytes: Uint8Array, most: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: most });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? bomb() : error;
  }
}

const bomb = () =>
  new Fault(
    'too-large',
    'This file would become many times larger when unpacked, as files made to exhaust a computer do; it was not read.',
  );
