/** Every constant that decides what is found: how the arms are weighed, what counts as found. Calibrated on test/questions. */

export const WEIGHTS = {
  /** bm25 of the index of words: own text, neighbours' text, titles and headings. */
  columns: { own: 2, near: 1, head: 1.5 },

  /** Passages that each arm may put forward. */
  candidates: 100,
  /**
   * Passages whose bits come closest, and whose bytes are then compared (bench/library-search.ts: recall@10). While there
   * are few passages, all bytes are compared: 10,000 take 8 ms, and what lies far apart is told apart badly by bits.
   */
  rescored: 400,
  fewPassages: 10_000,
  /** Of the fused list, so many are loaded and looked at closely; twice as many as hits are asked for, if that is more. */
  looked: 40,

  /**
   * Reciprocal rank fusion: an arm gives weight / (K + rank). 10 and not the usual 60: measured on paraphrased questions
   * (notes: models.md §4), where K = 60 with equal weights loses ten points to vectors alone.
   */
  k: 10,
  meaning: 1,
  /**
   * Words weigh between these, by how much of the question (in idf) the best hit by words covers: a hit that has nearly all
   * of its rare words is what was meant; one with half of them is a coincidence.
   */
  words: { least: 0.2, most: 1.2, from: 0.45, to: 0.95 },
  /** Added where the question has what people copy and do not paraphrase: a quoted phrase, a number, an identifier. */
  exact: 0.5,
  /** Names of files, by the share of the question that the name covers; below the share none. */
  names: { weight: 0.8, from: 0.34 },
  /** An arm asked again within the dates of the question. */
  dated: 0.5,

  /** A term in neighbours or headings covers the question less than one in the passage itself. */
  coverage: { own: 1, head: 0.8, near: 0.5 },

  /**
   * Evidence in log-odds (`score.ts`), fitted to the tuning part of test/questions. What orders the hits of a question: cosine
   * to words as 26 to 6, by the likelihood of the passage that answers among all candidates. Half-covered questions are
   * coincidences: below `from` words say nothing, or they would lead away from what was meant. What turns it into
   * a probability: scale and base, by whether the question has an answer at all. A number or an identifier is a reason of
   * its own, and tells against a passage that lacks it, a name less so.
   */
  score: {
    base: -1.95,
    meaning: 6.2,
    words: 1.45,
    covered: { from: 0.6, to: 1 },
    exact: 1.5,
    missing: { exact: 3, name: 0.5 },
    named: 1.5,
    /** Where there is no vector. */
    blind: { base: -3, words: 5 },
  },
  /** A cosine from which on a hit is said to be found by meaning too. */
  meant: 0.33,
  /** Below, a hit is weak. */
  found: 0.5,

  /** Passages of one document among the hits, after neighbours were joined. */
  perDocument: 3,
  /** Neighbours that become one hit, if they fit nearly as well: this share of the best one's score. */
  joined: 3,
  asGood: 0.5,
  /** The sentence that lights up: words that it covers, beside its cosine. */
  sentence: 1.4,
} as const;

/** What a search may cost. */
export const COSTS = {
  /** Entries of the index of words that one question may rank; rarer words first. 25,000 take about 40 ms. */
  ranked: 25_000,
  /** A word is counted up to here; beyond, it is common. */
  counted: 25_001,
  /** A word in more paths than this names no file. */
  namesakes: 2_000,
  /** Words of a question. */
  terms: 32,
  /** Milliseconds for embedding sentences, judged by what the question's own vector took, and how many at most. */
  sentencesMs: 120,
  sentences: 24,
} as const;

/** A logistic curve: 0.5 in the middle, 0.73 one width above. */
export const logistic = (
  value: number,
  { middle, width }: { readonly middle: number; readonly width: number },
): number => 1 / (1 + Math.exp((middle - value) / width));

/** 0 up to `from`, 1 from `to` on, straight between. */
export const ramp = (value: number, from: number, to: number): number =>
  Math.min(1, Math.max(0, (value - from) / (to - from)));
