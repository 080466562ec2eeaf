/** A close look at the best candidates: their texts, files and dates, and how much of the question each of them covers. */
import type { Store } from '../../base/ports.ts';
import type { Id } from '../../wire/schema.ts';
import type { DocumentKind } from '../door.ts';
import type { Question, QuestionTerm } from './question.ts';
import { turns } from '../shelf/turns.ts';
import { termsOf } from './terms.ts';
import { DATE, shown, type Filters } from './visible.ts';
import { WEIGHTS } from './weights.ts';

export interface Looked {
  readonly passage: number;
  readonly document: number;
  readonly content: number;
  readonly n: number;
  readonly page: number | null;
  readonly heading: string | null;
  readonly text: string;
  readonly title: string | null;
  readonly kind: DocumentKind;
  readonly file: string;
  readonly place: Id;
  readonly date: number;
  /** Share of the question's idf that it covers, itself, its headings and its neighbours. */
  readonly coverage: number;
  /** Share that the name of its file covers. */
  readonly named: number;
  /** Share that numbers and identifiers have which stand in it. */
  readonly exact: number;
  /** Share that names and identifiers have which stand nowhere in it, its headings and its neighbours. */
  readonly missing: { readonly exact: number; readonly name: number };
}

interface Row extends Omit<Looked, 'coverage' | 'named' | 'exact' | 'missing'> {
  readonly near: string;
  readonly head: string;
}

/** Those of `ids` that may be shown, in the order of `ids`. A content with several files is shown under the first by path. */
export async function lookAt(
  store: Store,
  ids: readonly number[],
  { question, weights, filters }: { question: Question; weights: ReadonlyMap<string, number>; filters: Filters },
  signal?: AbortSignal,
): Promise<Looked[]> {
  const { sql, params } = shown(filters);
  const rows = await store.background.all<Row>(
    `SELECT p.id AS passage, p.document, d.content, p.n, p.page, p.heading, p.text, d.title, d.kind, v.path AS file,
            v.place, v.date, w.near, w.head
       FROM json_each(?) j JOIN passage p ON p.id = j.value JOIN document d ON d.id = p.document
       JOIN passage_window w ON w.id = p.id
       JOIN (SELECT d.id, min(f.path) AS path, f.place, ${DATE} AS date FROM ${sql}
              ${sql.includes(' WHERE ') ? 'AND' : 'WHERE'} d.id IN (SELECT document FROM passage WHERE id IN (SELECT value FROM json_each(?)))
              GROUP BY d.id) v ON v.id = d.id
      ORDER BY j.key`,
    [JSON.stringify(ids), ...params, JSON.stringify(ids)],
    signal,
  );
  const rest = turns();
  const looked: Looked[] = [];
  for (const { near, head, ...row } of rows) {
    await rest();
    looked.push({
      ...row,
      ...covered(question, weights, row.date, { own: row.text, head: `${head} ${baseName(row.file)}`, near }),
      named: namedBy(question, weights, row.file),
    });
  }
  signal?.throwIfAborted();
  return looked;
}

/** 0 to 1. The bare last part of the path, on either kind of system. */
export const baseName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

function nameTerms(path: string): Set<string> {
  const name = baseName(path);
  // Letters of two cases, and numbers beside letters, are seldom separated in names.
  const apart = name.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replace(/(\p{L})(\p{N})|(\p{N})(\p{L})/gu, '$1$3 $2$4');
  return new Set([...termsOf(name), ...termsOf(apart)].map(({ stem }) => stem));
}

/** The share of the question's idf that the name of a file covers. */
export const namedBy = (question: Question, weights: ReadonlyMap<string, number>, path: string): number => {
  const terms = nameTerms(path);
  return share(question, weights, ({ stem }) => (terms.has(stem) ? 1 : 0));
};

function covered(
  question: Question,
  weights: ReadonlyMap<string, number>,
  date: number,
  texts: Record<'own' | 'head' | 'near', string>,
): Pick<Looked, 'coverage' | 'exact' | 'missing'> {
  const [own, head, near] = [texts.own, texts.head, texts.near].map(
    (text) => new Set(termsOf(text).map(({ stem }) => stem)),
  );
  const { coverage } = WEIGHTS;
  const { time } = question;
  const then = time !== undefined && time.since <= date && date <= time.until ? time.stems : undefined;
  const here = ({ stem }: QuestionTerm) =>
    then?.has(stem) || own!.has(stem) ? coverage.own : head!.has(stem) ? coverage.head : 0;
  const beside = ({ stem }: QuestionTerm) => (near!.has(stem) ? coverage.near : 0);
  const lacks = (term: QuestionTerm) => (here(term) > 0 || time?.stems.has(term.stem) ? 0 : 1);
  return {
    coverage: share(question, weights, (term) => here(term) || beside(term)),
    // A number that stands in the neighbour is a reason for the neighbour.
    exact: share(question, weights, (term) => (term.exact ? here(term) : 0)),
    missing: {
      exact: share(question, weights, (term) => (term.exact ? lacks(term) : 0)),
      name: share(question, weights, (term) => (term.name && !term.exact && !beside(term) ? lacks(term) : 0)),
    },
  };
}

function share({ terms }: Question, weights: ReadonlyMap<string, number>, has: (term: QuestionTerm) => number): number {
  let all = 0;
  let got = 0;
  for (const term of terms) {
    const weight = weights.get(term.stem) ?? 0;
    all += weight;
    got += weight * has(term);
  }
  return all > 0 ? got / all : 0;
}
