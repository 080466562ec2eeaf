/** What a question is made of: words that matter, phrases in quotes, names and numbers; and how an index is asked for them. */
import type { Dates } from './dates.ts';
import { isIdle, termsOf } from './terms.ts';
import { COSTS } from './weights.ts';

export interface QuestionTerm {
  readonly stem: string;
  /** As the index is asked for it: an FTS5 string, so that no sign in it is an operator. */
  readonly match: string;
  /** What people copy and do not paraphrase: a number, an identifier, a word of a quoted phrase. */
  readonly exact: boolean;
  /** Written as a proper name is. A passage without it is seldom about it, though people also name what it is called by others. */
  readonly name: boolean;
}
export interface Question {
  readonly text: string;
  readonly terms: readonly QuestionTerm[];
  /** FTS5 strings of several words in a row. */
  readonly phrases: readonly string[];
  /** The time that it names, and the words that name it: a hit of that time need not have them. */
  readonly time?: { readonly since: number; readonly until: number; readonly stems: ReadonlySet<string> };
  /** The question without the words that name a time. */
  readonly timeless: string;
}

const QUOTED = /["“„«»”]([^"“„«»”]{2,200})["“„«»”]/gu;
/** A sign inside a word, a number in it, letters of two cases, all capitals: snake_case, v1.2, camelCase, ENOSPC. */
const IDENTIFIER = /^(?=.{2,})(?:.*\p{N}.*|.*[\p{L}\p{N}][_./:@#-][\p{L}\p{N}].*|.*\p{Ll}\p{Lu}.*|\p{Lu}{3,})$/u;

/** A capital within a sentence. */
const NAME = /(?<=[^\s.?!:][\s"'“„(]+)\p{Lu}[\p{L}\p{M}\p{N}]+/gu;

/** Stems of proper names; none where most words have a capital, as in German, in titles and where somebody shouts. */
function namesIn(text: string): ReadonlySet<string> {
  const names = Array.from(text.matchAll(NAME), ([word]) => word);
  const telling = termsOf(text).filter(({ stem }) => !isIdle(stem)).length;
  return new Set(names.length * 2 > telling ? [] : names.flatMap((word) => termsOf(word).map(({ stem }) => stem)));
}

/**
 * @param text anything a person may type or paste; no text makes a search fail
 * @param dates that it names
 */
export function questionOf(text: string, dates: readonly Dates[] = []): Question {
  const quoted = Array.from(text.matchAll(QUOTED), ([, inner]) => inner!);
  const exact = new Set(
    [
      ...quoted,
      ...text.split(/\s+/).filter((word) => IDENTIFIER.test(word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))),
    ]
      .flatMap((part) => termsOf(part))
      .map(({ stem }) => stem),
  );
  const names = namesIn(text);
  const all = new Map<string, QuestionTerm>();
  for (const { stem, from, to } of termsOf(text)) {
    if (all.size >= COSTS.terms) break;
    // The index stems for itself, and would stem a stem once more.
    if (!all.has(stem))
      all.set(stem, { stem, match: `"${text.slice(from, to)}"`, exact: exact.has(stem), name: names.has(stem) });
  }
  const terms = [...all.values()];
  const telling = terms.filter(({ stem, exact: is }) => is || !isIdle(stem));
  const phrases = quoted
    .map((inner) => termsOf(inner).map(({ from, to }) => inner.slice(from, to)))
    .filter((words) => words.length > 1)
    .map((words) => `"${words.join(' ')}"`);
  // "To be or not to be": then they are what is asked for.
  return {
    text,
    terms: telling.length > 0 ? telling : terms,
    phrases,
    ...(dates.length > 0 && {
      time: {
        since: Math.min(...dates.map(({ since }) => since)),
        until: Math.max(...dates.map(({ until }) => until)),
        stems: new Set(dates.flatMap(({ from, to }) => termsOf(text.slice(from, to)).map(({ stem }) => stem))),
      },
    }),
    timeless: dates.reduceRight((rest, { from, to }) => `${rest.slice(0, from)} ${rest.slice(to)}`, text),
  };
}
