/** The list of tensors: known number formats, whole blocks, and data that lies one after the other inside the file. */
import type { Cursor } from './cursor.ts';
import { damaged, unsupported } from './faults.ts';
import { LIMITS } from './limits.ts';
import { TENSOR_TYPES, type TensorType } from './types.ts';

export interface Tensor {
  readonly name: string;
  /** Elements in each direction, the row first. */
  readonly shape: readonly number[];
  readonly type: TensorType;
  readonly elements: number;
  readonly bytes: number;
  /** From the beginning of the tensor data. */
  readonly offset: number;
}

/**
 * Reads `count` tensors. Their data must follow each other without gap or overlap, each padded to the alignment: so
 * llama.cpp writes it and so it demands it.
 * @throws Short when the bytes end
 */
export function readTensors(from: Cursor, count: number, alignment: number): readonly Tensor[] {
  const tensors: Tensor[] = [];
  const names = new Set<string>();
  let expected = 0;
  for (let i = 0; i < count; i++) {
    const name = from.name(LIMITS.tensorName, 'the name of a tensor');
    if (names.has(name)) throw damaged('two tensors have the same name');
    names.add(name);
    const shape = readShape(from);
    const type = TENSOR_TYPES[from.u32()];
    if (!type) throw unsupported('its numbers are stored in a format that this version does not know');
    const elements = shape.reduce((product, size) => product * size, 1);
    if (!Number.isSafeInteger(elements)) throw damaged('a tensor is impossibly large');
    if ((shape[0] as number) % type.block !== 0) throw damaged('a row of a tensor does not fill its blocks');
    const bytes = (elements / type.block) * type.bytes;
    const offset = from.u64('the place of a tensor');
    if (offset !== expected) throw damaged('a tensor does not begin where the one before it ends');
    expected = pad(offset + bytes, alignment);
    if (!Number.isSafeInteger(expected)) throw damaged('a tensor is impossibly large');
    tensors.push({ name, shape, type, elements, bytes, offset });
  }
  return tensors;
}

function readShape(from: Cursor): readonly number[] {
  const dimensions = from.u32();
  if (dimensions < 1 || dimensions > LIMITS.dimensions) throw damaged('a tensor has no, or more than 4, dimensions');
  return Array.from({ length: dimensions }, () => {
    const size = from.u64('the size of a tensor');
    // ggml counts rows in 32-bit ints in places.
    if (size < 1 || size > 0x7fff_ffff) throw damaged('a tensor has an impossible size');
    return size;
  });
}

/** The next multiple of `alignment`. */
export const pad = (bytes: number, alignment: number): number => Math.ceil(bytes / alignment) * alignment;
