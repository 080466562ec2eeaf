/** kill -9 of a writer at random moments: every row that it said was saved is there, and the file is whole. */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { settableClock } from '../../../test/fakes/clock.ts';
import { temporaryFolder } from '../../../test/fakes/folder.ts';
import { keptLog } from '../../../test/fakes/log.ts';
import { openStore } from './store.ts';

const writer = (storeModule: string) => `
import { openStore } from ${JSON.stringify(storeModule)};
const [file, key] = process.argv.slice(2);
const store = await openStore({ file, key: Buffer.from(key, 'hex'), clock: { now: Date.now }, log: { info() {}, unexpected: () => '' } });
await store.migrate('t', [{ number: 1, sql: 'create table t(id integer primary key, body text); create table pair(id integer)' }]);
for (;;) {
  const id = store.transaction(() => {
    const { lastId } = store.run('insert into t(body) values (?)', 'x'.repeat(700));
    store.run('insert into pair values (?)', lastId);
    return lastId;
  });
  // Over the pipe at once: what the parent has read was acknowledged.
  process.send(Number(id));
  if (id % 20 === 0) await new Promise(setImmediate);
}
`;

const holder = (storeModule: string) => `
import { openStore } from ${JSON.stringify(storeModule)};
const [file, key] = process.argv.slice(2);
const store = await openStore({ file, key: Buffer.from(key, 'hex'), clock: { now: Date.now }, log: { info() {}, unexpected: () => '' } });
store.transaction(() => {
  store.run("insert into t(body) values ('theirs')");
  process.send('held');
  // The transaction stays open until we are killed.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`;

test('another process that holds the lock is a busy fault; once it is killed, its half is gone and ours goes on', async () => {
  using folder = temporaryFolder();
  const file = folder.file('daimon.db');
  const key = randomBytes(32);
  const script = folder.file('holder.mjs');
  writeFileSync(script, holder(new URL('./store.ts', import.meta.url).href));
  const store = await openStore({ file, key, clock: settableClock(), log: keptLog(), busyMs: 50 });
  await store.migrate('t', [{ number: 1, sql: 'create table t(id integer primary key, body text)' }]);
  store.run(`insert into t(body) values ('ours')`);
  const child = fork(script, [file, key.toString('hex')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  const gone = once(child, 'close');
  await once(child, 'message');
  expect(() => store.run(`insert into t(body) values ('no')`)).toThrowError(
    expect.objectContaining({ code: 'database-busy' }),
  );
  await expect(store.background.run(`insert into t(body) values ('no')`)).rejects.toMatchObject({
    code: 'database-busy',
  });
  expect(store.all('select body from t')).toEqual([{ body: 'ours' }]);
  child.kill('SIGKILL');
  await gone;
  store.run(`insert into t(body) values ('ours too')`);
  expect(store.all('select body from t')).toEqual([{ body: 'ours' }, { body: 'ours too' }]);
  await store.close();
});

test('every acknowledged row survives', async () => {
  const kills = process.env['DAIMON_LONG'] ? 200 : 5;
  using folder = temporaryFolder();
  const file = folder.file('daimon.db');
  const script = folder.file('writer.mjs');
  const key = randomBytes(32);
  writeFileSync(script, writer(new URL('./store.ts', import.meta.url).href));
  let acknowledged = 0;
  for (let round = 0; round < kills; round++) {
    const child = fork(script, [file, key.toString('hex')], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    });
    const gone = once(child, 'close');
    let first = true;
    child.on('message', (id: number) => {
      acknowledged = Math.max(acknowledged, id);
      // Not before it has begun to write: a start takes longer than a hundred commits.
      if (first) setTimeout(() => child.kill('SIGKILL'), 1 + ((round * 37) % 120));
      first = false;
    });
    await gone;
    expect(first).toBe(false);
    const store = await openStore({ file, key, clock: settableClock(), log: keptLog() });
    const { n, top } = store.get<{ n: number; top: number }>('select count(*) as n, max(id) as top from t')!;
    expect(top).toBeGreaterThanOrEqual(acknowledged);
    expect(n).toBe(top);
    expect(store.get('select count(*) as n from pair')).toEqual({ n });
    expect(store.get('pragma integrity_check')).toEqual({ integrity_check: 'ok' });
    await store.close();
  }
  expect(acknowledged).toBeGreaterThan(0);
}, 600_000);
