/** Folders made to lead astray: links that take a name, places in places, ignore files and names that never end. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/fakes/folder.ts';
import { openRoom } from './room.fixture.ts';
import { walkTree } from './tree.ts';
import type { Watcher } from './watcher.ts';

/** Tells of nothing: what is looked at is up to the test. */
const deaf: Watcher = { watch: () => Promise.resolve({ close: () => Promise.resolve() }) };
const asleep = { watcher: deaf, pace: { glanceMs: 3600_000 } };

test('a folder that became a link after it was looked through leads nowhere', async () => {
  using folder = temporaryFolder();
  const [root, other] = [folder.file('docs'), folder.file('other')];
  for (const path of [`${root}/sub`, other]) mkdirSync(path, { recursive: true });
  writeFileSync(`${root}/sub/note.txt`, 'A heron in the reeds.');
  writeFileSync(`${other}/note.txt`, 'Nobody added this one.');
  await using room = await openRoom(folder.path, { indexing: asleep });
  await room.pause({});
  await room.add({ path: root });
  await room.until(() => room.state().counts.waiting === 1 && room.state().phase === 'paused');
  // A place is looked through once more when its watcher stands: that look would find the link before the reader does.
  await sleep(500);
  renameSync(`${root}/sub`, folder.file('moved'));
  symlinkSync(other, `${root}/sub`);
  await room.resume({});
  await room.wait();
  expect(room.texts()).toEqual([]);
  const [file] = await room.files();
  expect(file).toMatchObject({ state: 'refused', code: 'unknown-kind' });
});

test('a place that a link took the name of is away, also when the link leads into what daimon keeps', async () => {
  using folder = temporaryFolder();
  const [root, real] = [folder.file('docs'), folder.file('real')];
  mkdirSync(root);
  writeFileSync(`${root}/note.txt`, 'A heron in the reeds.');
  await using room = await openRoom(folder.path);
  writeFileSync(`${room.data}/settings.json`, '{"words": "Nobody added this one."}');
  await room.add({ path: root });
  await room.wait();
  renameSync(root, real);
  symlinkSync(room.data, root);
  await room.until(() => room.state().places[0]!.note !== undefined);
  await room.wait();
  expect(room.texts()).toEqual(['A heron in the reeds.']);
  expect((await room.files()).map(({ name }) => name)).toEqual(['note.txt']);
});

test('a folder that holds daimon itself is read without it, and its writes are no changes', async () => {
  using folder = temporaryFolder();
  const heard: ((changes: readonly { path: string; created: boolean }[]) => void)[] = [];
  const watcher: Watcher = {
    watch(_folder, { changed }, ignore) {
      expect(ignore).toContain(`${folder.path}/data`);
      heard.push(changed);
      return deaf.watch('', { changed, lost: () => {} }, []);
    },
  };
  writeFileSync(folder.file('note.txt'), 'A heron in the reeds.');
  await using room = await openRoom(folder.path, { indexing: { watcher } });
  writeFileSync(`${room.data}/settings.json`, '{"words": "Nobody added this one."}');
  writeFileSync(`${room.data}/letter.txt`, 'Nobody added this one either.');
  await room.add({ path: folder.path });
  await room.wait();
  heard[0]!([{ path: `${room.data}/letter.txt`, created: true }]);
  expect(room.state().phase).toBe('idle');
  await room.wait();
  expect(room.texts()).toEqual(['A heron in the reeds.']);
  await expect(room.add({ path: room.data })).rejects.toMatchObject({ code: 'own-folder' });
});

test.runIf(process.platform === 'linux')('the running system is no folder', async () => {
  using folder = temporaryFolder();
  await using room = await openRoom(folder.path);
  for (const path of ['/proc', '/proc/self', '/sys/kernel'])
    await expect(room.add({ path, sure: true })).rejects.toMatchObject({ code: 'unknown-kind' });
});

test('taking a folder out takes all of it, also of a place that lies in another', async () => {
  using folder = temporaryFolder();
  const root = folder.file('docs');
  mkdirSync(`${root}/a/.notes`, { recursive: true });
  writeFileSync(`${root}/a/one.txt`, 'Heron.');
  writeFileSync(`${root}/a/.notes/two.txt`, 'Egret.');
  writeFileSync(`${root}/three.txt`, 'Stork.');
  await using room = await openRoom(folder.path);
  await room.add({ path: root });
  await room.add({ path: `${root}/a/.notes` });
  await room.wait();
  expect(room.texts()).toEqual(['Egret.', 'Heron.', 'Stork.']);
  expect(await room.remove({ path: `${root}/a` })).toEqual({ files: 2, passages: 2 });
  await room.wait();
  expect(room.texts()).toEqual(['Stork.']);
});

test('only what is named is taken out: no neighbour, no other case, nothing by the folder of the process', async () => {
  using folder = temporaryFolder();
  const root = folder.file('docs');
  const names = ['a_b', 'axb', 'a%b', 'A_B', 'a_bc', 'a', 'a b ', 'a!b', '#a', 'a\nb', 'a\\b', '[a]', 'a?'];
  for (const name of names) {
    mkdirSync(`${root}/${name}`, { recursive: true });
    writeFileSync(`${root}/${name}/note.txt`, `In ${JSON.stringify(name)}.`);
  }
  await using room = await openRoom(folder.path);
  await room.add({ path: root });
  await room.wait();
  const before = process.cwd();
  try {
    process.chdir(root);
    for (const path of ['.', '', './', 'a_b', '../docs', 'note.txt'])
      await expect(room.remove({ path })).rejects.toMatchObject({ code: 'unknown-file' });
  } finally {
    process.chdir(before);
  }
  const left = new Set(names);
  for (const name of ['a_b', 'a%b', 'a', 'a?', '[a]', 'a\\b', 'a b ', '#a']) {
    expect(await room.remove({ path: `${root}/${name}` })).toEqual({ files: 1, passages: 1 });
    left.delete(name);
    await room.wait();
    expect(room.texts()).toEqual([...left].map((one) => `In ${JSON.stringify(one)}.`).sort());
  }
  room.countsAreTrue();
});

test('what was taken out from far down stays out', async () => {
  using folder = temporaryFolder();
  const root = folder.file('docs');
  const far = `${root}/${`${'b'.repeat(240)}/`.repeat(6)}`;
  mkdirSync(far, { recursive: true });
  for (const name of ['one', 'two']) writeFileSync(`${far}${name}.txt`, `In ${name}.`);
  await using room = await openRoom(folder.path);
  const { place } = await room.add({ path: root });
  await room.wait();
  await room.remove({ path: `${far}one.txt` });
  await room.change({ place, ocr: false, ignore: [...room.state().places[0]!.ignore, '*.tex'] });
  await room.wait();
  expect(room.texts()).toEqual(['In two.']);
});

test('a folder is taken out and added again at once, twice over, and each has its turn', async () => {
  using folder = temporaryFolder();
  const root = folder.file('docs');
  mkdirSync(`${root}/in`, { recursive: true });
  for (let i = 0; i < 50; i++) writeFileSync(`${root}/in/${i}.txt`, `Heron ${i}.`);
  await using room = await openRoom(folder.path);
  await room.add({ path: `${root}/in` });
  await room.wait();
  const done = await Promise.allSettled([
    room.add({ path: root }),
    room.remove({ path: root }),
    room.add({ path: root }),
    room.remove({ path: `${root}/in` }),
    room.add({ path: `${root}/in` }),
  ]);
  for (const one of done) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'unknown-file' });
  await room.wait();
  expect(room.texts()).toHaveLength(50);
  expect(room.store.all('SELECT 1 FROM leaving')).toEqual([]);
  expect(room.store.all('SELECT 1 FROM place WHERE leaving = 1 OR into_place IS NOT NULL')).toEqual([]);
  room.countsAreTrue();
});

test('what could not be taken out to its end is taken out by the next try', async () => {
  using folder = temporaryFolder();
  const root = folder.file('docs');
  mkdirSync(root);
  writeFileSync(`${root}/one.txt`, 'Heron.');
  await using room = await openRoom(folder.path);
  await room.add({ path: root });
  await room.wait();
  const stop = room.library.forgetting(() => Promise.reject(new Error('The disk is full.')));
  await expect(room.remove({ path: root })).rejects.toThrow('The disk is full.');
  stop();
  expect(room.state().places).toEqual([]);
  expect(await room.remove({ path: root })).toEqual({ files: 1, passages: 1 });
  await expect(room.remove({ path: root })).rejects.toMatchObject({ code: 'unknown-file' });
  await room.add({ path: root });
  await room.wait();
  expect(room.texts()).toEqual(['Heron.']);
});

test('an ignore file cannot make the walk stand still', () => {
  using folder = temporaryFolder();
  const deep = folder.file('a/'.repeat(150));
  mkdirSync(deep, { recursive: true });
  writeFileSync(`${deep}/note.txt`, 'Heron.');
  writeFileSync(folder.file('.gitignore'), `${'**/a/'.repeat(5)}b\n${'*a'.repeat(30)}b\n${'?*'.repeat(30)}b\n`);
  const began = performance.now();
  const counted = { files: 0, folders: 0, bytes: 0, left: 0, closed: 0 };
  const found = [...walkTree({ root: folder.path, ignore: [], skip: [] }, counted)].filter(Boolean);
  expect(found).toHaveLength(1);
  expect(performance.now() - began).toBeLessThan(5000);
});

// The program that must not be started is played by a shell script, which Windows does not start.
test.skipIf(process.platform === 'win32')('no other program is asked to watch', () => {
  using folder = temporaryFolder();
  mkdirSync(folder.file('bin'));
  mkdirSync(folder.file('docs'));
  // Watchman would keep the names of folders and files in clear.
  writeFileSync(folder.file('bin/watchman'), `#!/bin/sh\ntouch ${folder.file('asked')}\n`, { mode: 0o700 });
  const script = `
    const { openWatcher } = await import(${JSON.stringify(new URL('./watcher.ts', import.meta.url).href)});
    const watch = await openWatcher().watch(${JSON.stringify(folder.file('docs'))}, { changed() {}, lost() {} }, []);
    await watch.close();`;
  const env = { ...process.env, PATH: `${folder.file('bin')}:${process.env['PATH']}` };
  const done = spawnSync(process.execPath, ['--input-type=module', '-e', script], { env, timeout: 20_000 });
  expect(done.status, done.stderr.toString()).toBe(0);
  expect(existsSync(folder.file('asked'))).toBe(false);
});

test('a change in a place that lies in another is seen, whichever of them hears of it last', async () => {
  using folder = temporaryFolder();
  const root = folder.file('docs');
  mkdirSync(`${root}/in`, { recursive: true });
  const heard = new Map<string, (changes: readonly { path: string; created: boolean }[]) => void>();
  const watcher: Watcher = {
    watch(path, { changed }) {
      heard.set(path, changed);
      return Promise.resolve({ close: () => Promise.resolve() });
    },
  };
  await using room = await openRoom(folder.path, { indexing: { watcher, pace: { glanceMs: 3600_000 } } });
  await room.add({ path: root, ignore: ['/in'] });
  await room.add({ path: `${root}/in` });
  await room.wait();
  for (const [i, order] of [
    [root, `${root}/in`],
    [`${root}/in`, root],
  ].entries()) {
    const path = `${root}/in/${i}.txt`;
    writeFileSync(path, `Heron ${i}.`);
    for (const place of order) heard.get(place)!([{ path, created: true }]);
    await room.until(() => room.texts().includes(`Heron ${i}.`));
  }
});
