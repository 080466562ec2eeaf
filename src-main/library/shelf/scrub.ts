/** Makes sure that no byte of what was taken out is left: in the indexes of words, in free pages, in the write-ahead log. */
import { setTimeout } from 'node:timers/promises';
import type { Store } from '../../base/ports.ts';
import { Fault } from '../../wire/index.ts';
import type { Custody } from './custody.ts';
import type { Pacer } from './pace.ts';

export interface ScrubNeeds {
  readonly store: Store;
  readonly write: Pacer;
  readonly hands: Custody;
}

/** Pages of an index a transaction. */
const PAGES = { least: 16, most: 2_000 };
const INDEXES = ['passage_words', 'file_words'] as const;
/** FTS5 keeps an index's structure in this row of its data. */
const STRUCTURE = 10;
const TRIES = 20;
const PAUSE_MS = 100;

/**
 * Rows that were deleted are zeroed in their pages (`secure_delete`). An index of words only notes that a row is gone, until
 * its segments are merged into one; that is done here, in pieces. FTS5's own 'secure-delete' would take the words out of
 * their lists at once, at 16 ms a passage in a library of 2,000 and more in a larger one: minutes for a folder, against
 * seconds for writing the whole index anew. Last, the write-ahead log, with older versions of all these pages, is
 * written back and cut to nothing.
 */
export function scrubber({ store: { background }, write, hands }: ScrubNeeds) {
  const pace = write(64, PAGES);

  const structure = async (index: string): Promise<string> => {
    const rows = await background.all<{ block: string }>(
      `SELECT hex(block) AS block FROM ${index}_data WHERE id = ${STRUCTURE}`,
    );
    return rows[0]?.block ?? '';
  };
  /** One segment and nothing to note: then a merge has nothing to do, and leaves the structure as it was. */
  const merge = async (index: string, signal?: AbortSignal): Promise<void> => {
    for (let before = '', now = await structure(index); now !== before;) {
      const pages = Math.round(pace.room);
      await pace.batch(
        [{ sql: `INSERT INTO ${index} (${index}, rank) VALUES ('merge', ?)`, params: [-pages] }],
        pages,
        signal,
      );
      [before, now] = [now, await structure(index)];
    }
  };
  const dirt = async (): Promise<number> =>
    (await background.all<{ dirty: number }>('SELECT dirty FROM shelf'))[0]!.dirty;

  /** @throws Fault `database-busy` when somebody reads without end */
  const emptyLog = async (signal?: AbortSignal): Promise<void> => {
    for (let i = 0; i < TRIES; i++) {
      const [row] = await background.all<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)', [], signal);
      if (row?.busy === 0) return;
      await setTimeout(PAUSE_MS, undefined, { signal });
    }
    throw new Fault(
      'database-busy',
      'What was taken out is gone, but traces of it may still lie in the encrypted log of the database. Try to remove it once more.',
    );
  };

  return async (signal?: AbortSignal): Promise<void> => {
    // New words would make new segments while the old ones are merged.
    const quiet = hands.stopKeeping();
    try {
      for (let dirty = await dirt(); dirty > 0; dirty = await dirt()) {
        for (const index of INDEXES) await merge(index, signal);
        await background.run('UPDATE shelf SET dirty = 0 WHERE dirty = ?', [dirty], signal);
      }
    } finally {
      quiet();
    }
    await emptyLog(signal);
  };
}
