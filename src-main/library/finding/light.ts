/** What of a hit lights up: the words of the question, and the sentence that fits best. */
import type { DocumentKind } from '../door.ts';
import type { Question } from './question.ts';
import { termsOf } from './terms.ts';

export type Span = [from: number, to: number];

const sentences = new Intl.Segmenter('und', { granularity: 'sentence' });
/** A heading or a list's sign alone is no sentence to show. */
const LEAST_LETTERS = 12;

/** Words of `text` that the question has, in whatever form. */
export function wordsIn(text: string, { terms }: Question): Span[] {
  const asked = new Set(terms.map(({ stem }) => stem));
  return termsOf(text)
    .filter(({ stem }) => asked.has(stem))
    .map(({ from, to }) => [from, to]);
}

/** Who wrote to whom is beside the hit; the subject may be what was asked for. */
const ENVELOPE = /^(?:From|To|Cc|Date): /;
/** Rows, fields and lines of code are what stands for a sentence in these. */
const BY_LINES = new Set<DocumentKind>(['csv', 'json', 'code', 'xlsx']);

/**
 * Sentences of `text`, without white space at their ends; the end of a line ends one only before an empty line, a list, a
 * row, a field (`Subject: …`), and where lines are all there is.
 */
export function sentencesIn(text: string, kind: DocumentKind = 'text'): Span[] {
  const spans: Span[] = [];
  // Same length, so places stay: a line of a paragraph ends anywhere.
  const joined = BY_LINES.has(kind)
    ? text
    : text.replace(/\n(?!\s*(?:\n|[-*+•#|>]|\d+[.)]\s|[\w-]{1,30}: \S))(?<!\n\n)/g, ' ');
  for (const { segment, index } of sentences.segment(joined)) {
    const from = index + segment.length - segment.trimStart().length;
    const to = index + segment.trimEnd().length;
    if (to > from) spans.push([from, to]);
  }
  const telling = spans.filter(([from, to]) => {
    const sentence = text.slice(from, to);
    if (sentence.startsWith('#') || (kind === 'mail' && ENVELOPE.test(sentence))) return false;
    return (sentence.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= LEAST_LETTERS;
  });
  return telling.length > 0 ? telling : spans.length > 0 ? spans : [[0, text.length]];
}

/** How much of the question each sentence covers, by idf; the first of equals is the best. */
export function overlaps(
  text: string,
  spans: readonly Span[],
  question: Question,
  weights: ReadonlyMap<string, number>,
): number[] {
  const total = question.terms.reduce((sum, { stem }) => sum + (weights.get(stem) ?? 0), 0);
  return spans.map(([from, to]) => {
    const here = new Set(termsOf(text.slice(from, to)).map(({ stem }) => stem));
    const got = question.terms.reduce((sum, { stem }) => sum + (here.has(stem) ? (weights.get(stem) ?? 0) : 0), 0);
    return total > 0 ? got / total : 0;
  });
}

export const indexOfMost = (values: readonly number[]): number =>
  values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);
