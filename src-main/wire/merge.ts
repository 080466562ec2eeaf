/** How waiting items of a stream become one, without the memory of what they were. */

/** Characters that may wait for a reader; beyond it the producer waits instead. A million tokens are about 5 million. */
const MOST = 8 << 20;
/** From here on a text is worth a copy of its own. */
const LONG = 256;
const START = /^/;

/**
 * Joins two texts, or undefined when the result would be too long to hold for a reader that is away.
 *
 * V8 joins by reference: text that grew token by token keeps every token alive (measured: 50 MB for a million). So a
 * long `newer`, which is such a text, is made flat first; a regular expression must have its subject flat, while
 * `charCodeAt`, whose result nobody uses, is optimised away.
 */
export function joinText(older: string, newer: string): string | undefined {
  if (older.length + newer.length > MOST) return undefined;
  if (newer.length >= LONG) START.test(newer);
  return older + newer;
}
