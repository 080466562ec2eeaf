/** Writes a GGUF file (version 3): properties, the list of tensors, then their data, each padded to 32 bytes. */
import type { FileHandle } from 'node:fs/promises';
import { bytesOf, type Kind } from './quantise.ts';

/** A property: its name, its kind, its value. */
export type Pair =
  | readonly [key: string, kind: 'text', value: string]
  | readonly [key: string, kind: 'u32' | 'f32', value: number]
  | readonly [key: string, kind: 'bool', value: boolean]
  | readonly [key: string, kind: 'texts', value: readonly string[]]
  | readonly [key: string, kind: 'i32s', value: readonly number[]];
export interface Out {
  readonly name: string;
  /** The row first, as ggml counts. */
  readonly shape: readonly number[];
  readonly kind: Kind;
  /** Its data in the format of `kind`, in pieces of any size. */
  data(): AsyncIterable<Uint8Array>;
}

const ALIGNMENT = 32;
const VERSION = 3;
/** Numbers of value kinds, and of tensor formats (ggml.h). */
const KINDS = { u32: 4, i32: 5, f32: 6, bool: 7, text: 8, array: 9 } as const;
const FORMATS: Readonly<Record<Kind, number>> = { F32: 0, F16: 1, Q8_0: 8 };

/** Writes all of it to an empty file, in order; the same input gives the same bytes. */
export async function writeGguf(file: FileHandle, pairs: readonly Pair[], tensors: readonly Out[]): Promise<void> {
  let at = 0;
  const put = async (bytes: Uint8Array) => {
    for (let done = 0; done < bytes.length;)
      done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
    at += bytes.length;
  };
  const align = () => put(new Uint8Array((ALIGNMENT - (at % ALIGNMENT)) % ALIGNMENT));
  await put(header(pairs, tensors));
  await align();
  for (const { data } of tensors) {
    for await (const piece of data()) await put(piece);
    await align();
  }
}

function header(pairs: readonly Pair[], tensors: readonly Out[]): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from('GGUF'), u32(VERSION), u64(tensors.length), u64(pairs.length)];
  for (const pair of pairs) parts.push(text(pair[0]), ...value(pair));
  let offset = 0;
  for (const { name, shape, kind } of tensors) {
    parts.push(text(name), u32(shape.length), ...shape.map(u64), u32(FORMATS[kind]), u64(offset));
    const bytes = bytesOf(
      kind,
      shape.reduce((product, size) => product * size, 1),
    );
    offset = Math.ceil((offset + bytes) / ALIGNMENT) * ALIGNMENT;
  }
  return Buffer.concat(parts);
}

function value([, kind, value]: Pair): Uint8Array[] {
  switch (kind) {
    case 'text':
      return [u32(KINDS.text), text(value)];
    case 'u32':
      return [u32(KINDS.u32), u32(value)];
    case 'f32':
      return [u32(KINDS.f32), f32(value)];
    case 'bool':
      return [u32(KINDS.bool), Uint8Array.of(value ? 1 : 0)];
    case 'texts':
      return [u32(KINDS.array), u32(KINDS.text), u64(value.length), ...value.map(text)];
    case 'i32s':
      return [u32(KINDS.array), u32(KINDS.i32), u64(value.length), ...value.map(u32)];
  }
}

function u32(number: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}
function u64(number: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(number));
  return bytes;
}
function f32(number: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(number);
  return bytes;
}
const text = (characters: string): Uint8Array => {
  const bytes = Buffer.from(characters);
  return Buffer.concat([u64(bytes.length), bytes]);
};
