/** Migrations: any split of any rooms' steps over any number of starts ends in the same tables and keeps every row. */
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settableClock } from '../../../test/fakes/clock.ts';
import { temporaryFolder } from '../../../test/fakes/folder.ts';
import { keptLog } from '../../../test/fakes/log.ts';
import type { Migration, Store } from '../ports.ts';
import { changeCipher } from './cipher.ts';
import { openStore } from './store.ts';

const key = randomBytes(32);
const open = (file: string, cipher: 'aegis' | 'sqlcipher' = 'aegis') =>
  openStore({ file, key, cipher, clock: settableClock(), log: keptLog() });

/** A room's history: step 1 makes its table, each later step adds a column. */
const history = (room: string, length: number): Migration[] =>
  Array.from({ length }, (_, index) => ({
    number: index + 1,
    sql:
      index === 0
        ? `create table ${room}(id integer primary key, body text)`
        : `alter table ${room} add column c${index + 1} integer not null default ${index + 1}`,
  }));
const schemaOf = (store: Store) =>
  store.all<{ name: string; sql: string }>('select name, sql from sqlite_master order by name');

test('however the steps are spread over starts, tables and rows come out the same', async () => {
  const rooms = ['alpha', 'beta', 'gamma'] as const;
  const start = fc.record({ alpha: fc.nat(6), beta: fc.nat(6), gamma: fc.nat(6) });
  await fc.assert(
    fc.asyncProperty(fc.array(start, { minLength: 1, maxLength: 4 }), async (starts) => {
      using folder = temporaryFolder();
      const file = folder.file('daimon.db');
      const at = { alpha: 0, beta: 0, gamma: 0 };
      const rows = { alpha: 0, beta: 0, gamma: 0 };
      for (const wanted of starts) {
        const store = await open(file);
        for (const room of rooms) {
          // Code only ever grows; an older one is the next test's.
          at[room] = Math.max(at[room], wanted[room]);
          await store.migrate(room, history(room, at[room]));
          if (at[room] > 0)
            rows[room] += store.run(`insert into ${room}(body) values (?)`, `row ${rows[room]}`).changes;
        }
        await store.close();
      }
      using straight = temporaryFolder();
      const once = await open(straight.file('daimon.db'));
      for (const room of rooms) await once.migrate(room, history(room, at[room]));
      const store = await open(file);
      expect(schemaOf(store)).toEqual(schemaOf(once));
      for (const room of rooms.filter((one) => at[one] > 0))
        expect(store.all(`select body from ${room} order by id`)).toEqual(
          Array.from({ length: rows[room] }, (_, index) => ({ body: `row ${index}` })),
        );
      expect(readdirSync(folder.path).filter((name) => name.includes('.before-')).length).toBeLessThanOrEqual(3);
      await once.close();
      await store.close();
    }),
    { numRuns: process.env['DAIMON_LONG'] ? 500 : 25, seed: 11 },
  );
}, 600_000);

test('a step that fails is undone whole, the steps before it stay, and the next start goes on', async () => {
  using folder = temporaryFolder();
  const file = folder.file('daimon.db');
  const store = await open(file);
  const good = history('alpha', 2);
  const bad = { number: 3, sql: 'create table half(x); insert into nowhere values (1)' };
  await expect(store.migrate('alpha', [...good, bad])).rejects.toThrow('nowhere');
  expect(store.all(`select 1 from sqlite_master where name = 'half'`)).toEqual([]);
  expect(store.get('select max(number) as n from _migrations')).toEqual({ n: 2 });
  await store.migrate('alpha', history('alpha', 3));
  expect(store.get('select max(number) as n from _migrations')).toEqual({ n: 3 });
  await store.close();
});

test('a newer file than the code is left alone, and gaps in numbers are a mistake of ours', async () => {
  using folder = temporaryFolder();
  const store = await open(folder.file('daimon.db'));
  await store.migrate('alpha', history('alpha', 4));
  const before = schemaOf(store);
  await expect(store.migrate('alpha', history('alpha', 3))).rejects.toMatchObject({
    code: 'database-newer',
    details: { room: 'alpha', has: 4, knows: 3 },
  });
  await expect(store.migrate('beta', [{ number: 2, sql: 'create table b(x)' }])).rejects.toThrow('numbered');
  await expect(store.migrate('x; drop', [])).rejects.toThrow('name');
  expect(schemaOf(store)).toEqual(before);
  await store.close();
});

test('a new file needs no backup; an upgrade keeps the state before it, whole, and three backups at most', async () => {
  using folder = temporaryFolder();
  const file = folder.file('daimon.db');
  const backups = () =>
    readdirSync(folder.path)
      .filter((name) => name.includes('.before-'))
      .sort();
  let store = await open(file);
  await store.migrate('alpha', history('alpha', 1));
  await store.migrate('beta', history('beta', 1));
  store.run(`insert into alpha(body) values ('old')`);
  expect(backups()).toEqual([]);
  await store.close();
  store = await open(file);
  for (const room of ['alpha', 'beta', 'gamma', 'delta', 'epsilon']) await store.migrate(room, history(room, 2));
  // The newest two, and the first: the state before this upgrade.
  expect(backups()).toEqual(['daimon.db.before-alpha-2', 'daimon.db.before-delta-1', 'daimon.db.before-epsilon-1']);
  await store.migrate('alpha', history('alpha', 2));
  expect(backups()).toHaveLength(3);
  await store.close();
  const old = await open(folder.file('daimon.db.before-alpha-2'));
  expect(old.all('select * from alpha')).toEqual([{ id: 1, body: 'old' }]);
  expect(old.all('select * from _migrations order by room').length).toBe(2);
  await old.close();
});

test('the cipher can be changed both ways with every row kept and the old state sealed', async () => {
  using folder = temporaryFolder();
  const file = folder.file('daimon.db');
  let store = await open(file);
  await store.migrate('alpha', history('alpha', 1));
  for (let i = 0; i < 500; i++) store.run('insert into alpha(body) values (?)', `row ${i} ${'x'.repeat(200)}`);
  await store.close();
  changeCipher({ file, key, from: 'aegis', to: 'sqlcipher' });
  await expect(open(file, 'aegis')).rejects.toMatchObject({ code: 'database-damaged' });
  store = await open(file, 'sqlcipher');
  expect(store.get('select count(*) as n from alpha')).toEqual({ n: 500 });
  await store.close();
  const backup = await open(`${file}.before-cipher-sqlcipher`, 'aegis');
  expect(backup.get('select count(*) as n from alpha')).toEqual({ n: 500 });
  await backup.close();
  changeCipher({ file, key, from: 'sqlcipher', to: 'aegis' });
  store = await open(file, 'aegis');
  expect(store.get('select count(*) as n from alpha')).toEqual({ n: 500 });
  await store.close();
  expect(() => changeCipher({ file, key: randomBytes(32), from: 'aegis', to: 'sqlcipher' })).toThrowError(
    expect.objectContaining({ code: 'database-damaged' }),
  );
});
