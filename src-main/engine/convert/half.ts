/** Numbers of 16 bits (IEEE 754 binary16), rounded to nearest, ties to even, as ggml and NumPy round them. */

const EXPONENT = 0x7f80_0000;
const FRACTION = 0x007f_ffff;

/**
 * @param bits a number of 32 bits (binary32), as its bits
 * @returns the nearest number of 16 bits, as its bits: too large becomes infinite, NaN stays NaN
 */
export function toHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits & EXPONENT) >>> 23) - 127 + 15;
  const fraction = bits & FRACTION;
  if ((bits & EXPONENT) === EXPONENT) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  if (exponent >= 31) return sign | 0x7c00;
  // Below the smallest number with a leading one: the fraction, with its one written out, moves to the right.
  if (exponent < -10) return sign;
  if (exponent <= 0) return sign | roundAt(fraction | 0x80_0000, 14 - exponent);
  // A carry out of the fraction is the next exponent, and out of the last exponent infinity: both as it should be.
  return sign | ((exponent << 10) + roundAt(fraction, 13));
}

/** `value` without its last `count` bits, rounded to nearest, ties to even. */
function roundAt(value: number, count: number): number {
  const kept = value >>> count;
  const rest = value & ((1 << count) - 1);
  const half = 1 << (count - 1);
  return kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0);
}
