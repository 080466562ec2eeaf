/** Takes contents out for good, in pieces: words, vectors, passages, documents; then no byte of them is left in the file. */
import { setTimeout } from 'node:timers/promises';
import type { Statement, Store } from '../../base/ports.ts';
import type { Shelf } from '../shelf.ts';
import type { Custody } from './custody.ts';
import type { Pacer } from './pace.ts';
import { scrubber } from './scrub.ts';

export interface SweepNeeds {
  readonly store: Store;
  readonly write: Pacer;
  readonly hands: Custody;
}

/** Passages a transaction. */
const WORDS = { least: 5, most: 500 };
const ROWS = { least: 10, most: 2_000 };
const CONTENTS = 200;

const THOSE = 'IN (SELECT value FROM json_each(?))';

export function sweeper({ store, write, hands }: SweepNeeds) {
  const wordsPace = write(10, WORDS);
  const rowsPace = write(100, ROWS);
  const { background } = store;
  const scrubbed = scrubber({ store, write, hands });

  /** Contents that no file points at, and that nobody is about to point at. */
  const unwanted = async (signal?: AbortSignal): Promise<number[]> => {
    // Asked here first, so that an empty shelf does not start the store's worker.
    if (!store.get('SELECT 1 FROM content')) return [];
    for (;;) {
      const rows = await background.all<{ id: number }>(
        'SELECT id FROM content c WHERE NOT EXISTS (SELECT 1 FROM file WHERE content = c.id)',
        [],
        signal,
      );
      const ids = rows.map(({ id }) => id).filter((id) => !hands.isHeld(id));
      const wait = ids.reduce((most, id) => Math.max(most, hands.graceOf(id)), 0);
      if (wait === 0) return ids;
      await setTimeout(wait, undefined, { signal });
    }
  };

  const inPieces = async (
    ids: readonly number[],
    pace: ReturnType<Pacer>,
    statements: (some: string) => readonly Statement[],
    signal?: AbortSignal,
  ) => {
    for (let i = 0; i < ids.length;) {
      const some = ids.slice(i, i + Math.max(1, Math.floor(pace.room)));
      i += some.length;
      await pace.batch(statements(JSON.stringify(some)), some.length, signal);
    }
  };

  /** Takes these out, if no file points at them. Ended at any point, it can be begun again. */
  const clearSome = async (contents: readonly number[], signal?: AbortSignal): Promise<number> => {
    const asked = JSON.stringify(contents);
    // Nobody finds it any more, and the same bytes can be read anew at once.
    await background.run(
      `UPDATE content SET complete = 0, hash = 'leaving ' || id
        WHERE id ${THOSE} AND NOT EXISTS (SELECT 1 FROM file WHERE content = content.id)`,
      [asked],
      signal,
    );
    const leaving = await background.all<{ id: number }>(
      `SELECT id FROM content WHERE id ${THOSE} AND complete = 0`,
      [asked],
      signal,
    );
    const going = JSON.stringify(leaving.map(({ id }) => id));
    const rows = await background.all<{ id: number }>(
      `SELECT p.id FROM passage p JOIN document d ON d.id = p.document WHERE d.content ${THOSE} ORDER BY p.id`,
      [going],
      signal,
    );
    const ids = rows.map(({ id }) => id);
    // All words first: the index is told what to forget, and a passage's words are also its neighbours'. What an end in
    // the middle took out already is not there any more (docsize has a row for each indexed passage).
    await inPieces(
      ids,
      wordsPace,
      (some) => [
        {
          sql: `INSERT INTO passage_words (passage_words, rowid, own, near, head)
                SELECT 'delete', w.id, w.own, w.near, w.head FROM passage_window w
                 WHERE w.id ${THOSE} AND EXISTS (SELECT 1 FROM passage_words_docsize z WHERE z.id = w.id)`,
          params: [some],
        },
        { sql: 'UPDATE shelf SET dirty = dirty + 1' },
      ],
      signal,
    );
    await inPieces(
      ids,
      rowsPace,
      (some) => [
        ...['passage_bits', 'passage_bytes', 'passage_bare'].map((table) => ({
          sql: `DELETE FROM ${table} WHERE passage ${THOSE}`,
          params: [some],
        })),
        { sql: `DELETE FROM passage WHERE id ${THOSE}`, params: [some] },
      ],
      signal,
    );
    const documents = await background.all<{ id: number }>(`SELECT id FROM document WHERE content ${THOSE}`, [going]);
    await inPieces(
      documents.map(({ id }) => id),
      rowsPace,
      (some) => [{ sql: `DELETE FROM document WHERE id ${THOSE}`, params: [some] }],
      signal,
    );
    await background.run(`DELETE FROM content WHERE id ${THOSE}`, [going], signal);
    return ids.length;
  };

  const clear = async (contents: readonly number[], signal?: AbortSignal): Promise<number> => {
    let passages = 0;
    for (let i = 0; i < contents.length; i += CONTENTS) {
      const some = contents.slice(i, i + CONTENTS);
      for (const content of some) hands.leave(content);
      try {
        passages += await clearSome(some, signal);
      } finally {
        for (const content of some) hands.gone(content);
      }
    }
    return passages;
  };

  const sweep: Shelf['sweep'] = async ({ scrub = false } = {}, signal) => {
    const passages = await clear(await unwanted(signal), signal);
    if (scrub) await scrubbed(signal);
    return { passages };
  };
  return { sweep, clear };
}
