/** Finding words among 100,000 messages, and listing 5,000 conversations, over the real encrypted store. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { systemClock } from '../src-main/base/clock.ts';
import { idFactory } from '../src-main/base/id.ts';
import type { Store } from '../src-main/base/ports.ts';
import { openStore } from '../src-main/base/store/store.ts';
import { migrations } from '../src-main/assistant/schema.ts';
import { matchExpression, search } from '../src-main/assistant/search.ts';
import { openTree } from '../src-main/assistant/tree.ts';
import type { Figure } from './figure.ts';

export const CONVERSATIONS = 5_000;
const MESSAGES = 100_000;
const VOCABULARY = 40_000;
const SAMPLES = 9;
const BOUND_MS = 100;

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function numbers(seed: number) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
/** The word of a rank; neighbours of one rank share no long beginning, as words of a language do not. */
const wordOf = (rank: number) => {
  let text = '';
  for (let left = Math.imul(rank + 1, 0x9e3779b1) >>> 0; text.length < 7; left = Math.floor(left / 23))
    text += 'aeioubcdfghklmnprstvwyz'[left % 23]!;
  return text.slice(0, 2 + (rank % 6)) + rank.toString(36);
};
/** Ranks by Zipf's law with exponent 1: the k-th word is k times as rare as the first. */
const zipf = (random: () => number) => Math.floor(VOCABULARY ** random()) - 1;

/** A store of 5,000 conversations with 20 messages each: questions of 20 words, answers of 100. */
export async function manyMessages(file: string): Promise<Store> {
  const store = await openStore({
    file,
    key: randomBytes(32),
    clock: systemClock,
    log: { info() {}, unexpected: () => '' },
  });
  await store.migrate('assistant', migrations);
  const ids = idFactory(systemClock);
  const random = numbers(20);
  const text = (words: number) => Array.from({ length: words }, () => wordOf(zipf(random))).join(' ');
  const each = MESSAGES / CONVERSATIONS;
  for (let from = 0; from < CONVERSATIONS; from += 100)
    store.transaction(() => {
      for (let c = from; c < from + 100; c++) {
        const conversation = ids();
        store.run(
          `INSERT INTO conversation (id, title, created_at, changed_at, model, length, folder, shape)
           VALUES (?, ?, ?, ?, 'm', ?, ?, ?)`,
          conversation,
          text(6),
          c * 1000,
          c * 1000 + 500,
          each,
          c % 3 ? null : `Folder ${c % 30}`,
          c % 10 ? '{}' : '{"temperature":0.2,"system":"Answer briefly."}',
        );
        let parent: string | null = null;
        for (let i = 0; i < each; i++) {
          const id = ids();
          store.run(
            'INSERT INTO message (id, conversation, parent, depth, role, text, at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
            id,
            conversation,
            parent,
            i + 1,
            i % 2 ? 'assistant' : 'user',
            text(i % 2 ? 100 : 20),
            c * 1000 + i,
            i % 2 ? 'done' : null,
          );
          parent = id;
        }
        store.run('UPDATE conversation SET tip = ? WHERE id = ?', parent, conversation);
        store.run(
          'INSERT INTO message_words (rowid, text) SELECT n, text FROM message WHERE conversation = ?',
          conversation,
        );
      }
    });
  return store;
}

const QUERIES: Record<string, string> = {
  'the commonest word': wordOf(0),
  'three common words': [1, 2, 3].map(wordOf).join(' '),
  'the first two letters of many words': wordOf(0).slice(0, 2),
  'a word of the middle': wordOf(300),
  'a rare word': wordOf(30_000),
  'a common and a rare word': `${wordOf(2)} ${wordOf(20_000)}`,
  'a word that is nowhere': 'qqqqq',
};

async function timed(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return times[SAMPLES >> 1]!;
}

/** Medians of each kind of query, and of the list that the window shows. */
export async function searchFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'daimon-bench-'));
  try {
    const store = await manyMessages(join(folder, 'daimon.db'));
    const figures: Figure[] = [];
    for (const [name, query] of Object.entries(QUERIES)) {
      const match = matchExpression(query)!;
      const median = await timed(() => search(store, match, 50));
      figures.push({
        name: `search among 100,000 messages: ${name}`,
        value: median,
        unit: 'ms',
        bound: `≤ ${BOUND_MS} ms`,
        holds: median <= BOUND_MS,
      });
    }
    const tree = openTree({ store, clock: systemClock, ids: idFactory(systemClock) });
    const median = await timed(() => tree.conversations(CONVERSATIONS));
    figures.push({
      name: 'list of 5,000 conversations',
      value: median,
      unit: 'ms',
      bound: '≤ 15 ms',
      holds: median <= 15,
    });
    await store.close();
    return figures;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
