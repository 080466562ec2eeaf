/** The store: what is kept, how transactions end, the worker, two processes, and that nothing lies on disk in clear. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settableClock } from '../../../test/fakes/clock.ts';
import { temporaryFolder } from '../../../test/fakes/folder.ts';
import { keptLog } from '../../../test/fakes/log.ts';
import { isFault } from '../../wire/index.ts';
import { openBackground } from './background.ts';
import { openStore, type OpenStoreOptions } from './store.ts';

const key = randomBytes(32);
/** AEGIS_ALGORITHM_256 of SQLite3 Multiple Ciphers. */
const AEGIS_256 = 4;
const CANARY = 'canary-7f3a-the-secret-garden';
const open = (file: string, options: Partial<OpenStoreOptions> = {}) =>
  openStore({ file, key, clock: settableClock(), log: keptLog(), ...options });
const code = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return isFault(error) ? error.code : error;
  }
  return 'nothing was thrown';
};

test('values come back as they went in', async () => {
  using folder = temporaryFolder();
  const store = await open(folder.file('daimon.db'));
  store.run('create table t(a, b, c, d)');
  const blob = new Uint8Array([0, 1, 255]);
  store.run('insert into t values (?, ?, ?, ?)', 'text 😀', 1.5, blob, null);
  const row = store.get<{ a: string; b: number; c: Uint8Array; d: null }>('select * from t');
  expect(row).toMatchObject({ a: 'text 😀', b: 1.5, d: null });
  expect(new Uint8Array(row!.c)).toEqual(blob);
  expect(store.all('select a from t where a = ?', 'other')).toEqual([]);
  await store.close();
  expect(statSync(folder.file('daimon.db')).mode & 0o777).toBe(0o600);
});

test('a transaction is all or nothing, also when one inside it fails', async () => {
  using folder = temporaryFolder();
  const store = await open(folder.file('daimon.db'));
  store.run('create table t(x)');
  const count = () => store.get<{ n: number }>('select count(*) as n from t')!.n;
  expect(() =>
    store.transaction(() => {
      store.run('insert into t values (1)');
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(count()).toBe(0);
  store.transaction(() => {
    store.run('insert into t values (1)');
    expect(() =>
      store.transaction(() => {
        store.run('insert into t values (2)');
        throw new Error('inner');
      }),
    ).toThrow('inner');
    store.run('insert into t values (3)');
  });
  expect(store.all('select x from t')).toEqual([{ x: 1 }, { x: 3 }]);
  expect(() => store.transaction(() => Promise.resolve(1))).toThrow('cannot wait');
  await store.close();
});

/** Statements and transactions inside each other; a failing one throws after its statements. */
interface Block {
  readonly inserts: number;
  readonly inner: readonly Block[];
  readonly fails: boolean;
}
const { block } = fc.letrec<{ block: Block }>((tie) => ({
  block: fc.record({
    inserts: fc.nat(3),
    inner: fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(tie('block'), { maxLength: 3 })),
    fails: fc.boolean(),
  }),
}));
const kept = ({ inserts, inner, fails }: Block): number =>
  fails ? 0 : inserts + inner.reduce((sum, one) => sum + kept(one), 0);

test('transactions inside each other keep exactly the rows of those that did not fail', async () => {
  using folder = temporaryFolder();
  const store = await open(folder.file('daimon.db'));
  store.run('create table t(x)');
  const count = () => store.get<{ n: number }>('select count(*) as n from t')!.n;
  const walk = (one: Block): void => {
    try {
      store.transaction(() => {
        for (let i = 0; i < one.inserts; i++) store.run('insert into t values (1)');
        one.inner.forEach(walk);
        if (one.fails) throw new RangeError('as planned');
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  };
  fc.assert(
    fc.property(block, (one) => {
      const before = count();
      walk(one);
      expect(count() - before).toBe(kept(one));
    }),
    { numRuns: process.env['DAIMON_LONG'] ? 10_000 : 200, seed: 2 },
  );
  await store.close();
});

test('a worker that cannot open the file says why, and the next question starts another', async () => {
  using folder = temporaryFolder();
  const file = folder.file('daimon.db');
  const store = await open(file);
  store.run('create table t(x)');
  const lost = openBackground({ file: folder.file('none/daimon.db'), key, cipher: 'aegis' });
  await expect(lost.all('select 1')).rejects.toThrow(/directory/);
  await expect(lost.all('select 1')).rejects.toThrow(/directory/);
  await lost.close();
  const stranger = openBackground({ file, key: randomBytes(32), cipher: 'aegis' });
  await expect(stranger.all('select 1')).rejects.toMatchObject({ code: 'database-damaged' });
  await stranger.close();
  await store.close();
});

test('the worker reads and writes the same file, and an abort stops a read between rows', async () => {
  using folder = temporaryFolder();
  const store = await open(folder.file('daimon.db'));
  store.run('create table t(x integer primary key, body blob)');
  const filled = await store.background.run(
    'insert into t with recursive n(i) as (select 1 union all select i + 1 from n where i < ?) select i, zeroblob(10) from n',
    [5000],
  );
  expect(filled).toEqual({ changes: 5000 });
  expect(store.get('select count(*) as n from t')).toEqual({ n: 5000 });
  expect(await store.background.all('select x from t where x > ?', [4998])).toEqual([{ x: 4999 }, { x: 5000 }]);
  const stop = new AbortController();
  const endless = store.background.all(
    'with recursive n(i) as (select 1 union all select i + 1 from n) select i from n',
    [],
    stop.signal,
  );
  const next = store.background.all('select 1 as one');
  setTimeout(() => stop.abort(new Error('enough')), 30);
  await expect(endless).rejects.toThrow('enough');
  // The endless read has left the worker: what stood behind it is answered.
  expect(await next).toEqual([{ one: 1 }]);
  await expect(store.background.all('select nonsense')).rejects.toThrow('nonsense');
  await store.close();
  await expect(store.background.all('select 1')).rejects.toMatchObject({ code: 'database-closed' });
});

test('a batch of the worker is kept whole or not at all', async () => {
  using folder = temporaryFolder();
  const store = await open(folder.file('daimon.db'));
  store.run('create table t(x integer primary key)');
  const insert = (x: number) => ({ sql: 'insert into t values (?)', params: [x] });
  expect(await store.background.batch([insert(1), insert(2), { sql: 'update t set x = x + 10' }])).toEqual({
    changes: 4,
  });
  await expect(store.background.batch([insert(3), insert(11), insert(4)])).rejects.toMatchObject({
    code: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  });
  expect(store.all('select x from t')).toEqual([{ x: 11 }, { x: 12 }]);
  // The failed one has left no transaction open behind it.
  expect(await store.background.batch([insert(5)])).toEqual({ changes: 1 });
  const stop = new AbortController();
  const both = [store.background.batch([insert(6)]), store.background.batch([insert(7)], stop.signal)];
  stop.abort(new Error('enough'));
  const [, second] = await Promise.allSettled(both);
  // One that had begun is finished, and its caller learns that it was.
  expect(store.all('select x from t where x = 7')).toHaveLength(second!.status === 'fulfilled' ? 1 : 0);
  await store.close();
});

test('FTS5 is inside, and works from triggers with an untrusted schema', async () => {
  using folder = temporaryFolder();
  const store = await open(folder.file('daimon.db'));
  await store.migrate('chat', [
    {
      number: 1,
      sql: `create table m(id integer primary key, body text not null) strict;
        create virtual table words using fts5(body, content='m', content_rowid='id');
        -- Without this option FTS5 keeps deleted words in its segments until they are merged, whatever secure_delete says.
        insert into words(words, rank) values ('secure-delete', 1);
        create trigger m_in after insert on m begin insert into words(rowid, body) values (new.id, new.body); end;
        create trigger m_out after delete on m begin
          insert into words(words, rowid, body) values ('delete', old.id, old.body); end;`,
    },
  ]);
  store.run('insert into m(body) values (?), (?)', 'the quick brown fox', 'lazy dogs sleep');
  expect(store.all(`select rowid from words where words match 'dogs'`)).toEqual([{ rowid: 2 }]);
  store.run('delete from m where id = 2');
  expect(store.all(`select rowid from words where words match 'dogs'`)).toEqual([]);
  await store.close();
});

test.each(['aegis', 'sqlcipher'] as const)(
  'with %s no file holds a word in clear, nor another key opens it',
  async (cipher) => {
    using folder = temporaryFolder();
    const file = folder.file('daimon.db');
    let store = await open(file, { cipher });
    await store.migrate('chat', [{ number: 1, sql: 'create table m(id integer primary key, body text)' }]);
    for (let i = 0; i < 200; i++) store.run('insert into m(body) values (?)', `${CANARY} ${i} ${'x'.repeat(300)}`);
    const hits = () =>
      readdirSync(folder.path).map((name) => [name, readFileSync(folder.file(name)).includes(CANARY)] as const);
    expect(
      hits()
        .map(([name]) => name)
        .sort(),
    ).toEqual(['daimon.db', 'daimon.db-shm', 'daimon.db-wal']);
    expect(hits().filter(([, hit]) => hit)).toEqual([]);
    await store.close();
    expect(hits().filter(([, hit]) => hit)).toEqual([]);
    await expect(open(file, { cipher, key: randomBytes(32) })).rejects.toMatchObject({ code: 'database-key' });
    store = await open(file, { cipher });
    await store.migrate('chat', [
      { number: 1, sql: 'create table m(id integer primary key, body text)' },
      { number: 2, sql: 'alter table m add column at integer' },
    ]);
    expect(hits().map(([name]) => name)).toContain('daimon.db.before-chat-2');
    expect(hits().filter(([, hit]) => hit)).toEqual([]);
    await store.close();
    // The backup is whole by itself and opens with the same key.
    const backup = await open(folder.file('daimon.db.before-chat-2'), { cipher });
    expect(backup.get('select count(*) as n from m')).toEqual({ n: 200 });
    await backup.close();
  },
);

test('the cipher is AEGIS-256 with the raw key: no derivation from a password and no salt in it', async () => {
  using folder = temporaryFolder();
  const file = folder.file('daimon.db');
  const store = await open(file);
  store.run('create table t(x)');
  expect(
    store.get(`select sqlite3mc_config('cipher') as cipher, sqlite3mc_config('aegis', 'algorithm') as algorithm`),
  ).toEqual({ cipher: 'aegis', algorithm: AEGIS_256 });
  await store.close();
  const bytes = readFileSync(file);
  // Each page ends with what SQLite is told to keep free: a nonce of 32 bytes, AEGIS-256's, and a tag of 32.
  expect(bytes[20]).toBe(64);
  // A derived key would depend on the salt, the first 16 bytes; with another salt the file still opens.
  randomBytes(16).copy(bytes);
  writeFileSync(file, bytes);
  const salted = await open(file);
  expect(salted.all('select x from t')).toEqual([]);
  await salted.close();
  // With a stranger's salt, "wrong key" and "damaged" cannot be told apart any more; neither opens.
  await expect(open(file, { key: randomBytes(32) })).rejects.toMatchObject({ code: 'database-key' });
});

test('a full disk in the middle of a transaction leaves nothing half done', async () => {
  using folder = temporaryFolder();
  const file = folder.file('daimon.db');
  const store = await open(file, { maxPages: 40 });
  store.run('create table t(x)');
  store.run('insert into t values (?)', 'kept');
  const fill = () => {
    for (let i = 0; i < 100; i++) store.run('insert into t values (?)', 'y'.repeat(4000));
  };
  expect(code(() => store.transaction(fill))).toBe('disk-full');
  expect(store.all('select x from t')).toEqual([{ x: 'kept' }]);
  // A caller that swallows the fault cannot commit the rest by accident.
  expect(
    code(() =>
      store.transaction(() => {
        expect(code(fill)).toBe('disk-full');
        store.run(`insert into t values ('after')`);
        throw new Error('rolled back');
      }),
    ),
  ).not.toBe('nothing was thrown');
  expect(store.all('select x from t')).toEqual([{ x: 'kept' }]);
  store.run(`insert into t values ('small')`);
  await store.close();
  const again = await open(file);
  expect(again.all('select x from t')).toEqual([{ x: 'kept' }, { x: 'small' }]);
  await again.close();
});

test('a second connection that holds the write lock makes a busy fault, not a wait for ever', async () => {
  using folder = temporaryFolder();
  const file = folder.file('daimon.db');
  const one = await open(file);
  one.run('create table t(x)');
  const two = await open(file, { busyMs: 50 });
  one.transaction(() => {
    expect(code(() => two.run('insert into t values (1)'))).toBe('database-busy');
    expect(two.get('select count(*) as n from t')).toEqual({ n: 0 });
  });
  two.run('insert into t values (2)');
  expect(one.all('select x from t')).toEqual([{ x: 2 }]);
  await two.close();
  await one.close();
});
