/** Bytes: hex and base64url, joining, comparing in constant time, wiping. */
import { timingSafeEqual } from 'node:crypto';
import { Fault } from '../wire/index.ts';

/** Lower-case hex without a prefix. */
export const toHex = (bytes: Uint8Array): string => view(bytes).toString('hex');

/** @throws Fault `bad-hex` for an odd length or a character that is no hex digit. */
export function fromHex(hex: string): Uint8Array {
  // Buffer.from stops at the first bad digit without a word, so the text is checked first.
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(hex)) throw new Fault('bad-hex', 'This is not hex: it needs pairs of 0-9 and a-f.');
  return own(Buffer.from(hex, 'hex'));
}

/** Base64url without padding (RFC 4648 §5). */
export const toBase64url = (bytes: Uint8Array): string => view(bytes).toString('base64url');

/** @throws Fault `bad-base64url` for padding, other alphabets, impossible lengths and non-canonical last bits. */
export function fromBase64url(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64url');
  // One text per value: an encoding that decodes to the same bytes under another spelling is refused.
  if (bytes.toString('base64url') !== text)
    throw new Fault('bad-base64url', 'This is not base64url: it needs letters, digits, - and _ without padding.');
  return own(bytes);
}

/** Joins `parts` into new bytes. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Whether `a` and `b` are the same, in a time that depends on their lengths only (a guess learns nothing from it). */
export const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);

/** Overwrites secrets with zeros. A moving collector may have left copies of small arrays; this clears the one held. */
export function wipe(...secrets: readonly (Uint8Array | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}

const view = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
// Small Buffers share one pool; a copy of its own can be wiped and transferred without touching a neighbour.
const own = (buffer: Buffer) => new Uint8Array(buffer);
