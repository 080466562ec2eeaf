/** What the person's files are searched for: the question, and what a follow-up leaves unsaid. */

import { contentWords, points, wordsOf } from './words.ts';

/** As `library.search` takes it. */
const LONGEST = 2000;
/** With fewer words that mean something, a question leans on the one before. */
const FEW = 3;

const OPENING = /^\s*(?:and|but|so|or|also|what about|how about|what else|und|aber|oder|et|mais|y|pero)\b/iu;

const plain = (word: string) => word.toLowerCase();

/** Whether a question cannot be understood without the one before. */
export function leans(question: string): boolean {
  const content = contentWords(question);
  if (content.length < FEW && OPENING.test(question)) return true;
  if (content.length === 0) return true;
  // "When was it built?" points back; "Which ships are those of the Hanseatic League in Lübeck?" says enough by itself.
  return content.length < 2 * FEW && wordsOf(question).some(points);
}

/**
 * The question, and after it the content words of the questions that it leans on, nearest first, each once. No model is
 * asked: it would cost seconds before the first word, and a small one invents words that no file has.
 *
 * @param before the person's earlier questions of this branch, newest first
 * @returns at most 2,000 UTF-16 units; of a long question its beginning and its end, for the asking stands at either
 */
export function searchQuery(question: string, before: readonly string[]): string {
  const here = question.trim();
  if (here.length > LONGEST)
    return `${here.slice(0, LONGEST / 2 - 2)} … ${here.slice(-(LONGEST / 2 - 2))}`.toWellFormed();
  const added: string[] = [];
  const seen = new Set(contentWords(here).map(plain));
  let leaning = leans(here);
  for (const earlier of before) {
    if (!leaning) break;
    for (const word of contentWords(earlier.slice(0, LONGEST))) {
      if (seen.has(plain(word))) continue;
      seen.add(plain(word));
      added.push(word);
    }
    leaning = leans(earlier.slice(0, LONGEST));
  }
  let query = here;
  for (const word of added) {
    if (query.length + 1 + word.length > LONGEST) break;
    query += ` ${word}`;
  }
  return query;
}
