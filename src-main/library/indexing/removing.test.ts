/** What is taken out is gone: rows, words, vectors, the bytes in the file, and what others kept of it. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/fakes/folder.ts';
import type { TakenOut } from '../ports.ts';
import { openRoom, type Room } from './room.fixture.ts';

const write = (root: string, files: Record<string, string>) => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(`${root}/${name}`.replace(/\/[^/]*$/, ''), { recursive: true });
    writeFileSync(`${root}/${name}`, text);
  }
};
const rows = (room: Room) =>
  Object.fromEntries(
    ['place', 'file', 'leaving', 'content', 'document', 'passage', 'passage_bits', 'tally', 'given'].map((table) => [
      table,
      room.store.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)!.n,
    ]),
  );

test('a place, a folder in it, and a file are taken out, each told to whoever keeps something of it', async () => {
  using folder = temporaryFolder();
  const root = folder.file('docs');
  write(root, { 'a.txt': 'Heron.', 'sub/b.txt': 'Egret.', 'sub/c.txt': 'Bittern.', 'sub*/d.txt': 'Stork.' });
  await using room = await openRoom(folder.path);
  const { place } = await room.add({ path: root });
  await room.wait();
  const told: TakenOut[] = [];
  const stop = room.library.forgetting(async (what) => {
    // Before the rows go: whoever keeps something may still look it up.
    told.push(what);
    expect(room.texts().length).toBeGreaterThan(0);
  });
  expect(await room.remove({ path: `${root}/sub` })).toEqual({ files: 2, passages: 2 });
  expect(room.texts()).toEqual(['Heron.', 'Stork.']);
  // It does not come back: neither by a walk, nor by a change in it.
  writeFileSync(`${root}/sub/b.txt`, 'An egret again.');
  writeFileSync(`${root}/e.txt`, 'Ibis.');
  await room.until(() => room.texts().includes('Ibis.'));
  await room.wait();
  expect(room.texts()).toEqual(['Heron.', 'Ibis.', 'Stork.']);
  expect(room.state().places[0]!.ignore).toEqual(['/sub']);
  const [first] = await room.files();
  expect(await room.remove({ file: first!.id })).toEqual({ files: 1, passages: 1 });
  expect(told).toEqual([
    { place, path: `${root}/sub` },
    { place, path: first!.path },
  ]);
  // Asked for again by itself, it is a place of its own.
  await room.add({ path: `${root}/sub` });
  await room.wait();
  expect(room.texts()).toContain('An egret again.');
  await expect(room.remove({ path: folder.file('nothing') })).rejects.toMatchObject({ code: 'unknown-file' });
  await expect(room.remove({})).rejects.toMatchObject({ code: 'bad-source' });
  stop();
  // The folder above holds both places.
  expect(await room.remove({ path: folder.path })).toEqual({ files: 4, passages: 4 });
  expect(Object.values(rows(room)).every((n) => n === 0)).toBe(true);
  expect(told).toHaveLength(2);
});

test('a content that another file has too stays for that one', async () => {
  using folder = temporaryFolder();
  write(folder.path, { 'a/x.txt': 'The same words.', 'b/y.txt': 'The same words.' });
  await using room = await openRoom(folder.path);
  const a = await room.add({ path: folder.file('a') });
  await room.add({ path: folder.file('b') });
  await room.wait();
  expect(await room.remove({ place: a.place })).toEqual({ files: 1, passages: 0 });
  expect(room.texts()).toEqual(['The same words.']);
});

test('what a kill left of a removal is finished at the next start, once others listen', async () => {
  using folder = temporaryFolder();
  write(folder.file('docs'), { 'a.txt': 'Heron.', 'sub/b.txt': 'Egret.' });
  {
    await using room = await openRoom(folder.path);
    await room.add({ path: folder.file('docs') });
    await room.wait();
    // Whoever keeps something of it never comes to an end: as if the process died here.
    room.library.forgetting(() => new Promise(() => {}));
    void room.remove({ path: folder.file('docs/sub') }).catch(() => {});
    await room.until(() => rows(room)['leaving'] === 1);
  }
  await using room = await openRoom(folder.path, { asleep: true });
  const told: TakenOut[] = [];
  room.library.forgetting(async (what) => void told.push(what));
  room.library.wake();
  await room.wait();
  expect(told).toMatchObject([{ path: folder.file('docs/sub') }]);
  expect(rows(room)).toMatchObject({ leaving: 0, file: 1, content: 1 });
  expect(room.texts()).toEqual(['Heron.']);
});

test('a file is taken out while it is being read', async () => {
  using folder = temporaryFolder();
  write(folder.file('docs'), { 'big.txt': 'Reeds and water. '.repeat(200_000), 'small.txt': 'Heron.' });
  await using room = await openRoom(folder.path);
  await room.add({ path: folder.file('docs') });
  await room.until(() => room.texts().length === 1);
  await room.remove({ path: folder.file('docs/big.txt') });
  expect(rows(room)).toMatchObject({ file: 1, content: 1, document: 1 });
  await room.wait();
  expect(rows(room)).toMatchObject({ file: 1, content: 1, document: 1 });
});

test('no byte of it lies in the data folder in clear, before and after', async () => {
  using folder = temporaryFolder();
  write(folder.file('docs'), { 'canary-name.txt': 'The canary-passage sings in the kitchen.' });
  await using room = await openRoom(folder.path);
  const { place } = await room.add({ path: folder.file('docs') });
  await room.wait();
  const clear = () =>
    readdirSync(room.data, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .filter((entry) => /canary/.test(readFileSync(`${entry.parentPath}/${entry.name}`, 'latin1')));
  expect(clear()).toEqual([]);
  expect(JSON.stringify([room.log.lines, room.log.errors])).not.toMatch(/canary|docs/);
  await room.remove({ place });
  expect(clear()).toEqual([]);
  expect(Object.values(rows(room)).every((n) => n === 0)).toBe(true);
});
