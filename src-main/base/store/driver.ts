/** The only importer of SQLite: one keyed connection with our pragmas, statements cached by their text. */
import { createHmac } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import Database from 'better-sqlite3';
import { concat, equal, wipe } from '../bytes.ts';
import type { SqlValue } from '../ports.ts';
import { loadVectors } from './vectors.ts';

/**
 * `aegis`: AEGIS-256 (draft-irtf-cfrg-aegis-aead), a nonce and a tag for each page; 1.2–1.8 × the time of plain SQLite
 * where the processor has AES instructions. `sqlcipher`: SQLCipher 4 (AES-256-CBC, HMAC-SHA512), 3–6 ×, for those who
 * want a format with twenty years of review. `plain` is for a database that never leaves memory, and for
 * the bench, which compares with it; no room can ask for it.
 */
export type Cipher = 'aegis' | 'sqlcipher';

export interface ConnectionOptions {
  readonly file: string;
  /** 32 bytes, used as they are: no password derivation runs. Not kept by JavaScript after the call. */
  readonly key: Uint8Array;
  readonly cipher: Cipher | 'plain';
  /** KiB of pages kept in memory (decrypted, in this process only). */
  readonly cacheKb?: number;
  /** Milliseconds to wait for another connection's lock. */
  readonly busyMs?: number;
  /** Upper bound of the file in pages; tests make a full disk with it. */
  readonly maxPages?: number;
  /** Bytes of a page, for a new file. */
  readonly pageSize?: number;
}

export interface Connection {
  get<T>(sql: string, params: readonly SqlValue[]): T | undefined;
  all<T>(sql: string, params: readonly SqlValue[]): T[];
  run(sql: string, params: readonly SqlValue[]): { readonly changes: number; readonly lastId: number | bigint };
  /** Rows one by one; leaving the loop ends the query. */
  each<T>(sql: string, params: readonly SqlValue[]): IterableIterator<T>;
  /** Several statements without parameters. */
  exec(sql: string): void;
  pragma(source: string): unknown;
  readonly inTransaction: boolean;
  /** Encrypts the whole file anew. The journal must not be a write-ahead log. */
  rekey(key: Uint8Array, cipher: Cipher): void;
  close(): void;
}

interface Keyed {
  key(key: Buffer): number;
  rekey(key: Buffer): number;
}

const STATEMENTS = 256;
/** Larger pages make bulk work up to 15 % faster and single commits up to 18 % slower (bench/store.ts): a wallet commits. */
const PAGE_SIZE = 4096;

/**
 * Opens a connection and proves the key by reading the schema.
 *
 * @throws the library's error (see faults.ts); nothing is written to a file that does not open
 */
export function connectDatabase(options: ConnectionOptions): Connection {
  const { file, key, cipher, cacheKb = 16_384, busyMs = 5_000, maxPages, pageSize = PAGE_SIZE } = options;
  const db = new Database(file, { timeout: busyMs });
  try {
    if (cipher !== 'plain') unlock(db, key, cipher, 'key');
    // An encrypted temporary file does not exist in SQLite: sorts that spilled would lie on disk in clear.
    db.pragma('temp_store = MEMORY');
    db.pragma(`page_size = ${pageSize}`);
    // Reads the first page: a wrong key or a damaged header ends here, before anything could be written.
    db.prepare('select count(*) from sqlite_master').get();
    db.pragma('journal_mode = WAL');
    // In WAL mode NORMAL already survives kill -9 (the pages lie in the system's cache); only FULL survives a power cut.
    // A commit costs one fsync: what it costs here is printed by bench/store.ts. We promise "on disk", so FULL.
    db.pragma('synchronous = FULL');
    db.pragma('secure_delete = ON');
    db.pragma('foreign_keys = ON');
    // Functions and virtual tables that are not marked innocent are refused inside triggers and views, so a planted
    // schema can do nothing.
    db.pragma('trusted_schema = OFF');
    db.pragma(`cache_size = -${cacheKb}`);
    db.pragma('journal_size_limit = 67108864');
    loadVectors(db);
    if (maxPages !== undefined) db.pragma(`max_page_count = ${maxPages}`);
  } catch (error) {
    db.close();
    throw error;
  }

  const cache = new Map<string, Database.Statement>();
  const statement = (sql: string) => {
    let found = cache.get(sql);
    if (found) return found;
    found = db.prepare(sql);
    // Texts are few and fixed; the bound only stops a caller that builds SQL from growing the process.
    if (cache.size >= STATEMENTS) cache.delete(cache.keys().next().value!);
    cache.set(sql, found);
    return found;
  };
  return {
    get: <T>(sql: string, params: readonly SqlValue[]) => statement(sql).get(...params) as T | undefined,
    all: <T>(sql: string, params: readonly SqlValue[]) => statement(sql).all(...params) as T[],
    run(sql, params) {
      const { changes, lastInsertRowid } = statement(sql).run(...params);
      return { changes, lastId: lastInsertRowid };
    },
    each: <T>(sql: string, params: readonly SqlValue[]) => db.prepare(sql).iterate(...params) as IterableIterator<T>,
    exec: (sql) => void db.exec(sql),
    pragma: (source) => db.pragma(source, { simple: true }),
    get inTransaction() {
      return db.inTransaction;
    },
    rekey(newKey, newCipher) {
      unlock(db, newKey, newCipher, 'rekey');
    },
    close() {
      cache.clear();
      db.close();
    },
  };
}

/** Hands the raw key over as bytes (`raw:` + 32 bytes + 16 bytes of salt), so that it never becomes a JavaScript string. */
function unlock(db: Database.Database, key: Uint8Array, cipher: Cipher, verb: keyof Keyed): void {
  if (key.length !== 32) throw new RangeError('A database key has 32 bytes.');
  db.pragma(`cipher = '${cipher}'`);
  db.pragma(cipher === 'aegis' ? `algorithm = 'aegis-256'` : 'legacy = 4');
  const material = Buffer.from(concat(Buffer.from('raw:'), key, keyMark(key)));
  try {
    (db as unknown as Keyed)[verb](material);
  } finally {
    wipe(material);
  }
}

/**
 * What we choose as the file's salt. With a raw key the salt derives nothing, so its 16 bytes, the first of the file,
 * can say which key the file belongs to (a MAC of a constant tells nothing about the key). That is how a wrong key is
 * told from a damaged first page: to SQLite both are "not a database".
 */
const keyMark = (key: Uint8Array): Uint8Array =>
  createHmac('sha256', key).update('daimon database key mark').digest().subarray(0, 16);

/** Whether the file carries the mark of `key`. */
export function bearsMark(file: string, key: Uint8Array): boolean {
  const head = new Uint8Array(16);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, head, 0, 16, 0);
  } finally {
    closeSync(handle);
  }
  return equal(head, keyMark(key));
}
