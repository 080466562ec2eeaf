/** A shelf over a store with the library's tables, and files that point at what was kept: what tests of finding need. */
import { randomBytes } from 'node:crypto';
import type { Store } from '../../src-main/base/ports.ts';
import { openStore, type Cipher } from '../../src-main/base/store/store.ts';
import type { Embedder } from '../../src-main/library/ports.ts';
import type { Part, Told } from '../../src-main/library/parts.ts';
import { migrations } from '../../src-main/library/schema.ts';
import { openShelf } from '../../src-main/library/shelf/shelf.ts';
import type { Id } from '../../src-main/wire/schema.ts';
import { settableClock } from './clock.ts';
import { keptLog } from './log.ts';

export const PLACE = '01JAZZ0000000000000000000A' as Id;

export async function shelved(file: string, { cipher = 'aegis' as Cipher | 'plain', key = randomBytes(32) } = {}) {
  const clock = settableClock();
  // `plain` is no cipher that a room can ask for; a test that looks at raw bytes needs it.
  const store = await openStore({ file, key, cipher: cipher as Cipher, clock, log: keptLog() });
  await store.migrate('library', migrations);
  const shelf = openShelf({ store });
  const place = (id: Id, path: string) =>
    store.run(`INSERT OR IGNORE INTO place (id, kind, name, path, added_at) VALUES (?, 'folder', 'p', ?, 0)`, id, path);
  place(PLACE, '/home/anna');
  const point = (content: number, path: string, changedAt: number, at: Id) =>
    store.run(
      `INSERT INTO file (place, path, state, size, changed_at, content) VALUES (?, ?, 'read', 1, ?, ?)
       ON CONFLICT (path) DO UPDATE SET content = excluded.content`,
      at,
      path,
      changedAt,
      content,
    );
  return {
    store,
    shelf,
    clock,
    place,
    point,
    /** Keeps parts as the content of a file. */
    async file(path: string, parts: readonly Partial<Part>[] | string, { changedAt = 0, at = PLACE, hash = '' } = {}) {
      const list = typeof parts === 'string' ? [{ text: parts }] : parts;
      const key = { hash: hash || JSON.stringify([path, list]), how: '1' };
      const kept = await shelf.keep(key, told(list));
      point(kept.content, path, changedAt, at);
      return kept;
    },
    /** Gives every passage its vector. */
    async embed(embedder: Embedder) {
      const { id } = embedder.embedderNow()!;
      for (;;) {
        const bare = await shelf.bare(id, 50);
        if (bare.length === 0) return;
        const vectors = await embedder.embed(
          bare.map(({ text }) => text),
          { behind: true },
        );
        await shelf.keepVectors(
          id,
          bare.map(({ passage }, i) => ({ passage, vector: vectors[i]! })),
        );
      }
    },
    unpoint: (path: string) => store.run('DELETE FROM file WHERE path = ?', path),
    [Symbol.asyncDispose]: () => store.close(),
  };
}

export async function* told(parts: readonly Partial<Part>[]): AsyncGenerator<Told> {
  for (const part of parts) yield { kind: 'part', part: { kind: 'markdown', text: '', ...part } };
}

/**
 * Whether the index of words is whole; FTS5 throws when it is not. `all`: also whether it says what the passages say, which
 * it does not while a content is being kept or taken out.
 */
export const checkWords = (store: Store, { all = true } = {}) => {
  const ask = (table: string, rank: number) =>
    store.run(`INSERT INTO ${table} (${table}, rank) VALUES ('integrity-check', ?)`, rank);
  ask('passage_words', all ? 1 : 0);
  ask('file_words', 1);
};
