/** Weights in fewer bits: F16, and Q8_0 as ggml's reference (`quantize_row_q8_0_ref`) computes it, bit for bit. */
import { unusable } from './faults.ts';
import { toHalf } from './half.ts';

/** Weights that share one scale in Q8_0; rows are a whole number of them. */
export const BLOCK = 32;
/** Bytes of such a block: the scale in 16 bits, then 32 signed bytes. */
export const BLOCK_BYTES = 2 + BLOCK;

export type Kind = 'F32' | 'F16' | 'Q8_0';

/** Bytes that `count` weights take. */
export const bytesOf = (kind: Kind, count: number): number =>
  kind === 'Q8_0' ? (count / BLOCK) * BLOCK_BYTES : count * (kind === 'F16' ? 2 : 4);

/**
 * @param weights a multiple of 32 of them for Q8_0
 * @throws `weights-damaged` for a weight that is infinite, NaN, or too large for the format
 */
export function encode(kind: Kind, weights: Float32Array): Uint8Array {
  const bits = new Uint32Array(weights.buffer, weights.byteOffset, weights.length);
  if (kind === 'F32') {
    for (const weight of weights) if (!Number.isFinite(weight)) throw notFinite();
    return new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
  }
  return kind === 'F16' ? halves(bits) : q8(weights);
}

function halves(bits: Uint32Array): Uint8Array {
  const out = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const half = toHalf(bits[i]!);
    if ((half & 0x7c00) === 0x7c00) throw notFinite();
    out[i] = half;
  }
  return new Uint8Array(out.buffer);
}

/** Every step in single precision, as C does it: a scale that is rounded once less gives other bytes. */
function q8(weights: Float32Array): Uint8Array {
  if (weights.length % BLOCK !== 0) throw unusable('a row of a matrix does not fill its blocks');
  const out = new Int8Array((weights.length / BLOCK) * BLOCK_BYTES);
  const scale = new Float32Array(1);
  const scaleBits = new Uint32Array(scale.buffer);
  for (let from = 0, to = 0; from < weights.length; from += BLOCK, to += BLOCK_BYTES) {
    let most = 0;
    for (let i = from; i < from + BLOCK; i++) {
      const size = Math.abs(weights[i]!);
      // Not `Math.max`: NaN must be seen, and it is larger than nothing.
      if (!(size <= 3.4e38)) throw notFinite();
      if (size > most) most = size;
    }
    scale[0] = most / 127;
    const inverse = scale[0] === 0 ? 0 : Math.fround(1 / scale[0]);
    const half = toHalf(scaleBits[0]!);
    if ((half & 0x7c00) === 0x7c00) throw notFinite();
    out[to] = half & 0xff;
    out[to + 1] = half >>> 8;
    for (let i = 0; i < BLOCK; i++) {
      const value = Math.fround(weights[from + i]! * inverse);
      // roundf: halves away from zero.
      out[to + 2 + i] = Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
    }
  }
  return new Uint8Array(out.buffer);
}

const notFinite = () => unusable('a weight is not a number, or too large');
