/** Passages that answers were made from: kept as they stood in the prompt, weighed later, and forgotten with their files. */
import type { SqlValue, Statement, Store } from '../base/ports.ts';
import type { Hit } from '../library/door.ts';
import type { Id } from '../wire/schema.ts';
import type { UsedSource } from './door.ts';
import { sourceColumns, toUsedSource, type SourceRow } from './rows.ts';

/** A passage for an answer that is about to be written. */
export type Candidate = Omit<SourceRow, 'message' | 'n' | 'cited' | 'weight'>;
/** What an answer points to in a passage. */
export interface Pointed {
  readonly n: number;
  readonly quote: string;
}

/** Quotes are shown in lists of hundreds of messages; a sentence longer than this is cut where they begin. */
const LONGEST_QUOTE = 600;
/** @returns a beginning of the quote, never half a character */
export function quoteOf(text: string): string {
  const cut = text.slice(0, LONGEST_QUOTE);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/** A passage that was found, with the sentence that fits the question best as its first quote. */
export const fromHit = (hit: Hit): Candidate => ({
  place: hit.place,
  file: hit.file,
  name: hit.name,
  title: hit.title ?? null,
  kind: hit.kind,
  page: hit.page ?? null,
  heading: hit.heading ?? null,
  date: hit.date ?? null,
  passage: hit.passage,
  document: hit.document,
  text: hit.text,
  quote: quoteOf(hit.text.slice(...hit.sentence).trim()),
  gone: 0,
});

/** The statement that keeps one passage with an answer. */
export const insertSource = (row: SourceRow): Statement & { readonly params: readonly SqlValue[] } => ({
  sql: `INSERT INTO answer_source (message, n, place, file, name, title, kind, page, heading, date, passage, document, text, quote,
               cited, weight, gone)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  params: [
    row.message,
    row.n,
    row.place,
    row.file,
    row.name,
    row.title,
    row.kind,
    row.page,
    row.heading,
    row.date,
    row.passage,
    row.document,
    row.text,
    row.quote,
    row.cited,
    row.weight ?? null,
    row.gone,
  ],
});

export function openSources({ store }: { readonly store: Store }) {
  const all = (answers: readonly Id[], columns: string) =>
    Map.groupBy(
      store.all<SourceRow>(
        `SELECT ${columns} FROM answer_source s WHERE message IN (SELECT value FROM json_each(?)) ORDER BY message, n`,
        JSON.stringify(answers),
      ),
      ({ message }) => message,
    );

  return {
    /** Numbers passages from 1 and keeps them with an answer, in place of any that it had. */
    keep(answer: Id, passages: readonly Candidate[]) {
      store.transaction(() => {
        store.run('DELETE FROM answer_source WHERE message = ?', answer);
        for (const [i, passage] of passages.entries()) {
          const { sql, params } = insertSource({ ...passage, message: answer, n: i + 1, cited: 0, weight: null });
          store.run(sql, ...params);
        }
      });
    },
    /** For the window. */
    used: (answer: Id): UsedSource[] => (all([answer], sourceColumns).get(answer) ?? []).map(toUsedSource),
    usedBy: (answers: readonly Id[]): Map<Id, UsedSource[]> =>
      new Map([...all(answers, sourceColumns)].map(([id, rows]) => [id, rows.map(toUsedSource)])),
    /** With texts, for prompts. */
    texts: (answers: readonly Id[]): Map<Id, SourceRow[]> => all(answers, `${sourceColumns}, s.text`),
    /** What the answer points to; what was forgotten meanwhile stays forgotten. Call it in the answer's transaction. */
    point(answer: Id, pointed: readonly Pointed[]) {
      for (const { n, quote } of pointed)
        store.run(
          'UPDATE answer_source SET cited = 1, quote = CASE gone WHEN 0 THEN ? ELSE quote END WHERE message = ? AND n = ?',
          quote,
          answer,
          n,
        );
    },
    weigh(answer: Id, weights: readonly { readonly n: number; readonly weight: NonNullable<UsedSource['weight']> }[]) {
      store.transaction(() => {
        for (const { n, weight } of weights)
          store.run('UPDATE answer_source SET weight = ? WHERE message = ? AND n = ?', weight, answer, n);
      });
    },
  };
}
