/** `library.search`: three ways to find, one list, what fits too badly left out. */
import type { Clock, Store } from '../../base/ports.ts';
import { isFault } from '../../wire/index.ts';
import type { Hit } from '../door.ts';
import type { Embedder, SearchRequest } from '../ports.ts';
import { byMeaning, byName, byWord, cosinesOf, frequencies, idf, type ByMeaning } from './arms.ts';
import { baseName, lookAt, namedBy, type Looked } from './close.ts';
import { fuse, type List } from './fuse.ts';
import { joined, type Group, type Scored } from './join.ts';
import { indexOfMost, overlaps, sentencesIn, wordsIn, type Span } from './light.ts';
import { questionOf, type Question } from './question.ts';
import type { Filters } from './visible.ts';
import { scoreOf } from './score.ts';
import { COSTS, WEIGHTS, ramp } from './weights.ts';

export interface SearchNeeds {
  readonly store: Store;
  readonly clock: Clock;
  readonly embedder: Embedder;
  /** `meaning`: without words and names; for measuring what each way is worth. */
  readonly arms?: 'all' | 'meaning';
}

export function searcher({ store, clock, embedder, arms = 'all' }: SearchNeeds) {
  const countsOf = frequencies(store);

  /** No answer from the embedder is no reason to find nothing: words remain. */
  const vectorOf = async (text: string, signal?: AbortSignal) => {
    const now = embedder.embedderNow();
    if (!now || text.trim() === '') return undefined;
    const began = performance.now();
    try {
      const [vector] = await embedder.embed([text], { behind: false }, signal);
      return vector && { embedder: now.id, vector, ms: performance.now() - began };
    } catch (error) {
      signal?.throwIfAborted();
      if (isFault(error)) return undefined;
      throw error;
    }
  };

  return async function search(request: SearchRequest, signal?: AbortSignal): Promise<Hit[]> {
    const { query, limit = 10, places, kinds, since, until, weak = false } = request;
    const filters: Filters = { places, kinds, since, until };
    // The parser of dates loads in some 50 ms, which the start of daimon need not pay.
    const { datesIn } = await import('./dates.ts');
    const asked = questionOf(query, datesIn(query, clock.now()));
    const question = arms === 'all' ? asked : { ...asked, terms: [], phrases: [] };
    const passages = store.get<{ passages: number }>('SELECT passages FROM shelf')!.passages;
    if (passages === 0) return [];
    // Both are under way at once: the engine embeds while the store's worker counts and ranks.
    const meant = vectorOf(query, signal);
    const words = (async () => {
      const counts = await countsOf(question.terms, passages, signal);
      return { counts, ids: arms === 'all' ? await byWord(store, question, counts, filters, signal) : [] };
    })();
    const names = arms === 'all' ? byName(store, question, filters, signal) : [];
    const [vector, { counts, ids: wordIds }, nameHits] = await Promise.all([meant, words, names]);
    const near = vector ? await byMeaning(store, { ...vector, passages }, filters, signal) : [];
    const weights = new Map(question.terms.map(({ stem }) => [stem, idf(passages, counts.get(stem) ?? 0)]));

    const lists: List[] = [];
    const named = nameHits
      .map((hit) => ({ ...hit, share: namedBy(question, weights, hit.path) }))
      .filter(({ share }) => share >= WEIGHTS.names.from)
      .sort((a, b) => b.share - a.share);
    lists.push({ weight: WEIGHTS.meaning, ids: near.map(({ passage }) => passage) });
    lists.push({ weight: WEIGHTS.names.weight * (named[0]?.share ?? 0), ids: named.map(({ passage }) => passage) });
    lists.push(...(await dated({ question, filters, counts, vector, passages }, signal)));
    const top = await lookAt(store, wordIds.slice(0, 3), { question, weights, filters }, signal);
    lists.push({ weight: wordWeight(question, top, vector !== undefined), ids: wordIds });

    const fused = fuse(lists).slice(0, Math.max(WEIGHTS.looked, 2 * limit));
    const looked = await lookAt(
      store,
      fused.map(({ id }) => id),
      { question, weights, filters },
      signal,
    );
    const cosines = vector
      ? await cosinesOf(
          store,
          looked.map(({ passage }) => passage),
          vector,
          signal,
        )
      : new Map<number, number>();
    const byWords = new Set(wordIds);
    // The lists say whom to look at; what was seen then says who comes first.
    const scored = looked
      .map((one): Scored => {
        const cosine = cosines.get(one.passage);
        return { ...one, cosine, byWord: byWords.has(one.passage), score: scoreOf(one, cosine) };
      })
      .sort((a, b) => b.score - a.score);
    const groups = joined(weak ? scored : scored.filter(({ score }) => score >= WEIGHTS.found)).slice(0, limit);
    return lit(groups, { question, weights, vector }, signal);
  };

  /** The arms once more within the dates that the question names, without the words that name them. */
  async function dated({ question, filters, counts, vector, passages }: Asked, signal?: AbortSignal): Promise<List[]> {
    const { time, timeless } = question;
    if (!time || filters.since !== undefined || filters.until !== undefined) return [];
    const inside: Filters = { ...filters, since: time.since, until: time.until };
    const asked = questionOf(timeless);
    const [words, near] = await Promise.all([
      byWord(store, asked, counts, inside, signal),
      vector ? byMeaning(store, { ...vector, passages }, inside, signal) : ([] as ByMeaning[]),
    ]);
    return [
      { weight: WEIGHTS.dated, ids: words },
      { weight: WEIGHTS.dated, ids: near.map(({ passage }) => passage) },
    ];
  }

  async function lit(
    groups: readonly Group[],
    { question, weights, vector }: Pick<Asked, 'question' | 'vector'> & { weights: ReadonlyMap<string, number> },
    signal?: AbortSignal,
  ): Promise<Hit[]> {
    const drafts = groups.map((group) => {
      const ordered = [...group].sort((a, b) => a.n - b.n);
      const text = ordered.map((one) => one.text).join('');
      const spans = sentencesIn(text, group[0]!.kind);
      return { group, ordered, text, spans, fits: overlaps(text, spans, question, weights) };
    });
    if (vector) {
      // What one vector took says what so many sentences will take here, now.
      let left = Math.min(COSTS.sentences, Math.floor(COSTS.sentencesMs / Math.max(1, vector.ms)));
      const asked: { fits: number[]; i: number; close: number; text: string }[] = [];
      for (const { group, text, spans, fits } of drafts) {
        // Until a sentence was looked at it is as close as its passage.
        const close = group[0]!.cosine ?? 0;
        const some = [...spans.entries()]
          .sort(([i, a], [k, b]) => fits[k]! - fits[i]! || b[1] - b[0] - (a[1] - a[0]))
          .slice(0, spans.length < 2 ? 0 : left);
        left -= some.length;
        for (const [i, covers] of fits.entries()) fits[i] = WEIGHTS.sentence * covers + close;
        asked.push(...some.map(([i, [from, to]]) => ({ fits, i, close, text: text.slice(from, to) })));
      }
      const vectors = await embedder
        .embed(
          asked.map(({ text }) => text),
          { behind: false },
          signal,
        )
        .catch(() => [] as Float32Array[]);
      signal?.throwIfAborted();
      for (const [k, one] of vectors.entries())
        asked[k]!.fits[asked[k]!.i]! += dot(one, vector.vector) - asked[k]!.close;
    }
    return drafts.map(({ group, ordered, text, spans, fits }) =>
      hitOf(group, ordered, text, spans[indexOfMost(fits)]!, question),
    );
  }
}

interface Asked {
  readonly question: Question;
  readonly filters: Filters;
  readonly counts: ReadonlyMap<string, number>;
  readonly passages: number;
  readonly vector: { readonly embedder: string; readonly vector: Float32Array; readonly ms: number } | undefined;
}

function wordWeight({ terms, phrases }: Question, top: readonly Looked[], meaning: boolean): number {
  if (!meaning) return 1;
  const { least, most, from, to } = WEIGHTS.words;
  const coverage = Math.max(0, ...top.map((one) => one.coverage));
  const exact = phrases.length > 0 || terms.some((term) => term.exact) ? WEIGHTS.exact : 0;
  return least + (most - least) * ramp(coverage, from, to) + exact * ramp(coverage, from, to);
}

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

function hitOf(group: Group, ordered: Group, text: string, sentence: Span, question: Question): Hit {
  const best = group[0]!;
  // The page and the heading are those of the sentence that lights up.
  let at = 0;
  const under = ordered.find((one) => sentence[0] < (at += one.text.length)) ?? best;
  const page = under.page ?? best.page;
  const heading = under.heading ?? best.heading;
  const words = wordsIn(text, question);
  return {
    passage: under.passage,
    document: best.document,
    place: best.place,
    file: best.file,
    name: baseName(best.file),
    ...(best.title !== null && { title: best.title }),
    kind: best.kind,
    ...(page !== null && { page }),
    ...(heading !== null && { heading }),
    date: best.date,
    text,
    score: Math.round(best.score * 1000) / 1000,
    ...(best.score < WEIGHTS.found && { weak: true as const }),
    by: wayOf(best, words.length > 0),
    words,
    sentence,
  };
}

/** By which way it was found, in one word. */
function wayOf({ cosine, coverage, byWord, named }: Scored, hasWords: boolean): Hit['by'] {
  const { covered } = WEIGHTS.score;
  const said = byWord && hasWords && coverage >= covered.from;
  const meant = cosine !== undefined && cosine >= WEIGHTS.meant;
  if (said) return meant ? 'both' : 'word';
  if (named >= covered.from) return 'name';
  return cosine === undefined ? 'word' : 'meaning';
}
