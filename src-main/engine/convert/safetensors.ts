/** Reads weights in the safetensors format: a JSON header with every length and place checked, then plain numbers. */
import type { FileHandle } from 'node:fs/promises';
import { unusable } from './faults.ts';

/** A header of 100 tensors has 11 kB. The format's own library allows 100 MB. */
const HEADER = 1 << 20;
const TENSORS = 4096;
const DIMENSIONS = 4;
/** Bytes of an element, by the name of its format. */
const WIDTH: Readonly<Record<string, number>> = {
  ...{ BOOL: 1, U8: 1, I8: 1, F8_E4M3: 1, F8_E5M2: 1, U16: 2, I16: 2, F16: 2, BF16: 2 },
  ...{ U32: 4, I32: 4, F32: 4, U64: 8, I64: 8, F64: 8 },
};

export interface Tensor {
  readonly type: string;
  /** The row last, as PyTorch counts. */
  readonly shape: readonly number[];
  readonly elements: number;
  /** From the beginning of the file. */
  readonly at: number;
}
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Elements `from` to `from + count` of an F32 tensor. */
  read(tensor: Tensor, from: number, count: number): Promise<Float32Array>;
}

/** @throws `weights-damaged` for anything that no honest file has */
export async function openSafetensors(file: FileHandle): Promise<Safetensors> {
  const { size } = await file.stat();
  const bytes = async (at: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
    const data = new Uint8Array(length);
    for (let have = 0; have < length;) {
      const { bytesRead } = await file.read(data, have, length - have, at + have);
      if (bytesRead === 0) throw unusable('they end before their last tensor does');
      have += bytesRead;
    }
    return data;
  };
  if (size < 8) throw unusable('they are empty');
  const length = new DataView((await bytes(0, 8)).buffer).getBigUint64(0, true);
  if (length > BigInt(HEADER) || 8 + Number(length) > size) throw unusable('their description is too long');
  const begin = 8 + Number(length);
  return {
    tensors: readHeader(await bytes(8, Number(length)), begin, size),
    async read({ type, elements, at }, from, count) {
      if (type !== 'F32') throw unusable('their numbers are stored in a format that this version does not convert');
      if (from < 0 || count < 0 || from + count > elements) throw unusable('a tensor is shorter than it should be');
      const data = await bytes(at + from * 4, count * 4);
      return new Float32Array(data.buffer);
    },
  };
}

function readHeader(text: Uint8Array, begin: number, size: number): ReadonlyMap<string, Tensor> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    throw unusable('their description cannot be read');
  }
  if (!isObject(header)) throw unusable('their description is none');
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  if (entries.length > TENSORS) throw unusable('they have impossibly many tensors');
  const tensors = new Map<string, Tensor>();
  const places: { from: number; to: number }[] = [];
  for (const [name, said] of entries) {
    const { tensor, from, to } = readEntry(said, begin);
    tensors.set(name, tensor);
    places.push({ from, to });
  }
  // The format knows no gaps, and what overlaps would be read as two tensors.
  let end = 0;
  for (const { from, to } of places.sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end) throw unusable('their tensors overlap, or leave gaps');
    end = to;
  }
  if (begin + end !== size) throw unusable('they do not end where their last tensor does');
  return tensors;
}

function readEntry(said: unknown, begin: number) {
  const { dtype, shape, data_offsets: place } = isObject(said) ? said : {};
  const width = typeof dtype === 'string' && Object.hasOwn(WIDTH, dtype) ? WIDTH[dtype] : undefined;
  if (width === undefined) throw unusable('their numbers are stored in an unknown format');
  if (!isCounts(shape) || shape.length > DIMENSIONS) throw unusable('a tensor has an impossible shape');
  if (!isCounts(place) || place.length !== 2) throw unusable('a tensor lies nowhere');
  const [from, to] = place as [number, number];
  const elements = shape.reduce((product, one) => product * one, 1);
  if (!Number.isSafeInteger(elements * width) || to - from !== elements * width)
    throw unusable('a tensor has another size than its shape');
  return { tensor: { type: dtype as string, shape, elements, at: begin + from }, from, to };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0);
