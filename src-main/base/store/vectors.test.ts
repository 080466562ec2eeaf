/** sqlite-vec in every connection: the same as its reference, in encrypted files, and no way for SQL to load more. */
import { randomBytes } from 'node:crypto';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { settableClock } from '../../../test/fakes/clock.ts';
import { temporaryFolder } from '../../../test/fakes/folder.ts';
import { keptLog } from '../../../test/fakes/log.ts';
import { openMemoryStore } from './memory.ts';
import { openStore } from './store.ts';
import { loadVectors, plainVectors } from './vectors.ts';

const DISTANCES = `select vec_distance_hamming(vec_bit(?), vec_bit(?)) as bits,
  vec_distance_cosine(vec_int8(?), vec_int8(?)) as angle`;

test('the extension and its reference agree', () => {
  const native = new Database(':memory:');
  const plain = new Database(':memory:');
  expect(loadVectors(native)).toBe('native');
  plainVectors(plain);
  for (let i = 0; i < 200; i++) {
    const [a, b, c, d] = [48, 48, 384, 384].map((length) => randomBytes(length));
    const [left, right] = [native, plain].map(
      (db) => db.prepare(DISTANCES).get(a, b, c, d) as { bits: number; angle: number },
    );
    expect(left!.bits).toBe(right!.bits);
    expect(left!.angle).toBeCloseTo(right!.angle, 5);
  }
  native.close();
  plain.close();
});

test('both connections of an encrypted store have it, and the one in memory', async () => {
  using folder = temporaryFolder();
  const file = folder.file('daimon.db');
  const store = await openStore({ file, key: randomBytes(32), clock: settableClock(), log: keptLog() });
  const memory = openMemoryStore({ clock: settableClock() });
  const vectors = [48, 48, 384, 384].map((length) => randomBytes(length));
  const want = store.get<object>(DISTANCES, ...vectors);
  expect(await store.background.all(DISTANCES, vectors)).toEqual([want]);
  expect(memory.get(DISTANCES, ...vectors)).toEqual(want);
  await store.close();
  await memory.close();
});

test('a statement cannot load an extension', () => {
  const db = new Database(':memory:');
  loadVectors(db);
  expect(() => db.prepare(`select load_extension('vec0')`).get()).toThrow('not authorized');
  db.close();
});

test('the worker has the larger cache', async () => {
  using folder = temporaryFolder();
  const store = await openStore({
    file: folder.file('daimon.db'),
    key: randomBytes(32),
    clock: settableClock(),
    log: keptLog(),
  });
  expect(store.get('pragma cache_size')).toEqual({ cache_size: -16_384 });
  expect(await store.background.all('pragma cache_size')).toEqual([{ cache_size: -98_304 }]);
  await store.close();
});
