/** The documents of the question set in an encrypted library: read, cut, kept and embedded as the app does it. */
import { randomBytes } from 'node:crypto';
import { openStore } from '../../src-main/base/store/store.ts';
import type { Hit } from '../../src-main/library/door.ts';
import { searcher } from '../../src-main/library/finding/search.ts';
import type { Told } from '../../src-main/library/parts.ts';
import type { Embedder } from '../../src-main/library/ports.ts';
import { migrations } from '../../src-main/library/schema.ts';
import { openShelf } from '../../src-main/library/shelf/shelf.ts';
import { settableClock } from '../fakes/clock.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { keptLog } from '../fakes/log.ts';
import { openCorpusReader } from './corpus.ts';
import { documentFiles } from './questions.ts';

export const ARMS = ['words', 'meaning', 'both'] as const;
export type Arm = (typeof ARMS)[number];

export interface QuestionLibrary extends AsyncDisposable {
  readonly passages: number;
  /** Hits have the file's path below the folder of documents. */
  ask(query: string, arm: Arm, how?: { readonly limit?: number; readonly weak?: boolean }): Promise<Hit[]>;
}

/** A place and no more: the question set has no folder that changes. */
const PLACE = '01JAZZ0000000000000000000A';

export async function openQuestionLibrary(embedder: Embedder, signal?: AbortSignal): Promise<QuestionLibrary> {
  const folder = temporaryFolder();
  const clock = settableClock();
  const store = await openStore({
    file: folder.file('daimon.db'),
    key: randomBytes(32),
    cipher: 'aegis',
    clock,
    log: keptLog(),
  });
  await store.migrate('library', migrations);
  const shelf = openShelf({ store });
  store.run(`INSERT INTO place (id, kind, name, path, added_at) VALUES (?, 'folder', 'documents', '/', 0)`, PLACE);

  const reader = openCorpusReader(folder.path);
  for (const file of documentFiles()) {
    const { content } = await shelf.keep({ hash: file, how: 'questions' }, partsOf(reader.parts(file)), signal);
    store.run(
      `INSERT INTO file (place, path, state, size, changed_at, content) VALUES (?, ?, 'read', 1, 0, ?)`,
      PLACE,
      file,
      content,
    );
  }
  await reader.close();

  const { id } = embedder.embedderNow()!;
  for (let bare = await shelf.bare(id, 64); bare.length > 0; bare = await shelf.bare(id, 64)) {
    const vectors = await embedder.embed(
      bare.map(({ text }) => text),
      { behind: true },
      signal,
    );
    await shelf.keepVectors(
      id,
      bare.map(({ passage }, i) => ({ passage, vector: vectors[i]! })),
    );
  }

  const absent: Embedder = { ...embedder, embedderNow: () => undefined };
  const search = {
    words: searcher({ store, clock, embedder: absent }),
    meaning: searcher({ store, clock, embedder, arms: 'meaning' }),
    both: searcher({ store, clock, embedder }),
  };
  return {
    passages: shelf.totals().passages,
    ask: (query, arm, how) => search[arm]({ query, ...how }, signal),
    async [Symbol.asyncDispose]() {
      await store.close();
      folder[Symbol.dispose]();
    },
  };
}

async function* partsOf(told: AsyncIterable<Told | { readonly kind: 'end' }>): AsyncGenerator<Told> {
  for await (const one of told) if (one.kind !== 'end') yield one;
}
