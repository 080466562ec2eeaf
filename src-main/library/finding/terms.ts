/** Words of a text as the index has them: folded, stemmed, with the place where each stands. */
import { apart } from '../shelf/apart.ts';
import { stem } from './stem.ts';

export interface Term {
  /** As in the index: lower case, without diacritics, stemmed. */
  readonly stem: string;
  /** Where it stands, in UTF-16 units of the text. */
  readonly from: number;
  readonly to: number;
}

/** What the index's tokenizer takes for parts of words: letters, numbers, marks, private use. */
const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;

/** Letters that are another one in a second shape. */
const SHAPES: Record<string, string> = {
  µ: 'μ',
  ſ: 's',
  ς: 'σ',
  ϐ: 'β',
  ϑ: 'θ',
  ϕ: 'φ',
  ϖ: 'π',
  ϰ: 'κ',
  ϱ: 'ρ',
  ϵ: 'ε',
};

/** Lower case and, of Latin letters alone, without diacritics (`remove_diacritics 2`). */
export const folded = (word: string): string =>
  word
    .toLowerCase()
    .normalize('NFD')
    .replace(/([a-z])\p{M}+/gu, '$1')
    .normalize('NFC')
    .replace(/[µſςϐϑϕϖϰϱϵ]/gu, (letter) => SHAPES[letter]!);

const PLAIN = /^[a-z0-9]+$/;
/** Stems of words that were seen lately: a text has few different ones, and the core's thread has other things to do. */
const MOST_KNOWN = 20_000;
const known = new Map<string, string>();

function stemOf(word: string): string {
  const before = known.get(word);
  if (before !== undefined) return before;
  const lower = word.toLowerCase();
  const found = stem(PLAIN.test(lower) ? lower : folded(word));
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(word, found);
  return found;
}

/** Every word, in order. Where the script has no spaces, as `apart` puts them apart. */
export function termsOf(text: string): Term[] {
  const spaced = apart(text);
  if (spaced === undefined) return found(text);
  // The words in order, each looked for behind the one before it.
  const terms: Term[] = [];
  let at = 0;
  for (const { stem: same, from, to } of found(spaced)) {
    const word = spaced.slice(from, to);
    const here = text.indexOf(word, at);
    if (here < 0) continue;
    terms.push({ stem: same, from: here, to: here + word.length });
    at = here + word.length;
  }
  return terms;
}

const found = (text: string): Term[] =>
  Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
    stem: stemOf(word),
    from: index,
    to: index + word.length,
  }));

/**
 * Words of English that a question is built of and that say nothing about what is asked for. In a small library some of
 * them are rare, so that counting alone would take them for what matters.
 */
const IDLE = new Set(
  `a about above after again all also am an and any are aren't as at be because been before being below between both but by
  can can't could did didn't do does doesn't doing don't down during each ever few find for from further get give had has
  have having he her here hers herself him himself his how i if in into is isn't it its itself just know let like many may
  me might more most much must my myself no nor not of off on once one only or other our ours out over own please said say
  says shall she should show so some such tell than that the their theirs them then there these they thing things this those
  through to too under until up us use used using very want was we were what when where whether which while who whom whose
  why will with without would you your yours
  der die das und ist ein eine einen einem einer nicht wie was wer wo wann warum mit von zu im in den dem des für auf
  le la les un une des du de et est que qui quoi où quand comment pour dans sur avec
  el los las una y es en por para con que como donde cuando`
    .split(/\s+/)
    .flatMap((word) => found(word).map(({ stem: same }) => same)),
);
export const isIdle = (term: string): boolean => IDLE.has(term);
