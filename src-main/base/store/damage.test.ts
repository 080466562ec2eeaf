/** Flipped bytes anywhere in the file: found or harmless, named as damage, and never written over. */
import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { settableClock } from '../../../test/fakes/clock.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../test/fakes/folder.ts';
import { keptLog } from '../../../test/fakes/log.ts';
import { isFault } from '../../wire/index.ts';
import { openStore } from './store.ts';

const key = randomBytes(32);
const open = (file: string) => openStore({ file, key, clock: settableClock(), log: keptLog() });
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const steps = [
  {
    number: 1,
    sql: `create table m(id integer primary key, body text) strict;
      create virtual table words using fts5(body, content='m', content_rowid='id')`,
  },
];

async function make(folder: TemporaryFolder) {
  const file = folder.file('whole.db');
  const store = await open(file);
  await store.migrate('chat', steps);
  store.transaction(() => {
    for (let i = 0; i < 300; i++) store.run('insert into m(body) values (?)', `row ${i} ${'word '.repeat(i % 90)}`);
    // An overflow chain and a free list are pages too.
    store.run('insert into m(body) values (?)', 'long '.repeat(10_000));
    store.run(`insert into words(words) values ('rebuild')`);
    store.run('delete from m where id between 100 and 130');
  });
  const rows = digest(Buffer.from(JSON.stringify(readAll(store))));
  await store.close();
  return { bytes: readFileSync(file), rows };
}
const readAll = (store: Awaited<ReturnType<typeof open>>) => [
  store.all('select * from m order by id'),
  store.all('select id, hex(block) as block from words_data order by id'),
  store.all(`select rowid from words where words match 'word' order by rowid`),
];
/** Repeatable "random" positions: the same flips every day. */
function* positions(seed: number, below: number) {
  for (let i = 0; ; i++) {
    const hash = createHash('sha256').update(`${seed} ${i}`).digest();
    yield { at: hash.readUInt32BE(0) % below, bit: 1 << (hash[4]! & 7) };
  }
}

test('each flipped bit is found or harmless, and the file stays as it was', async () => {
  const runs = process.env['DAIMON_LONG'] ? 10_000 : 150;
  using folder = temporaryFolder();
  const { bytes, rows } = await make(folder);
  const file = folder.file('flipped.db');
  const outcomes: Record<string, number> = {};
  const flips = positions(3, bytes.length);
  // The first page is a small part of the file and the hardest: every eighth flip goes there.
  for (let run = 0; run < runs; run++) {
    const { at: anywhere, bit } = flips.next().value!;
    const at = run % 8 === 0 ? anywhere % 4096 : anywhere;
    const flipped = Buffer.from(bytes);
    flipped[at]! ^= bit;
    writeFileSync(file, flipped);
    rmSync(`${file}-wal`, { force: true });
    rmSync(`${file}-shm`, { force: true });
    let outcome = 'harmless';
    try {
      const store = await open(file);
      try {
        // Nothing to do on a start after the first; it reads the schema and the table of steps.
        await store.migrate('chat', steps);
        expect(digest(Buffer.from(JSON.stringify(readAll(store))))).toBe(rows);
      } finally {
        await store.close();
      }
    } catch (error) {
      expect(isFault(error) ? error.code : error, `bit ${bit} at ${at}`).toBe('database-damaged');
      outcome = 'found';
    }
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    expect(digest(readFileSync(file)), `overwritten at ${at}`).toBe(digest(flipped));
  }
  // Most pages hold something; free pages and the unused salt do not.
  expect(outcomes['found']).toBeGreaterThan(runs * 0.6);
}, 600_000);

test('damage names the newest backup; a truncated or lost file is not replaced by an empty one', async () => {
  using folder = temporaryFolder();
  const { bytes } = await make(folder);
  const file = folder.file('daimon.db');
  writeFileSync(file, bytes);
  const store = await open(file);
  await store.migrate('later', [{ number: 1, sql: 'create table l(x)' }]);
  await store.close();
  const sound = readFileSync(file);
  const flipped = Buffer.from(sound);
  flipped[200]! ^= 1;
  writeFileSync(file, flipped);
  const report = { code: 'database-damaged', details: { backup: 'daimon.db.before-later-1' } };
  await expect(open(file)).rejects.toMatchObject(report);
  await expect(open(file)).rejects.toThrow(/Nothing was overwritten.*daimon\.db\.before-later-1/);
  truncateSync(file, 0);
  await expect(open(file)).rejects.toMatchObject(report);
  rmSync(file);
  await expect(open(file)).rejects.toMatchObject(report);
  // What the report offers works: the backup in the place of the file.
  copyFileSync(folder.file('daimon.db.before-later-1'), file);
  const back = await open(file);
  expect(back.get('select count(*) as n from m')).toEqual({ n: 270 });
  await back.close();
  // Cut in the middle.
  truncateSync(file, 4096 * 3 + 100);
  const cut = await open(file)
    .then(
      async (opened) => {
        try {
          return readAll(opened);
        } finally {
          await opened.close();
        }
      },
      (error: unknown) => Promise.reject(error as Error),
    )
    .catch((error: unknown) => error);
  expect(cut).toMatchObject({ code: 'database-damaged' });
});
