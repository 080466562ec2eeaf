/** The store in memory: the rules of the store on disk, and no file anywhere. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { settableClock } from '../../../test/fakes/clock.ts';
import { openMemoryStore } from './memory.ts';

const open = async () => {
  const store = openMemoryStore({ clock: settableClock() });
  await store.migrate('t', [{ number: 1, sql: 'create table t(x integer primary key)' }]);
  return store;
};

test('has no file, not even for sorts', async () => {
  const store = await open();
  expect(store.all('pragma database_list')).toEqual([{ seq: 0, name: 'main', file: '' }]);
  expect(store.get('pragma temp_store')).toEqual({ temp_store: 2 });
  expect(store.get('pragma secure_delete')).toEqual({ secure_delete: 1 });
  expect(store.get('pragma journal_mode')).toEqual({ journal_mode: 'memory' });
  expect(existsSync(':memory:')).toBe(false);
  await store.close();
});

test('keeps transactions and batches whole', async () => {
  const store = await open();
  expect(() =>
    store.transaction(() => {
      store.run('insert into t values (1)');
      throw new Error('no');
    }),
  ).toThrow('no');
  const insert = (x: number) => ({ sql: 'insert into t values (?)', params: [x] });
  await expect(store.background.batch([insert(2), insert(2)])).rejects.toThrow('UNIQUE');
  expect(store.all('select x from t')).toEqual([]);
  expect(await store.background.batch([insert(3), insert(4)])).toEqual({ changes: 2 });
  expect(await store.background.run('update t set x = x + ?', [10])).toEqual({ changes: 2 });
  expect(await store.background.all('select x from t where x > ?', [13])).toEqual([{ x: 14 }]);
  await expect(store.background.all('select 1', [], AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  await store.close();
});

test('two of them share nothing, and a closed one answers nothing', async () => {
  const [one, two] = [await open(), await open()];
  one.run('insert into t values (1)');
  expect(two.all('select x from t')).toEqual([]);
  await one.close();
  await one.close();
  expect(() => one.get('select 1')).toThrowError(expect.objectContaining({ code: 'database-closed' }));
  expect(() => one.transaction(() => 1)).toThrowError(expect.objectContaining({ code: 'database-closed' }));
  await expect(one.background.all('select 1')).rejects.toMatchObject({ code: 'database-closed' });
  await two.close();
});
