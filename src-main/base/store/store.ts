/** The one encrypted SQLite file: opens it, keeps transactions whole, and reports every bad day as a Fault. */
import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { wipe } from '../bytes.ts';
import type { Clock, Log, SqlValue, Store } from '../ports.ts';
import { backUp, newestBackup } from './backup.ts';
import { openBackground } from './background.ts';
import { bearsMark, connectDatabase, type Cipher, type Connection, type ConnectionOptions } from './driver.ts';
import { asFault, closedFault, damaged, wrongKey } from './faults.ts';
import { migrateRoom } from './migrate.ts';
import { transactions } from './transaction.ts';

export type { Cipher } from './driver.ts';

export interface OpenStoreOptions {
  /** `<data>/daimon.db`; it and its folder are made when missing. */
  readonly file: string;
  /** 32 bytes, used raw. Copied: the caller wipes its own. */
  readonly key: Uint8Array;
  /** What vault.json says the file is encrypted with. */
  readonly cipher?: Cipher;
  readonly clock: Clock;
  readonly log: Log;
  /** KiB of decrypted pages in memory, of each connection (default 16 MiB, and 96 MiB of the worker's). */
  readonly cacheKb?: number;
  /** Milliseconds to wait for another process's lock (default 5,000). */
  readonly busyMs?: number;
  /** Upper bound in pages; for tests of a full disk. */
  readonly maxPages?: number;
}

/** Searches read the whole index of vectors: what does not fit is decrypted again each time (100,000 passages: 60 MB). */
const WORKER_CACHE_KB = 98_304;

/**
 * Opens the store, making the file (mode 0600) when there is none.
 *
 * @throws Fault `database-key` (the file belongs to another key), `database-damaged` (names the newest backup; nothing
 *   was overwritten), `database-busy`, `database-unreachable`, `disk-full`. The same Faults come from every query later.
 */
// Async although opening takes under a millisecond today: callers already wait for migrations.
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { file, cipher = 'aegis', clock, log, cacheKb, busyMs, maxPages } = options;
  const key = new Uint8Array(options.key);
  const connection: ConnectionOptions = {
    file,
    key,
    cipher,
    ...(cacheKb !== undefined && { cacheKb }),
    ...(busyMs !== undefined && { busyMs }),
    ...(maxPages !== undefined && { maxPages }),
  };
  let db: Connection;
  try {
    db = open(connection);
  } catch (error) {
    wipe(key);
    throw error;
  }
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw asFault(error, file);
    }
  };
  const { transaction, check } = transactions(db);
  const background = openBackground({ ...connection, cacheKb: cacheKb ?? WORKER_CACHE_KB });
  // A file that this opening made holds nothing that a backup could save.
  const isNew = db.get<{ n: number }>('select count(*) as n from sqlite_master', [])!.n === 0;
  let firstBackup: string | undefined;
  let closed = false;

  const query =
    <R>(one: (sql: string, params: readonly SqlValue[]) => R) =>
    (sql: string, ...params: SqlValue[]): R =>
      guard(() => {
        if (closed) throw closedFault();
        check();
        return one(sql, params);
      });
  return {
    get: query((sql, params) => db.get(sql, params)) as Store['get'],
    all: query((sql, params) => db.all(sql, params)) as Store['all'],
    run: query((sql, params) => db.run(sql, params)),
    transaction: (work) => {
      if (closed) throw closedFault();
      return guard(() => transaction(work));
    },
    background,
    async migrate(room, migrations) {
      guard(() =>
        migrateRoom(
          {
            db,
            clock,
            log,
            transaction,
            backUp(what) {
              if (isNew) return;
              const made = backUp(db, file, what, firstBackup);
              firstBackup ??= made;
            },
          },
          room,
          migrations,
        ),
      );
    },
    async close() {
      if (closed) return;
      closed = true;
      await background.close();
      guard(() => db.close());
      wipe(key);
    },
  };
}

function open(options: ConnectionOptions): Connection {
  const { file, key } = options;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const empty = !existsSync(file) || statSync(file).size === 0;
    // Backups without a file that they are backups of: it was lost or cut to nothing. A fresh one would hide that.
    if (empty && newestBackup(file)) throw damaged(file);
    // SQLite would make it readable for others; its log and index take over the mode of the file.
    if (empty) closeSync(openSync(file, 'a', 0o600));
    return connectDatabase(options);
  } catch (error) {
    if ((error as { code?: string }).code === 'SQLITE_NOTADB' && !bearsMark(file, key)) throw wrongKey(error);
    throw asFault(error, file);
  }
}
