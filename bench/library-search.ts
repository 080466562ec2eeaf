/** Finding among 1,000, 10,000 and 100,000 encrypted passages: how long it takes, and how much the quick look at vectors loses. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { systemClock } from '../src-main/base/clock.ts';
import type { Store } from '../src-main/base/ports.ts';
import { changeCipher } from '../src-main/base/store/cipher.ts';
import { openStore, type Cipher } from '../src-main/base/store/store.ts';
import { byMeaning, byWord, frequencies } from '../src-main/library/finding/arms.ts';
import { openFinding } from '../src-main/library/finding/finding.ts';
import { questionOf } from '../src-main/library/finding/question.ts';
import type { Told } from '../src-main/library/parts.ts';
import type { Embedder } from '../src-main/library/ports.ts';
import { migrations } from '../src-main/library/schema.ts';
import { openShelf } from '../src-main/library/shelf/shelf.ts';
import type { Id } from '../src-main/wire/schema.ts';
import type { Figure } from './figure.ts';

const SIZES = [1_000, 10_000, 100_000] as const;
const PER_DOCUMENT = 20;
const WORDS = 110;
const VOCABULARY = 40_000;
const DIMENSIONS = 384;
const QUESTIONS = 60;
const QUESTION_WORDS = 15;
const EMBEDDER = 'synthetic';

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function numbers(seed: number) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
/** The word of a rank: letters alone, neighbours of one rank unlike each other, three letters at least. */
const wordOf = (rank: number) => {
  let text = '';
  for (let left = Math.imul(rank + 1, 0x9e3779b1) >>> 0, i = 0; i < 7; i++, left = Math.floor(left / 7))
    text += (i % 2 ? 'aeiou' : 'bdfgklmnprstvz')[(left + i * 3) % (i % 2 ? 5 : 14)]!;
  return text.slice(0, 3 + (rank % 5));
};

/** Vectors around centres, as texts about some hundreds of things are. */
function space(random: () => number) {
  const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
  const centres = Array.from({ length: 1_000 }, () => Float32Array.from({ length: DIMENSIONS }, normal));
  return (centre: number): Float32Array => {
    const vector = centres[centre]!.map((value) => value + 0.9 * normal());
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  };
}

interface World {
  readonly texts: string[];
  readonly vectors: Float32Array[];
  /** Passage ids, in the order of `vectors`. */
  readonly ids: number[];
}

/** Fills the shelf up to `size` passages, through the shelf itself; gives what that took. */
async function fill(store: Store, world: World, size: number, make: ReturnType<typeof maker>) {
  const shelf = openShelf({ store });
  const began = performance.now();
  const before = world.texts.length;
  while (world.texts.length < size) {
    const paragraphs = Array.from({ length: PER_DOCUMENT }, make.text);
    world.texts.push(...paragraphs);
    const number = world.texts.length;
    const parts = async function* (): AsyncGenerator<Told> {
      yield { kind: 'part', part: { kind: 'text', title: make.words(5), text: paragraphs.join('\n\n') } };
    };
    const { content } = await shelf.keep({ hash: `${number}`, how: '1' }, parts());
    store.run(
      `INSERT INTO file (place, path, state, size, changed_at, content) VALUES ('p', ?, 'read', 1, ?, ?)`,
      `/home/anna/${make.words(1)}/${make.words(3).replaceAll(' ', '_')}_${number}.txt`,
      number * 1e6,
      content,
    );
  }
  const words = performance.now() - began;
  const half = performance.now();
  for (;;) {
    const bare = await shelf.bare(EMBEDDER, 400);
    if (bare.length === 0) break;
    const made = bare.map(({ passage }) => ({ passage, vector: make.vector() }));
    for (const { passage, vector } of made) {
      world.ids.push(passage);
      world.vectors.push(vector);
    }
    await shelf.keepVectors(EMBEDDER, made);
  }
  const added = world.texts.length - before;
  return { words: (added / words) * 1000, vectors: (added / (performance.now() - half)) * 1000 };
}

function maker(random: () => number) {
  const at = space(random);
  // Zipf's law with exponent 1: the k-th word is k times as rare as the first.
  const words = (count: number) =>
    Array.from({ length: count }, () => wordOf(Math.floor(VOCABULARY ** random()) - 1)).join(' ');
  return { words, text: () => `${words(WORDS)}.`, vector: () => at(Math.floor(random() * 1_000)) };
}

const percentile = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;

interface Asked {
  readonly text: string;
  readonly vector: Float32Array;
}

async function times(questions: readonly Asked[], work: (question: Asked) => Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  for (const question of questions) {
    const began = performance.now();
    await work(question);
    took.push(performance.now() - began);
  }
  return took;
}

async function measure(store: Store, questions: readonly Asked[]) {
  let asked = questions[0]!.vector;
  const embedder: Embedder = {
    embedderNow: () => ({ id: EMBEDDER, dimensions: DIMENSIONS }),
    embed: async (texts) => texts.map(() => asked),
    onEmbedder: () => () => {},
  };
  const finding = openFinding({ store, clock: systemClock, embedder });
  const hybrid = async ({ text, vector }: Asked) => {
    asked = vector;
    return finding.search({ query: text, weak: true });
  };
  const passages = store.get<{ passages: number }>('SELECT passages FROM shelf')!.passages;
  const countsOf = frequencies(store);
  const words = async ({ text }: Asked) => {
    const question = questionOf(text);
    return byWord(store, question, await countsOf(question.terms, passages), {});
  };
  const meaning = ({ vector }: Asked) => byMeaning(store, { vector, embedder: EMBEDDER, passages }, {});
  // The first look fills the cache of pages, as the first question of a day does.
  const first = await times(questions.slice(0, 1), hybrid);
  await times(questions.slice(1, 6), hybrid);
  return {
    first: first[0]!,
    hybrid: await times(questions, hybrid),
    words: await times(questions, words),
    meaning: await times(questions, meaning),
    within: await times(questions, async ({ text, vector }) => {
      asked = vector;
      return finding.search({ query: text, weak: true, places: ['p' as Id], since: 0 });
    }),
  };
}

/** Share of the ten nearest by exact comparison of 32-bit floats that the vector arm has among its first ten. */
async function recall(store: Store, { ids, vectors }: World, questions: readonly Asked[]): Promise<number> {
  let found = 0;
  for (const { vector } of questions) {
    const dots = vectors.map((one, i) => {
      let sum = 0;
      for (let k = 0; k < DIMENSIONS; k++) sum += one[k]! * vector[k]!;
      return { id: ids[i]!, sum };
    });
    const exact = new Set(
      dots
        .sort((a, b) => b.sum - a.sum)
        .slice(0, 10)
        .map(({ id }) => id),
    );
    const got = (await byMeaning(store, { vector, embedder: EMBEDDER, passages: ids.length }, {})).slice(0, 10);
    found += got.filter(({ passage }) => exact.has(passage)).length;
  }
  return found / (questions.length * 10);
}

/** Removes the first files, and meanwhile writes as an answer does that is being kept. */
async function takeOut(store: Store, files: number) {
  store.run('DELETE FROM file WHERE id <= ?', files);
  const began = performance.now();
  const going = openShelf({ store })
    .sweep({ scrub: true })
    .then(() => true);
  let longest = 0;
  store.run('CREATE TABLE beside (at REAL)');
  while (!(await Promise.race([going, new Promise<false>((resolve) => setTimeout(() => resolve(false), 25))]))) {
    const asked = performance.now();
    store.run('INSERT INTO beside VALUES (?)', asked);
    longest = Math.max(longest, performance.now() - asked);
  }
  return { seconds: (performance.now() - began) / 1000, longest };
}

export async function searchFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'daimon-bench-'));
  const file = join(folder, 'daimon.db');
  const key = randomBytes(32);
  const open = (cipher: Cipher) =>
    openStore({ file, key, cipher, clock: systemClock, log: { info() {}, unexpected: () => '' } });
  const figures: Figure[] = [];
  const figure = (name: string, value: number, unit: string, bound?: string, holds?: boolean) =>
    figures.push({ name, value, unit, ...(bound !== undefined && { bound, holds: holds! }) });
  try {
    let store = await open('aegis');
    await store.migrate('library', migrations);
    store.run(`INSERT INTO place (id, kind, name, path, added_at) VALUES ('p', 'folder', 'p', '/home/anna', 0)`);
    const random = numbers(21);
    const make = maker(random);
    const world: World = { texts: [], vectors: [], ids: [] };
    let questions: Asked[] = [];
    let before: number | undefined;
    for (const size of SIZES) {
      const rates = await fill(store, world, size, make);
      // A third of a question's words stand in one passage, the rest are as common as words are.
      questions = Array.from({ length: QUESTIONS }, () => {
        const from = world.texts[Math.floor(random() * world.texts.length)]!.split(' ');
        const some = Array.from({ length: QUESTION_WORDS / 3 }, () => from[Math.floor(random() * from.length)]!);
        return { text: `${some.join(' ')} ${make.words((QUESTION_WORDS * 2) / 3)}`, vector: make.vector() };
      });
      const took = await measure(store, questions);
      const label = `${size.toLocaleString('en')} passages`;
      const p95 = percentile(took.hybrid, 0.95);
      const last = size === SIZES.at(-1);
      if (last) figure(`search among ${label}, p95`, p95, 'ms', '≤ 200 ms', p95 <= 200);
      else figure(`search among ${label}, p95`, p95, 'ms');
      figure(`search among ${label}, median`, percentile(took.hybrid, 0.5), 'ms');
      if (before !== undefined)
        figure(`search among ${label}, against a tenth of them`, p95 / before, '×', '≤ 10 ×', p95 / before <= 10);
      before = p95;
      figure(`  by word alone, p95`, percentile(took.words, 0.95), 'ms');
      figure(`  by meaning alone, p95`, percentile(took.meaning, 0.95), 'ms');
      figure(`  within a folder and a time that hold all of them, p95`, percentile(took.within, 0.95), 'ms');
      figure(`  first question after opening`, took.first, 'ms');
      const hits = await recall(store, world, questions.slice(0, 20));
      figure(`  recall@10 of vectors against exact search`, hits, '', '≥ .95', hits >= 0.95);
      figure(`  kept with their words`, rates.words, 'passages/s');
      figure(`  vectors kept`, rates.vectors, 'passages/s');
    }
    const { seconds, longest } = await takeOut(store, 50);
    figure('taking 1,000 of them out for good', seconds, 's');
    figure('  the longest that a write of another waited for it', longest, 'ms');
    await store.close();
    figure('database of 100,000 passages', statSync(file).size / 2 ** 20, 'MiB');
    changeCipher({ file, key, from: 'aegis', to: 'sqlcipher' });
    store = await open('sqlcipher');
    const took = await measure(store, questions);
    figure('the same in SQLCipher: search among 100,000 passages, p95', percentile(took.hybrid, 0.95), 'ms');
    figure('  first question after opening', took.first, 'ms');
    await store.close();
    return figures;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) console.table(await searchFigures());
