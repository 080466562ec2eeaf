/** Reads little-endian numbers and texts from the first bytes of a file, and never past them. */
import { damaged } from './faults.ts';

/** Thrown when the bytes at hand end before the header does: the caller reads more, or knows that the file is cut. */
export class Short extends Error {}

const HIGH = 0x1_0000_0000;
const utf8 = new TextDecoder('utf-8');
const strict = new TextDecoder('utf-8', { fatal: true });

export interface Cursor {
  /** Bytes read so far. */
  readonly at: () => number;
  readonly skip: (bytes: number) => void;
  /** What was read from the position `begin` to here. */
  readonly since: (begin: number) => Uint8Array;
  readonly u8: () => number;
  readonly u32: () => number;
  /** A 64-bit count or offset; `what` names it if it is beyond 2^53. */
  readonly u64: (what: string) => number;
  readonly f32: () => number;
  readonly f64: () => number;
  readonly bytes: (count: number) => Uint8Array;
  /** A text with its 64-bit length in front, at most `most` bytes; broken UTF-8 is replaced (llama.cpp takes it). */
  readonly text: (most: number, what: string) => string;
  /** A name: printable ASCII only, so that it means the same to us and to llama.cpp. */
  readonly name: (most: number, what: string) => string;
  /** Passes over a text without decoding it. */
  readonly pass: (most: number, what: string) => void;
}

/** @param data the first bytes of the file */
export function cursor(data: Uint8Array): Cursor {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let position = 0;
  /** Claims bytes and says where they begin. */
  const take = (bytes: number): number => {
    if (bytes > data.length - position) throw new Short();
    const begin = position;
    position += bytes;
    return begin;
  };
  const u64 = (what: string): number => {
    const begin = take(8);
    const high = view.getUint32(begin + 4, true);
    if (high >= 0x20_0000) throw damaged(`${what} is impossibly large`);
    return high * HIGH + view.getUint32(begin, true);
  };
  const length = (most: number, what: string): number => {
    const bytes = u64(`the length of ${what}`);
    if (bytes > most) throw damaged(`${what} is longer than ${most.toLocaleString('en')} bytes`);
    return bytes;
  };
  const bytes = (count: number): Uint8Array => {
    const begin = take(count);
    return data.subarray(begin, begin + count);
  };
  return {
    at: () => position,
    skip: (count) => void take(count),
    since: (begin) => data.subarray(begin, position),
    u8: () => view.getUint8(take(1)),
    u32: () => view.getUint32(take(4), true),
    u64,
    f32: () => view.getFloat32(take(4), true),
    f64: () => view.getFloat64(take(8), true),
    bytes,
    text: (most, what) => utf8.decode(bytes(length(most, what))),
    name: (most, what) => {
      const raw = bytes(length(most, what));
      if (raw.length === 0 || raw.some((byte) => byte < 0x21 || byte > 0x7e))
        throw damaged(`${what} is not in plain letters`);
      return strict.decode(raw);
    },
    pass: (most, what) => void take(length(most, what)),
  };
}
