/** The ways to find passages: by word, by meaning, by the name of the file. Each gives ids, best first. */
import type { Store } from '../../base/ports.ts';
import { toBits, toBytes } from '../shelf/quantise.ts';
import type { Question, QuestionTerm } from './question.ts';
import { within, type Filters } from './visible.ts';
import { COSTS, WEIGHTS } from './weights.ts';

/** How many passages have each term, counted up to `COSTS.counted`; asked once a term while the shelf hardly changes. */
export function frequencies(store: Store) {
  const MOST = 20_000;
  const RARE = 100;
  const known = new Map<string, number>();
  let at = 0;
  return async (
    terms: readonly QuestionTerm[],
    passages: number,
    signal?: AbortSignal,
  ): Promise<Map<string, number>> => {
    // A tenth more or less changes no order worth the cost.
    if (Math.abs(passages - at) > at / 10 || known.size > MOST) {
      known.clear();
      at = passages;
    }
    const rare = new Map<string, number>();
    const missing = terms.filter(({ stem }) => !known.has(stem));
    if (missing.length > 0) {
      const counted = await count(store, 'passage_words', missing, COSTS.counted, signal);
      // A rare one is counted anew each time: it costs nothing, and a word that nobody had would stay unfindable when the
      // first file with it comes.
      for (const { stem, n } of counted) (n > RARE ? known : rare).set(stem, n);
    }
    return new Map(terms.map(({ stem }) => [stem, known.get(stem) ?? rare.get(stem) ?? 0]));
  };
}

/** How many rows of an index have each term, up to `most`: counting goes on no longer than it must. */
const count = (
  store: Store,
  index: 'passage_words' | 'file_words',
  terms: readonly QuestionTerm[],
  most: number,
  signal?: AbortSignal,
) =>
  store.background.all<{ stem: string; n: number }>(
    `SELECT j.value ->> 'stem' AS stem, (SELECT count(*) FROM (
       SELECT 1 FROM ${index} WHERE ${index} MATCH (j.value ->> 'match') LIMIT ${most})) AS n
       FROM json_each(?) j`,
    [JSON.stringify(terms)],
    signal,
  );

/**
 * As BM25 has it, never negative; the more passages have a term, the less it says. A term that no passage has says as
 * much as the rarest: a question about it is not answered by its other words.
 */
export const idf = (passages: number, count: number): number =>
  Math.log(1 + (Math.max(passages, count) - count + 0.5) / (count + 0.5));

/**
 * By word: any of the terms, ranked by BM25. Terms are taken from the rarest on while what is to be ranked stays within
 * `COSTS.ranked`: common words cost most and tell least. If even the rarest is common, only the newest passages with it
 * are ranked.
 */
export async function byWord(
  store: Store,
  { terms, phrases }: Question,
  counts: ReadonlyMap<string, number>,
  filters: Filters,
  signal?: AbortSignal,
): Promise<number[]> {
  const present = terms
    .map((term) => ({ ...term, count: counts.get(term.stem) ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.count - b.count);
  let sum = 0;
  const taken = present.filter(({ count }, i) => (sum += count) <= COSTS.ranked || i === 0);
  if (taken.length === 0) return [];
  const match = [...phrases, ...taken.map((term) => term.match)].join(' OR ');
  const only = within('p.document', filters);
  const { own, near, head } = WEIGHTS.columns;
  const newest = taken[0]!.count >= COSTS.counted;
  // The plus keeps SQLite from asking the index once for every id of the list.
  const rows = await store.background.all<{ passage: number }>(
    `SELECT rowid AS passage FROM passage_words WHERE passage_words MATCH ?
       ${only ? `AND +rowid IN (SELECT p.id FROM passage p WHERE ${only.sql})` : ''}
       ${
         newest
           ? `AND rowid >= coalesce((SELECT rowid FROM passage_words WHERE passage_words MATCH ?
                ORDER BY rowid DESC LIMIT 1 OFFSET ${COSTS.ranked}), 0)`
           : ''
       }
     ORDER BY bm25(passage_words, ${own}, ${near}, ${head}), rowid LIMIT ${WEIGHTS.candidates}`,
    [match, ...(only?.params ?? []), ...(newest ? [match] : [])],
    signal,
  );
  return rows.map(({ passage }) => passage);
}

export interface ByMeaning {
  readonly passage: number;
  readonly cosine: number;
}

/** By meaning: the bits of all vectors of this embedder, then the bytes of the closest; of few vectors the bytes at once. */
export async function byMeaning(
  store: Store,
  { vector, embedder, passages }: { vector: Float32Array; embedder: string; passages: number },
  filters: Filters,
  signal?: AbortSignal,
): Promise<ByMeaning[]> {
  const only = within('document', filters);
  const ours = `embedder = (SELECT id FROM embedder WHERE name = ?) ${only ? `AND ${only.sql}` : ''}`;
  const params = [embedder, ...(only?.params ?? [])];
  const few = passages <= WEIGHTS.fewPassages;
  return store.background.all<ByMeaning>(
    `SELECT c.passage, 1 - vec_distance_cosine(vec_int8(y.bytes), vec_int8(?)) AS cosine
       FROM (${
         few
           ? `SELECT passage FROM passage_bits WHERE ${ours}`
           : `SELECT passage, vec_distance_hamming(vec_bit(bits), vec_bit(?)) AS far FROM passage_bits WHERE ${ours}
               ORDER BY far, passage LIMIT ${WEIGHTS.rescored}`
       }) c
       JOIN passage_bytes y ON y.passage = c.passage ORDER BY cosine DESC, c.passage LIMIT ${WEIGHTS.candidates}`,
    [toBytes(vector), ...(few ? [] : [toBits(vector)]), ...params],
    signal,
  );
}

export interface ByName {
  readonly content: number;
  readonly path: string;
  /** The first passage of it. */
  readonly passage: number;
}

/** By name: files whose path has any of the terms; how many of them is looked at afterwards. */
export async function byName(
  store: Store,
  { terms }: Question,
  filters: Filters,
  signal?: AbortSignal,
): Promise<ByName[]> {
  // A folder's name is in the path of every file below it, and names none of them.
  const counted = await count(store, 'file_words', terms, COSTS.namesakes + 1, signal);
  const naming = new Set(counted.filter(({ n }) => n > 0 && n <= COSTS.namesakes).map(({ stem }) => stem));
  const match = terms.filter(({ stem }) => naming.has(stem)).map((term) => term.match);
  if (match.length === 0) return [];
  const only = within('d.id', filters);
  return store.background.all<ByName>(
    `SELECT f.content, f.path, (SELECT min(p.id) FROM passage p WHERE p.document = d.id AND p.n = 0) AS passage
       FROM (SELECT rowid AS id, bm25(file_words) AS far FROM file_words WHERE file_words MATCH ?
              ORDER BY far LIMIT 200) w
       JOIN file f ON f.id = w.id JOIN document d ON d.content = f.content AND d.n = 0
      WHERE passage IS NOT NULL ${only ? `AND ${only.sql}` : ''} ORDER BY w.far, f.path LIMIT 50`,
    [match.join(' OR '), ...(only?.params ?? [])],
    signal,
  );
}
