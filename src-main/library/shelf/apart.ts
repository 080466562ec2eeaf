/** Puts the words of scripts without spaces apart, so that an index of words can find them. */

/** Han, kana, Thai, Lao, Khmer, Myanmar, Tibetan; Hangul has spaces. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;

const words = new Intl.Segmenter('und', { granularity: 'word' });

/**
 * The text with a space between its words, as ICU's dictionaries know them; undefined where its script has spaces.
 * The same for a text and for a question, so that both are cut at the same places.
 */
export function apart(text: string): string | undefined {
  if (!UNSPACED.test(text)) return undefined;
  const found: string[] = [];
  for (const { segment } of words.segment(text)) if (segment.trim() !== '') found.push(segment);
  return found.join(' ');
}
