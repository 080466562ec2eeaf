/** kill -9 at any moment of reading, embedding, moving and removing: after the next start nothing is lost, nothing is twice. */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/fakes/folder.ts';
import { openRoom, type Room } from './room.fixture.ts';

const KILLS = process.env['DAIMON_LONG'] ? 200 : 10;
const entry = fileURLToPath(new URL('./kills.fixture.ts', import.meta.url));

/** The same sequence every time (mulberry32). */
function dice(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const textOf = (n: number, lines: number) =>
  Array.from(
    { length: lines },
    (_, i) => `Sentence ${i} of file ${n} tells of herons, reeds and the river ${n * i}.`,
  ).join('\n\n');

/** A change of the folder between two lives: new, changed, renamed, gone. */
function disturb(docs: string, roll: () => number, round: number): void {
  const names = readdirSync(docs, { withFileTypes: true }).flatMap((one) => (one.isFile() ? [one.name] : []));
  const pick = () => names.splice(Math.floor(roll() * names.length), 1)[0]!;
  writeFileSync(join(docs, `new-${round}.txt`), textOf(1000 + round, 1 + Math.floor(roll() * 60)));
  writeFileSync(join(docs, pick()), textOf(2000 + round, 1 + Math.floor(roll() * 60)));
  renameSync(join(docs, pick()), join(docs, `moved-${round}.txt`));
  if (names.length > 12) rmSync(join(docs, pick()));
}

/** The tables say what the disk says, once each. */
function expectWhole(room: Room, docs: string): void {
  const disk = readdirSync(docs, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .sort();
  const rows = room.store.all<{ path: string; content: number }>(
    "SELECT path, content FROM file WHERE state = 'read' ORDER BY path",
  );
  expect(rows.map(({ path }) => path).sort()).toEqual(disk);
  for (const { path, content } of rows) {
    const text = room.store
      .all<{ text: string }>(
        'SELECT p.text FROM passage p JOIN document d ON d.id = p.document WHERE d.content = ? ORDER BY d.n, p.n',
        content,
      )
      .map((one) => one.text)
      .join('');
    expect(text.trim(), path).toBe(readFileSync(path, 'utf8').trim());
  }
  expect(
    room.store.get(
      'SELECT count(*) AS n FROM content WHERE complete = 0 OR id NOT IN (SELECT content FROM file WHERE content IS NOT NULL)',
    ),
  ).toEqual({ n: 0 });
  expect(
    room.store.get('SELECT count(*) AS n FROM passage WHERE id NOT IN (SELECT passage FROM passage_bits)'),
  ).toEqual({ n: 0 });
  expect(
    room.store.get('SELECT count(*) AS n FROM passage_bits WHERE passage NOT IN (SELECT id FROM passage)'),
  ).toEqual({ n: 0 });
  expect(room.store.get('SELECT count(*) AS n FROM leaving')).toEqual({ n: 0 });
  room.countsAreTrue();
}

test(`after ${KILLS} kills the folder is findable, whole and once`, async () => {
  using folder = temporaryFolder();
  const docs = folder.file('docs');
  mkdirSync(join(docs, 'doomed'), { recursive: true });
  for (let n = 0; n < 30; n++) writeFileSync(join(docs, `${n}.txt`), textOf(n, 1 + ((n * 7) % 90)));
  for (let n = 0; n < 6; n++) writeFileSync(join(docs, 'doomed', `${n}.txt`), textOf(500 + n, 30));
  const key = randomBytes(32);
  const roll = dice(20_261_124);
  const last = KILLS - 3;
  for (let round = 0; round < KILLS; round++) {
    const child = fork(entry, [folder.path, docs, ...(round >= last ? [join(docs, 'doomed')] : [])], {
      env: { ...process.env, ROOM_KEY: key.toString('hex') },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const ended = once(child, 'exit');
    await Promise.race([once(child, 'message'), ended]);
    await sleep(roll() * 700);
    child.kill('SIGKILL');
    await ended;
    disturb(docs, roll, round);
  }
  {
    await using room = await openRoom(folder.path, { key });
    await room.wait();
    await room.remove({ path: join(docs, 'doomed') }).catch(() => {});
    rmSync(join(docs, 'doomed'), { recursive: true });
    await room.wait();
    // What no file points at is swept when nothing else is to do.
    const files = () => room.store.get<{ n: number }>('SELECT count(DISTINCT content) AS n FROM file')!.n;
    await room.until(() => room.store.get<{ n: number }>('SELECT count(*) AS n FROM content')!.n === files());
    expectWhole(room, docs);
  }
  // And once more nothing is read again.
  await using again = await openRoom(folder.path, { key });
  const before = again.store.all('SELECT id, content, read_at FROM file ORDER BY id');
  await again.wait();
  expect(again.store.all('SELECT id, content, read_at FROM file ORDER BY id')).toEqual(before);
  expect(again.embedder.now.asked).toBe(0);
}, 900_000);
