/** The shipped question set: documents that people have, and what they ask of them. See README.md beside it. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';

export const documentsFolder = fileURLToPath(new URL('./documents', import.meta.url));

const question = v.strictObject({
  /** Asked by what it means (no word of the answer in it), by a name or a number, or not answered by any document. */
  kind: v.picklist(['meaning', 'exact', 'none']),
  /** Of one without an answer: whether the documents are about the same things. */
  near: v.optional(v.boolean()),
  question: v.string(),
  /** Any of these passages answers it; each is marked by a verbatim quote. */
  answers: v.array(v.strictObject({ file: v.string(), quote: v.string() })),
  /** Never looked at while tuning. */
  held: v.boolean(),
});
export type Question = v.InferOutput<typeof question>;

export function readQuestions(): Question[] {
  const lines = readFileSync(fileURLToPath(new URL('./questions.jsonl', import.meta.url)), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => v.parse(question, JSON.parse(line)));
}

/** Paths below `documentsFolder`, with `/`, sorted. */
export function documentFiles(): string[] {
  return readdirSync(documentsFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(documentsFolder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}

/** White space is the reader's business; a quote has to be there in its words. */
export const squeezed = (text: string) => text.replace(/\s+/g, ' ').trim();

/** Whether the text of a passage has one of the quotes of this question that stand in this file. */
export function answers({ answers: all }: Question, file: string, text: string): boolean {
  const within = squeezed(text);
  return all.some((answer) => answer.file === file && within.includes(squeezed(answer.quote)));
}

const LETTERS = /[\p{L}\p{N}]+/gu;
/** Words that carry no content, with which any question and any passage may be made. */
const FUNCTION_WORDS = new Set(
  `a about after again all also am an and any are as at back be because been before being both but by can could did do
  does doing done down each else ever for from had has have he her here him his how i if in into is it its just like may
  me might more most much must my near never no nobody none nor not nothing now of off on once one only onto or other our
  out over own same she should so some somebody someone something such than that the their them then there these they
  thing things this those through to too under until up upon us very was we were what when where which while who whom
  whose why will with would you your`.split(/\s+/),
);
/** Words of content, cut to their first letters so that forms of one word are the same. */
export function contentWords(text: string): Set<string> {
  const words = text.toLowerCase().match(LETTERS) ?? [];
  return new Set(words.filter((word) => word.length > 2 && !FUNCTION_WORDS.has(word)).map((word) => word.slice(0, 6)));
}
