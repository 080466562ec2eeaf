/** SQL functions on vectors: sqlite-vec's (the one importer of it), or the same four in JavaScript where it has no build. */
import type Database from 'better-sqlite3';
import { getLoadablePath } from 'sqlite-vec';
import { loadable } from '../asset.ts';

/**
 * After this, SQL knows `vec_bit(blob)`, `vec_int8(blob)`, `vec_distance_hamming(bit, bit)` and
 * `vec_distance_cosine(int8, int8)`. The driver opens only the C way to load an extension; the SQL function
 * `load_extension` stays refused, so no statement can bring code in.
 *
 * @returns which ones they are
 */
export function loadVectors(db: Database.Database): 'native' | 'plain' {
  try {
    db.loadExtension(loadable(getLoadablePath()));
    return 'native';
  } catch {
    // No build for this system (Windows on ARM, Linux with musl): slower, and the wallet opens all the same.
    plainVectors(db);
    return 'plain';
  }
}

/** The readable reference of the functions we use; about ten times slower. */
export function plainVectors(db: Database.Database): void {
  const define = (name: string, work: (...vectors: Uint8Array[]) => unknown) =>
    db.function(name, { deterministic: true, directOnly: true }, work as (...values: unknown[]) => unknown);
  define('vec_bit', (bits) => bits);
  define('vec_int8', (bytes) => bytes);
  define('vec_distance_hamming', (a, b) => hamming(a!, b!));
  define('vec_distance_cosine', (a, b) => cosineDistance(asInt8(a!), asInt8(b!)));
}

const asInt8 = ({ buffer, byteOffset, length }: Uint8Array) => new Int8Array(buffer, byteOffset, length);

function hamming(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new RangeError('Two vectors have different lengths.');
  let sum = 0;
  for (let i = 0; i < a.length; i++) for (let bits = a[i]! ^ b[i]!; bits > 0; bits &= bits - 1) sum++;
  return sum;
}

function cosineDistance(a: Int8Array, b: Int8Array): number {
  if (a.length !== b.length) throw new RangeError('Two vectors have different lengths.');
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return 1 - dot / Math.sqrt(aa * bb);
}
