/** Takes named parts out of a zip that a stranger made, with bounds on count, size and ratio (the one user of fflate). */
import { unzipSync } from 'fflate';
import { Fault } from '../../wire/index.ts';

export interface UnpackLimits {
  readonly entries: number;
  /** Bytes of all wanted parts together, unpacked. */
  readonly total: number;
  /** Unpacked by packed bytes of one part; Word's XML packs 10 to 20 times, deflate can 1,032 times. */
  readonly ratio: number;
}

export interface Unpacked {
  /** Every name in the archive. */
  readonly names: readonly string[];
  readonly parts: ReadonlyMap<string, Uint8Array>;
}

/** Below this, a high ratio costs nothing: empty tables and long runs of one letter are honest. */
const SMALL = 1 << 20;

/**
 * The archive's directory says how large each part becomes, and fflate writes no byte beyond that size: a directory
 * that lies yields a torn part, not more memory.
 *
 * @throws Fault `too-large` for a bomb, `encrypted-file`; fflate's own errors for what is no zip
 */
export function unpack(bytes: Uint8Array, wants: (name: string) => boolean, limits: UnpackLimits): Unpacked {
  const names: string[] = [];
  let total = 0;
  const parts = unzipSync(bytes, {
    filter({ name, size, originalSize }) {
      if (names.push(name) > limits.entries) throw bomb();
      if (!wants(name)) return false;
      total += originalSize;
      if (total > limits.total || (originalSize > SMALL && originalSize > size * limits.ratio)) throw bomb();
      return true;
    },
  });
  return { names, parts: new Map(Object.entries(parts)) };
}

const bomb = () =>
  new Fault(
    'too-large',
    'This file would become many times larger when unpacked, as files made to exhaust a computer do; it was not read.',
  );
