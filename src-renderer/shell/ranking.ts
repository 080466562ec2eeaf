/** How well words fit a name: the beginning of the name over the beginning of a word over somewhere inside. */

const PREFIX = 3;
const WORD = 2;
const INSIDE = 1;
/** The name is just what was typed. */
const WHOLE = 1;

/** What is compared: without case, and without marks above and below letters ('Perpétua' is found by 'perpetua'). */
export const plainly = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();

/** The words that are looked for, as `rank` takes them. */
export const wordsIn = (query: string): readonly string[] => plainly(query).split(/\s+/).filter(Boolean);

const inWord = /[\p{L}\p{N}]/u;

function place(text: string, word: string): number {
  let at = text.indexOf(word);
  if (at === 0) return PREFIX;
  let best = 0;
  while (at > 0) {
    // A sign that is looked for has no word to begin, so that its first place counts.
    if (!inWord.test(text[at - 1]!)) return WORD;
    best = INSIDE;
    at = text.indexOf(word, at + 1);
  }
  return best;
}

/**
 * Ranks one name. Every word must be somewhere in it, in any order.
 *
 * @param words of `wordsIn`; none fits everything
 * @param text of `plainly`
 * @returns 0 where a word is missing, else above 0, at most 4, the better the higher
 */
export function rank(words: readonly string[], text: string): number {
  if (words.length === 0) return PREFIX;
  let sum = 0;
  for (const word of words) {
    const fits = place(text, word);
    if (fits === 0) return 0;
    sum += fits;
  }
  return sum / words.length + (words.length === 1 && words[0] === text ? WHOLE : 0);
}

/**
 * The best fitting of many, best first; what fits equally stays in its order (newest first).
 *
 * @param textOf plain text of an item, see `plainly`
 */
export function best<T>(
  items: readonly T[],
  words: readonly string[],
  textOf: (item: T) => string,
  most: number,
): { readonly item: T; readonly rank: number }[] {
  const fitting: { item: T; rank: number }[] = [];
  for (const item of items) {
    const fits = rank(words, textOf(item));
    if (fits > 0) fitting.push({ item, rank: fits });
  }
  return fitting.sort((a, b) => b.rank - a.rank).slice(0, most);
}
