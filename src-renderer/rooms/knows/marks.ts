/** A found passage as pieces to draw: its best sentence lit, the words of the question within, the rest shortened. */
import type { Hit } from '../../../src-main/library/door.ts';

export interface Piece {
  readonly text: string;
  /** Of the sentence that fits best. */
  readonly lit: boolean;
  /** A word of the question. */
  readonly word: boolean;
}

/** What Markdown has besides the words: signs of headings, quotes and lists, stars, addresses of links and pictures. */
const SIGNS = [
  /^ {0,3}(?:#{1,6}|>|[-*+]) +/gm,
  /^ {0,3}(?:`{3,}|~{3,}).*$/gm,
  /^\|?[ :|-]*-{3,}[ :|-]*$/gm,
  /(?<!\\)(?:\*{1,3}(?=\S)|(?<=\S)\*{1,3}|_{2,3}|~~|`+)/g,
  /!?\[(?=[^\]\n]*\]\([^()\s]*\))/g,
  /\]\([^()\s]*\)/g,
];

/** The passage without the signs of Markdown, its spans where they belong. */
export function unmarked<T extends Pick<Hit, 'text' | 'sentence' | 'words'>>(hit: T): T {
  const gone = new Uint8Array(hit.text.length);
  for (const sign of SIGNS)
    for (const { index, 0: found } of hit.text.matchAll(sign)) gone.fill(1, index, index + found.length);
  /** How much is left before each place. */
  const left = new Uint32Array(hit.text.length + 1);
  let text = '';
  for (let at = 0; at < hit.text.length; at++) {
    if (!gone[at]) text += hit.text[at];
    left[at + 1] = text.length;
  }
  const place = (at: number) => left[Math.min(hit.text.length, Math.max(0, Math.trunc(at) || 0))]!;
  const span = ([from, to]: readonly number[]): [number, number] => [place(from ?? 0), place(to ?? 0)];
  return { ...hit, text, sentence: span(hit.sentence), words: hit.words.map(span) };
}

/**
 * Where the sentence that fitted best stands in one passage of the hit, whose text is that of neighbours together.
 *
 * @returns undefined when the passage does not read as it did when it was found, or has none of the sentence
 */
export function sentenceWithin(
  passage: string,
  { text, sentence: [from, to] }: Pick<Hit, 'text' | 'sentence'>,
): [number, number] | undefined {
  // Equal neighbours: the one that holds the sentence's beginning.
  for (let at = text.indexOf(passage); passage && at >= 0; at = text.indexOf(passage, at + 1))
    if (at <= from && from < at + passage.length) return [from - at, Math.min(to - at, passage.length)];
  return undefined;
}

/** As much as is read at a glance; the whole passage is one step away. */
const MOST = 420;

/** Steps back from the middle of a letter. */
const whole = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  return at > 0 && at < text.length && code >= 0xdc00 && code < 0xe000 ? at - 1 : at;
};
/** The nearest end of a word before `at`, if there is one near. */
const atWord = (text: string, at: number, step: 1 | -1): number => {
  for (let i = at, n = 0; n < 24 && i > 0 && i < text.length; i += step, n++) if (/\s/.test(text[i]!)) return i;
  return whole(text, at);
};

/** The stretch of `text` that is shown: the sentence, and what is around it. */
function stretch(text: string, [from, to]: readonly [number, number], most: number): [number, number] {
  if (text.length <= most) return [0, text.length];
  const spare = Math.max(0, most - (to - from));
  const start = Math.max(0, Math.min(from - Math.floor(spare / 3), text.length - most));
  const end = Math.min(text.length, start + most);
  return [start === 0 ? 0 : atWord(text, start, 1), end === text.length ? end : atWord(text, end, -1)];
}

/**
 * Pieces in order; those of the whole text together are the text. Spans outside of it, turned round, or across each
 * other do no harm.
 *
 * @param most UTF-16 units; Infinity for the whole passage
 */
export function piecesOf({ text, sentence, words }: Pick<Hit, 'text' | 'sentence' | 'words'>, most = MOST): Piece[] {
  const inside = (n: number) => whole(text, Math.min(text.length, Math.max(0, Math.trunc(n) || 0)));
  const span = ([a, b]: readonly number[]): [number, number] => {
    const [from, to] = [inside(a ?? 0), inside(b ?? 0)];
    return from <= to ? [from, to] : [to, from];
  };
  const lit = span(sentence);
  const marked = words.map(span);
  const [start, end] = stretch(text, lit, most);
  const cuts = [...new Set([start, end, ...lit, ...marked.flat()])]
    .filter((at) => at >= start && at <= end)
    .sort((a, b) => a - b);
  const pieces: Piece[] = [];
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [from, to] = [cuts[i]!, cuts[i + 1]!];
    pieces.push({
      text: text.slice(from, to),
      lit: lit[0] <= from && to <= lit[1],
      word: marked.some((one) => one[0] <= from && to <= one[1]),
    });
  }
  if (start > 0) pieces.unshift({ text: '… ', lit: false, word: false });
  if (end < text.length) pieces.push({ text: ' …', lit: false, word: false });
  return pieces;
}
