/** Bad files, bad folders, bad machines: one is refused with its reason, the rest goes on, and nothing is lost. */
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/fakes/folder.ts';
import { never, openRoom } from './room.fixture.ts';
import type { Watcher } from './watcher.ts';

const unwatchable: Watcher = { watch: () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })) };

test('broken, empty, unknown and unreadable files are refused, each with a code and a sentence; others are read', async () => {
  using folder = temporaryFolder();
  const root = folder.file('docs');
  mkdirSync(root);
  writeFileSync(`${root}/ok.txt`, 'Heron.');
  writeFileSync(`${root}/empty.txt`, '');
  writeFileSync(`${root}/noise`, Buffer.from([0, 1, 2, 3, 255, 254, 0, 9, 0, 0]));
  writeFileSync(`${root}/broken.pdf`, '%PDF-1.7 and no more');
  writeFileSync(`${root}/broken.docx`, Buffer.from('PK\u0003\u0004 no zip', 'latin1'));
  writeFileSync(`${root}/scan.png`, 'x');
  writeFileSync(Buffer.from(`${root}/bad\xff.txt`, 'latin1'), 'x');
  writeFileSync(`${root}/two\nlines 中文.txt`, 'Egret.');
  writeFileSync(`${root}/huge.docx`, '');
  truncateSync(`${root}/huge.docx`, 65 * 2 ** 20);
  symlinkSync(root, `${root}/self`);
  await using room = await openRoom(folder.path);
  await room.add({ path: root });
  await room.wait();
  const files = await room.files();
  const by = Object.fromEntries(files.map(({ name, state, code }) => [name, code ?? state]));
  expect(by).toMatchObject({
    'ok.txt': 'meaning',
    'two\nlines 中文.txt': 'meaning',
    'empty.txt': 'no-text',
    noise: 'unknown-kind',
    'scan.png': 'picture-of-text',
    'huge.docx': 'too-large',
    'bad\\xff.txt': 'unreadable-name',
  });
  for (const name of ['broken.pdf', 'broken.docx']) expect(by[name]).toMatch(/^(?:unreadable|unknown-kind|no-text)$/);
  for (const { state, why } of files) if (state === 'refused') expect(why).toMatch(/^[A-Z].{15,}[.!]$/);
  expect(room.state().places[0]).toMatchObject({ pictures: 1, counts: { refused: 7, meaning: 2 } });
  expect(room.log.errors).toEqual([]);
  room.countsAreTrue();
  // Tried again: the same answers, and pictures only where they would be read.
  expect(await room.again({})).toEqual({ again: 5 });
  await room.wait();
  expect(room.state().counts).toMatchObject({ refused: 7, meaning: 2 });
});

test('a file that ends its reader is tried twice, and the others are read', async () => {
  using folder = temporaryFolder();
  mkdirSync(folder.file('docs'));
  writeFileSync(folder.file('docs/slow.txt'), 'x'.repeat(3_000_000));
  writeFileSync(folder.file('docs/ok.txt'), 'Heron.');
  await using room = await openRoom(folder.path, { limits: { documentMs: 1, silenceMs: 1 } });
  await room.add({ path: folder.file('docs') });
  await room.wait();
  const files = await room.files();
  expect(files.find(({ name }) => name === 'slow.txt')).toMatchObject({ state: 'refused', code: 'reader-timeout' });
  expect(room.store.get('SELECT tries FROM file WHERE path LIKE ?', '%slow.txt')).toEqual({ tries: 1 });
});

test('a system that does not tell of changes is asked by turns', async () => {
  using folder = temporaryFolder();
  mkdirSync(folder.file('docs'));
  await using room = await openRoom(folder.path, {
    indexing: { watcher: unwatchable, pace: { turnMs: 200, glanceMs: 100 } },
  });
  await room.add({ path: folder.file('docs') });
  await room.until(() => room.state().places[0]!.watched === 'by-turns');
  writeFileSync(folder.file('docs/a.txt'), 'Heron.');
  await room.until(() => room.texts().length === 1);
  // The same size and time, and another file.
  writeFileSync(folder.file('docs/.b'), 'Egret.');
  const { mtime } = await import('node:fs').then(({ statSync }) => statSync(folder.file('docs/a.txt')));
  utimesSync(folder.file('docs/.b'), mtime, mtime);
  renameSync(folder.file('docs/.b'), folder.file('docs/a.txt'));
  await room.until(() => room.texts()[0] === 'Egret.');
});

test('a file that grows while it is read is read again when it rests, and never shown half', async () => {
  using folder = temporaryFolder();
  mkdirSync(folder.file('docs'));
  const path = folder.file('docs/log.txt');
  writeFileSync(path, '');
  await using room = await openRoom(folder.path);
  await room.add({ path: folder.file('docs') });
  for (let i = 0; i < 60; i++) {
    appendFileSync(path, `Line ${i} of the log, a heron was seen in the reeds again.\n`.repeat(400));
    await sleep(20);
  }
  appendFileSync(path, 'The end.\n');
  await room.until(() => room.texts().some((text) => text.includes('The end.')), 30_000);
  await room.wait();
  expect(room.store.get('SELECT count(*) AS n FROM content')).toEqual({ n: 1 });
  const whole = room.store
    .all<{ text: string }>('SELECT text FROM passage ORDER BY n')
    .map(({ text }) => text)
    .join('');
  expect(whole.trim()).toBe(readFileSync(path, 'utf8').trim());
}, 90_000);

test('on a full disk everything pauses and says so; with room again it goes on, and nothing is twice', async () => {
  using folder = temporaryFolder();
  mkdirSync(folder.file('docs'));
  for (let i = 0; i < 40; i++)
    writeFileSync(
      folder.file(`docs/${i}.txt`),
      Array.from({ length: 2500 }, (_, j) => `Word${i}x${j} heron.`).join('\n'),
    );
  {
    await using room = await openRoom(folder.path, { maxPages: 450 });
    await room.add({ path: folder.file('docs') });
    await room.until(() => room.state().note?.includes('disk is full'), 30_000);
    expect(room.state()).toMatchObject({ phase: 'paused' });
    expect(await room.wait()).toMatchObject({ note: expect.stringContaining('disk is full') });
    expect(room.state().counts.waiting).toBeGreaterThan(0);
    expect((await room.files()).filter(({ state }) => state === 'refused')).toEqual([]);
    room.countsAreTrue();
  }
  await using room = await openRoom(folder.path);
  await room.resume({});
  await room.wait();
  expect(room.state().counts).toMatchObject({ files: 40, meaning: 40 });
  expect(room.store.get('SELECT count(*) AS n FROM content')).toEqual({ n: 40 });
}, 90_000);

test('twenty thousand files and more are asked about first', async () => {
  using folder = temporaryFolder();
  // By a walker of the test's own: so many files take longer to make than to count.
  const page = { entries: [], counted: { files: 20_001, folders: 1, bytes: 0, left: 0, closed: 0 }, done: true };
  const walker = {
    async *walk() {
      yield page;
    },
    rest() {},
    async close() {},
  };
  await using room = await openRoom(folder.path, { indexing: { walker } });
  await expect(room.add({ path: folder.path })).rejects.toMatchObject({
    code: 'many-files',
    details: { files: 20_001, limit: 20_000 },
  });
  expect(room.state().places).toEqual([]);
  expect(await room.add({ path: folder.path, sure: true })).toMatchObject({ known: false });
});

test('a folder is counted before it is added, and leaving the count ends it', async () => {
  using folder = temporaryFolder();
  for (let i = 0; i < 300; i++) {
    mkdirSync(folder.file(`docs/${i % 10}`), { recursive: true });
    writeFileSync(folder.file(`docs/${i % 10}/${i}.txt`), 'abc');
  }
  mkdirSync(folder.file('docs/.git'));
  await using room = await openRoom(folder.path);
  const counts = [];
  for await (const count of room.library.handlers['library.count']({ path: folder.file('docs') }, never))
    counts.push(count);
  expect(counts.at(-1)).toEqual({ files: 300, folders: 11, bytes: 900, left: 1, closed: 0, done: true });
  const counting = room.library.handlers['library.count']({ path: folder.path }, AbortSignal.abort());
  await expect(
    (async () => {
      for await (const _ of counting);
    })(),
  ).rejects.toMatchObject({ name: 'AbortError' });
});

test('rules that change take effect: what is left out now goes, what is let in comes', async () => {
  using folder = temporaryFolder();
  mkdirSync(folder.file('docs'));
  writeFileSync(folder.file('docs/a.txt'), 'Heron.');
  writeFileSync(folder.file('docs/b.log'), 'Egret.');
  await using room = await openRoom(folder.path);
  const { place } = await room.add({ path: folder.file('docs'), ignore: ['*.log'] });
  await room.wait();
  expect(room.texts()).toEqual(['Heron.']);
  expect(await room.change({ place, ignore: ['a.*'] })).toMatchObject({ ignore: ['a.*'] });
  await room.wait();
  expect(room.texts()).toEqual(['Egret.']);
  writeFileSync(folder.file('docs/.gitignore'), '*.log\n');
  await room.until(() => room.texts().length === 0);
});
