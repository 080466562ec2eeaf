/** Schemas that doors share: text with a limit, ids, bytes, hex, addresses. */
import * as v from 'valibot';

export const empty = v.strictObject({});
/** 26 characters, sortable by time (Crockford base 32): 48 bits of milliseconds, 80 random. */
export const id = v.pipe(v.string(), v.regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'is not an id'), v.brand('Id'));
export type Id = v.InferOutput<typeof id>;
export const hex = v.pipe(v.string(), v.regex(/^0x(?:[0-9a-f]{2})*$/, 'is not lower-case hex with 0x'), v.brand('Hex'));
export type Hex = v.InferOutput<typeof hex>;
export const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hex'), v.brand('Sha256'));
export type Sha256 = v.InferOutput<typeof sha256>;
/** EVM address with its EIP-55 checksum. */
export const address = v.pipe(v.string(), v.regex(/^0x[0-9a-fA-F]{40}$/, 'is not an address'), v.brand('Address'));
export type Address = v.InferOutput<typeof address>;
export const text = (max: number) =>
  v.pipe(v.string('is not text'), v.maxLength(max, `is longer than ${max.toLocaleString('en')} characters`));
/** A secret as bytes; it stays in buffers and is wiped by whoever used it last. */
export const secret = v.pipe(
  v.custom<Uint8Array>((value) => value instanceof Uint8Array, 'is not a secret in bytes'),
  v.check((bytes) => bytes.length > 0 && bytes.length <= 1024, 'must have 1 to 1,024 bytes'),
);
export const count = v.pipe(
  v.number('is not a number'),
  v.safeInteger('is not a whole number'),
  v.minValue(0, 'is below 0'),
);
export const limit = (max: number, preset: number) =>
  v.optional(
    v.pipe(v.number(), v.safeInteger(), v.minValue(1, 'is below 1'), v.maxValue(max, `is above ${max}`)),
    preset,
  );
