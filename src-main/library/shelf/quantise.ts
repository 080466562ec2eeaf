/** A vector as bits for the first look, and as signed bytes for the second. */

/** One bit a dimension: whether it is above zero; filled up to whole bytes. */
export function toBits(vector: Float32Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(vector.length / 8));
  for (let i = 0; i < vector.length; i++) if (vector[i]! > 0) bits[i >> 3]! |= 1 << (i & 7);
  return bits;
}

/**
 * One signed byte a dimension, the largest being ±127. Each vector has a scale of its own, which the angle between two
 * does not depend on; measured on real passages the loss against 32-bit floats is nothing (notes: models.md §4).
 */
export function toBytes(vector: Float32Array): Uint8Array {
  let most = 0;
  for (const value of vector) most = Math.max(most, Math.abs(value));
  const bytes = new Int8Array(vector.length);
  if (most > 0) for (let i = 0; i < vector.length; i++) bytes[i] = Math.round((vector[i]! / most) * 127);
  return new Uint8Array(bytes.buffer);
}
