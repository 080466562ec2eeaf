/** The key-value pairs of a GGUF header, with every count and length bounded. */
import type { Cursor } from './cursor.ts';
import { damaged } from './faults.ts';
import { LIMITS } from './limits.ts';

/** The GGUF value types by their number. */
export const KIND = {
  u8: 0,
  i8: 1,
  u16: 2,
  i16: 3,
  u32: 4,
  i32: 5,
  f32: 6,
  bool: 7,
  text: 8,
  array: 9,
  u64: 10,
  i64: 11,
  f64: 12,
} as const;
const WIDTH: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };

/** One value. Of an array only its kind, its length and its bytes are kept; texts in a list are decoded when asked for. */
export type Value =
  | { readonly kind: number; readonly number: number }
  | { readonly kind: 7; readonly yes: boolean }
  | { readonly kind: 8; readonly text: string }
  | { readonly kind: 9; readonly of: number; readonly length: number; readonly bytes: Uint8Array };

export type Metadata = ReadonlyMap<string, Value>;

/**
 * Reads `count` pairs.
 * @throws Short when the bytes end, `gguf-damaged` for anything that no honest file has
 */
export function readMetadata(from: Cursor, count: number): Metadata {
  const pairs = new Map<string, Value>();
  for (let i = 0; i < count; i++) {
    const key = from.name(LIMITS.key, 'the name of a property');
    if (pairs.has(key)) throw damaged('it states the same property twice');
    pairs.set(key, readValue(from, from.u32()));
  }
  return pairs;
}

function readValue(from: Cursor, kind: number): Value {
  if (kind === KIND.text) return { kind, text: from.text(LIMITS.text, 'a text') };
  if (kind === KIND.array) return readArray(from);
  if (kind === KIND.bool) return { kind, yes: readBool(from.u8()) };
  if (kind === KIND.f32) return { kind, number: from.f32() };
  if (kind === KIND.f64) return { kind, number: from.f64() };
  const width = WIDTH[kind];
  if (width === undefined) throw damaged('a property has an unknown kind');
  return { kind, number: integer(from.bytes(width), kind) };
}

function readArray(from: Cursor): Value {
  const of = from.u32();
  const length = from.u64('the length of a list');
  if (length > LIMITS.array) throw damaged(`a list has more than ${LIMITS.array.toLocaleString('en')} elements`);
  if (of === KIND.text) {
    const begin = from.at();
    for (let i = 0; i < length; i++) from.pass(LIMITS.text, 'a text in a list');
    return { kind: 9, of, length, bytes: from.since(begin) };
  }
  const width = WIDTH[of];
  // Lists of lists end here too: llama.cpp has no use for them, and a nest is a way to exhaust a parser.
  if (width === undefined) throw damaged('a list has elements of an unknown kind');
  const bytes = from.bytes(length * width);
  if (of === KIND.bool) bytes.forEach(readBool);
  return { kind: 9, of, length, bytes };
}

/** The texts of a list, a character for each byte, so that different bytes stay different. */
export function* texts({ bytes, length }: { readonly bytes: Uint8Array; readonly length: number }): Generator<string> {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0, at = 0; i < length; i++) {
    // Lengths were bounded when the list was read: their upper halves are zero.
    const begin = at + 8;
    at = begin + all.readUInt32LE(at);
    yield all.toString('latin1', begin, at);
  }
}

/** C++ reads the byte as a bool; any other value than 0 and 1 is undefined behaviour there. */
function readBool(byte: number): boolean {
  if (byte > 1) throw damaged('a yes-or-no property is neither');
  return byte === 1;
}

/** Beyond 2^53 a 64-bit number is rounded; no property that is judged here comes near. */
export function integer(bytes: Uint8Array, kind: number, at = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (kind) {
    case KIND.u8:
      return view.getUint8(at);
    case KIND.i8:
      return view.getInt8(at);
    case KIND.u16:
      return view.getUint16(at, true);
    case KIND.i16:
      return view.getInt16(at, true);
    case KIND.u32:
      return view.getUint32(at, true);
    case KIND.i32:
      return view.getInt32(at, true);
    case KIND.u64:
      return Number(view.getBigUint64(at, true));
    case KIND.i64:
      return Number(view.getBigInt64(at, true));
    default:
      throw damaged('a number has an unknown kind');
  }
}
