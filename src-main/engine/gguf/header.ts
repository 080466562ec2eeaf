/** From the first bytes of a GGUF file to what daimon knows of the model; everything is checked before it is believed. */
import { readShape } from './architecture.ts';
import type { Shape } from './shape.ts';
import { cursor } from './cursor.ts';
import { damaged, notGguf, unsupported } from './faults.ts';
import { LIMITS } from './limits.ts';
import { KIND, readMetadata, type Metadata } from './metadata.ts';
import { checkShapes } from './shapes.ts';
import { pad, readTensors, type Tensor } from './tensors.ts';
import { checkTemplate } from './template.ts';
import { FILE_TYPES } from './types.ts';

export interface GgufInfo extends Shape {
  readonly name: string;
  /** Elements of all tensors. */
  readonly parameters: number;
  /** 'Q4_K_M' */
  readonly quantisation: string;
  /** As the file states it. */
  readonly licence?: string;
  /** Whether the file says how a conversation is written for it. */
  readonly template: boolean;
  readonly headerBytes: number;
  readonly tensorBytes: number;
  /** Bytes that one token reads: all tensors, without the experts that are not used and an embedding table that is only looked up. */
  readonly bytesPerToken: number;
}

const MAGIC = 0x4655_4747;

/**
 * @param data the first bytes of the file, at least to the end of the header
 * @param size bytes of the whole file
 * @throws Short when `data` ends inside the header; Faults `not-a-gguf`, `gguf-damaged`, `gguf-unsupported`
 */
export function parseHeader(data: Uint8Array, size: number): GgufInfo {
  const from = cursor(data);
  if (from.u32() !== MAGIC) throw notGguf();
  const version = from.u32();
  if (version === 0x0200_0000 || version === 0x0300_0000) throw unsupported('it is written for big-endian machines');
  if (version !== 2 && version !== 3) throw unsupported('it is of another version of the format (2 and 3 are known)');
  const tensorCount = from.u64('the number of tensors');
  const pairCount = from.u64('the number of properties');
  if (tensorCount < 1 || tensorCount > LIMITS.tensors) throw damaged('it has no, or impossibly many, tensors');
  if (pairCount > LIMITS.pairs) throw damaged('it has impossibly many properties');
  const pairs = readMetadata(from, pairCount);
  const parts = pairs.get('split.count');
  if (parts && 'number' in parts && parts.number > 1) throw unsupported('it is one of several parts');
  const { shape, perBlock } = readShape(pairs);
  const template = pairs.get('tokenizer.chat_template');
  if (template && 'text' in template) checkTemplate(template.text);
  const alignment = readAlignment(pairs);
  const tensors = readTensors(from, tensorCount, alignment);
  const dataAt = pad(from.at(), alignment);
  const last = tensors.at(-1) as Tensor;
  const tensorBytes = last.offset + last.bytes;
  if (dataAt + tensorBytes > size) throw damaged('it ends before its last tensor does');
  checkShapes(tensors, shape, perBlock);
  const licence = clean(pairs, 'general.license');
  return {
    ...shape,
    name: clean(pairs, 'general.name') ?? shape.architecture,
    parameters: tensors.reduce((sum, tensor) => sum + tensor.elements, 0),
    quantisation: label(pairs, tensors),
    ...(licence !== undefined && { licence }),
    template: template?.kind === KIND.text,
    headerBytes: dataAt,
    tensorBytes,
    bytesPerToken: readPerToken(tensors, shape),
  };
}

function readAlignment(pairs: Metadata): number {
  const value = pairs.get('general.alignment');
  if (!value) return 32;
  const alignment = value.kind === KIND.u32 && 'number' in value ? value.number : 0;
  const { least, most } = LIMITS.alignment;
  if (alignment < least || alignment > most || (alignment & (alignment - 1)) !== 0)
    throw damaged('its alignment is not a power of two');
  return alignment;
}

function label(pairs: Metadata, tensors: readonly Tensor[]): string {
  const stated = pairs.get('general.file_type');
  const known = stated && 'number' in stated ? FILE_TYPES[stated.number] : undefined;
  if (known) return known;
  const bytes = new Map<string, number>();
  for (const { type, bytes: more } of tensors) bytes.set(type.name, (bytes.get(type.name) ?? 0) + more);
  return [...bytes].reduce((most, next) => (next[1] > most[1] ? next : most))[0];
}

function readPerToken(tensors: readonly Tensor[], shape: Shape): number {
  // Without an output matrix the token table is multiplied as one; with it, a single row of the table is read.
  const untied = tensors.some((tensor) => tensor.name === 'output.weight');
  let bytes = 0;
  for (const tensor of tensors) {
    if (untied && tensor.name === 'token_embd.weight') continue;
    const share = shape.experts > 0 && tensor.name.includes('_exps') ? shape.expertsUsed / shape.experts : 1;
    bytes += tensor.bytes * share;
  }
  return Math.round(bytes);
}

/** A short text for the screen: control characters and direction marks go, so that a file cannot redraw the page. */
function clean(pairs: Metadata, key: string): string | undefined {
  const value = pairs.get(key);
  if (!value || !('text' in value)) return undefined;
  const shown = value.text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim();
  return shown === '' ? undefined : Array.from(shown).slice(0, 120).join('');
}
