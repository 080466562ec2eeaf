/** How waiting items of a stream become one, without the memory of what they were. */

const PAGE = 1 << 16;
/** Characters that may wait for a reader; beyond it the producer waits instead. */
const MOST = 8 << 20;

/**
 * Joins two texts, or undefined when the result would be too long to hold for a reader that is away.
 *
 * A string that grows by `+` is a tree of its parts: a million tokens keep a million nodes alive. Reading a character
 * makes the engine flatten it, so it is done each time the text passes another 64 Ki characters.
 */
export function joinText(older: string, newer: string): string | undefined {
  const length = older.length + newer.length;
  if (length > MOST) return undefined;
  const joined = older + newer;
  if (Math.floor(length / PAGE) !== Math.floor(older.length / PAGE)) joined.charCodeAt(0);
  return joined;
}
