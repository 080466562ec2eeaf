/** All or nothing: a transaction, transactions inside it, and what happens when SQLite itself gives one up. */
import type { Connection } from './driver.ts';

export interface Transactions {
  /** Runs `work` in a transaction; inside another one, in a savepoint of it. `work` must not wait for anything. */
  transaction<T>(work: () => T): T;
  /** Before each statement: throws when the transaction it belongs to has already been given up. */
  check(): void;
}

export function transactions(db: Connection): Transactions {
  let depth = 0;
  let lost: unknown;

  /**
   * On a full disk SQLite may roll the whole transaction back by itself. If the caller swallowed that error, its next
   * statements would each be committed alone: half a transaction. So they fail with the first error instead.
   */
  const check = () => {
    if (depth > 0 && !db.inTransaction) throw lost ?? new Error('The transaction ended inside its own work.');
  };
  const undo = (savepoint: boolean, error: unknown) => {
    if (!db.inTransaction) lost ??= error;
    else if (savepoint) db.exec(`rollback to level_${depth}; release level_${depth}`);
    else db.exec('rollback');
  };
  return {
    check,
    transaction(work) {
      check();
      const savepoint = depth > 0;
      if (!savepoint) lost = undefined;
      depth++;
      try {
        db.exec(savepoint ? `savepoint level_${depth}` : 'begin immediate');
        try {
          const result = work();
          if (result instanceof Promise)
            throw new TypeError('A transaction cannot wait: its work must be synchronous.');
          check();
          db.exec(savepoint ? `release level_${depth}` : 'commit');
          return result;
        } catch (error) {
          undo(savepoint, error);
          throw error;
        }
      } finally {
        depth--;
      }
    },
  };
}
