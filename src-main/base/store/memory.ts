/** A store that lives in memory only: the same tables and rules, no file, no key, gone when it is closed. */
import type { Clock, SqlValue, Store } from '../ports.ts';
import { connectDatabase } from './driver.ts';
import { closedFault } from './faults.ts';
import { migrateRoom } from './migrate.ts';
import { transactions } from './transaction.ts';

/**
 * Opens an empty database in this process's memory. Pages are never encrypted, because they never leave it; sorts do not
 * spill (`temp_store = MEMORY`), and deleted rows are overwritten (`secure_delete`).
 *
 * Work for `background` runs at once, on the one connection that such a database has: what is kept here is small.
 */
export function openMemoryStore({ clock }: { readonly clock: Clock }): Store {
  const db = connectDatabase({ file: ':memory:', key: new Uint8Array(), cipher: 'plain' });
  const { transaction, check } = transactions(db);
  let closed = false;

  const query =
    <R>(one: (sql: string, params: readonly SqlValue[]) => R) =>
    (sql: string, ...params: SqlValue[]): R => {
      if (closed) throw closedFault();
      check();
      return one(sql, params);
    };
  const get = query((sql, params) => db.get(sql, params)) as Store['get'];
  const all = query((sql, params) => db.all(sql, params)) as Store['all'];
  const run = query((sql, params) => db.run(sql, params));
  const whole: Store['transaction'] = (work) => {
    if (closed) throw closedFault();
    return transaction(work);
  };
  return {
    get,
    all,
    run,
    transaction: whole,
    background: {
      async all<T>(sql: string, params: readonly SqlValue[] = [], signal?: AbortSignal) {
        signal?.throwIfAborted();
        return all<T>(sql, ...params);
      },
      async run(sql, params = [], signal) {
        signal?.throwIfAborted();
        return { changes: run(sql, ...params).changes };
      },
      async batch(statements, signal) {
        signal?.throwIfAborted();
        return whole(() => ({
          changes: statements.reduce((sum, { sql, params = [] }) => sum + run(sql, ...params).changes, 0),
        }));
      },
    },
    async migrate(room, migrations) {
      const log = { info() {}, unexpected: () => '' };
      migrateRoom({ db, clock, log, transaction: whole, backUp() {} }, room, migrations);
    },
    async close() {
      if (closed) return;
      closed = true;
      db.close();
    },
  };
}
