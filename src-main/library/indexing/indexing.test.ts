/** From a folder on disk to passages: added, read, changed, moved, gone, removed; with real parts. */
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/fakes/folder.ts';
import { lettersEmbedder, never, openRoom } from './room.fixture.ts';

const fault = (code: string) => expect.objectContaining({ code });

test('a folder is added, read, and findable; what it holds of others is left out', async () => {
  using folder = temporaryFolder();
  const root = folder.file('docs');
  mkdirSync(`${root}/sub/node_modules/x`, { recursive: true });
  writeFileSync(`${root}/a.txt`, 'The heron stands in the reeds.');
  writeFileSync(`${root}/sub/b.md`, '# Rivers\n\nThe Aare flows into the Rhine.');
  writeFileSync(`${root}/sub/node_modules/x/readme.md`, 'Not mine.');
  writeFileSync(`${root}/.hidden.txt`, 'Not shown.');
  writeFileSync(`${root}/film.mp4`, 'x');
  writeFileSync(`${root}/empty.txt`, '');
  symlinkSync(root, `${root}/loop`);
  await using room = await openRoom(folder.path);
  const added = await room.add({ path: root });
  expect(added).toMatchObject({ name: 'docs', known: false });
  const done = await room.wait();
  expect(done).toMatchObject({ meaning: true, counts: { files: 3, waiting: 0, meaning: 2, refused: 1 } });
  expect(room.texts()).toEqual(['# Rivers\n\nThe Aare flows into the Rhine.', 'The heron stands in the reeds.']);
  expect((await room.files()).map(({ name, state, code }) => [name, state, code])).toEqual([
    ['a.txt', 'meaning', undefined],
    ['empty.txt', 'refused', 'no-text'],
    ['b.md', 'meaning', undefined],
  ]);
  expect(await room.add({ path: `${root}/sub` })).toEqual({ place: added.place, name: 'docs', known: true });
  room.countsAreTrue();
});

test('a single file, and one in a hidden folder, are read since they were asked for', async () => {
  using folder = temporaryFolder();
  mkdirSync(folder.file('docs/.private'), { recursive: true });
  writeFileSync(folder.file('docs/.private/a.txt'), 'Hidden heron.');
  await using room = await openRoom(folder.path);
  const outer = await room.add({ path: folder.file('docs') });
  const inner = await room.add({ path: folder.file('docs/.private/a.txt') });
  expect(inner).toMatchObject({ known: false, name: 'a.txt' });
  expect(inner.place).not.toBe(outer.place);
  await room.wait();
  expect(room.texts()).toEqual(['Hidden heron.']);
  // Changed: seen although no watcher looks into hidden folders.
  writeFileSync(folder.file('docs/.private/a.txt'), 'A hidden egret.');
  await room.until(() => room.texts().includes('A hidden egret.'));
});

test('what must not be added is refused with its reason', async () => {
  using folder = temporaryFolder();
  await using room = await openRoom(folder.path);
  symlinkSync('/dev/null', folder.file('null'));
  writeFileSync(`${room.data}/x.txt`, 'x');
  await expect(room.add({ path: 'docs' })).rejects.toEqual(fault('bad-source'));
  await expect(room.add({})).rejects.toEqual(fault('bad-source'));
  await expect(room.add({ path: '/x', text: 'y' })).rejects.toEqual(fault('bad-source'));
  await expect(room.add({ path: folder.file('none') })).rejects.toEqual(fault('file-missing'));
  await expect(room.add({ path: folder.file('null') })).rejects.toEqual(fault('unknown-kind'));
  await expect(room.add({ path: room.data })).rejects.toEqual(fault('own-folder'));
  await expect(room.add({ path: `${room.data}/x.txt` })).rejects.toEqual(fault('own-folder'));
  await expect(room.add({ text: '  ' })).rejects.toEqual(fault('no-text'));
  expect(room.state().places).toEqual([]);
  // A folder that holds daimon's own leaves it out.
  await room.add({ path: folder.path });
  await room.wait();
  expect((await room.files()).filter(({ path }) => path.startsWith(room.data))).toEqual([]);
});

test('pasted text and handed-over files are on disk when they are acknowledged, and the same again is known', async () => {
  using folder = temporaryFolder();
  const text = 'Buy oat milk and two lemons.';
  await using room = await openRoom(folder.path, { asleep: true });
  const first = await room.add({ text, name: 'Shopping' });
  expect(first).toMatchObject({ name: 'Shopping.md', known: false });
  expect(await room.add({ text, name: 'Shopping' })).toMatchObject({ ...first, known: true });
  expect(await room.add({ text: `${text} And rice.`, name: 'Shopping' })).toMatchObject({
    place: first.place,
    name: 'Shopping (2).md',
  });
  const { upload } = await room.library.handlers['library.offer']({ name: '/x/b.txt', size: 6 }, never);
  await room.library.handlers['library.give']({ upload, bytes: Buffer.from('Herons') }, never);
  expect(await room.add({ upload })).toMatchObject({ name: 'b.txt' });
  // As after a kill right now: they wait in the database.
  expect(room.store.get('SELECT count(*) AS n FROM given')).toEqual({ n: 3 });
  room.library.wake();
  await room.wait();
  expect(room.texts()).toEqual([text, `${text} And rice.`, 'Herons']);
  expect(room.store.get('SELECT count(*) AS n FROM given')).toEqual({ n: 0 });
  const [place] = room.state().places;
  expect(place).toMatchObject({ kind: 'given', watched: 'no', counts: { files: 3, meaning: 3 } });
  await room.remove({ path: 'b.txt' });
  expect(room.texts()).toEqual([text, `${text} And rice.`]);
  expect(await room.remove({ place: first.place })).toEqual({ files: 2, passages: 2 });
  expect(room.state().places).toEqual([]);
});

test('a larger folder takes over the smaller ones in it, and nothing is read twice', async () => {
  using folder = temporaryFolder();
  mkdirSync(folder.file('all/a'), { recursive: true });
  writeFileSync(folder.file('all/a/one.txt'), 'One heron.');
  writeFileSync(folder.file('all/two.txt'), 'Two herons.');
  await using room = await openRoom(folder.path);
  await room.add({ path: folder.file('all/a') });
  await room.add({ path: folder.file('all/two.txt') });
  await room.wait();
  const before = room.store.all('SELECT id, content FROM file ORDER BY id');
  const asked = room.embedder.now.asked;
  const { place, known } = await room.add({ path: folder.file('all') });
  expect(known).toBe(false);
  await room.wait();
  expect(room.state().places.map(({ id, counts }) => [id, counts.meaning])).toEqual([[place, 2]]);
  expect(room.store.all('SELECT id, content FROM file ORDER BY id')).toEqual(before);
  expect(room.embedder.now.asked).toBe(asked);
  room.countsAreTrue();
});

test('saved, changed, renamed, moved in and deleted files are seen while it runs', async () => {
  using folder = temporaryFolder();
  const root = folder.file('docs');
  mkdirSync(root);
  mkdirSync(folder.file('elsewhere/deep'), { recursive: true });
  writeFileSync(folder.file('elsewhere/deep/c.txt'), 'From elsewhere.');
  await using room = await openRoom(folder.path);
  await room.add({ path: root });
  await room.wait();
  await room.until(() => room.state().places[0]!.watched === 'yes');
  const began = performance.now();
  writeFileSync(`${root}/a.txt`, 'A first heron.');
  await room.until(() => room.texts().length === 1);
  expect(performance.now() - began).toBeLessThan(4000);
  // As editors save: another file, renamed over it.
  writeFileSync(`${root}/.a.tmp`, 'A second heron.');
  renameSync(`${root}/.a.tmp`, `${root}/a.txt`);
  await room.until(() => room.texts().includes('A second heron.'));
  await room.until(() => !room.texts().includes('A first heron.'));
  await room.wait();
  const asked = room.embedder.now.asked;
  const before = room.store.get<{ content: number }>('SELECT content FROM file')!;
  renameSync(`${root}/a.txt`, `${root}/b.txt`);
  await room.until(
    async () => (await room.files())[0]?.name === 'b.txt' && (await room.files())[0]?.state === 'meaning',
  );
  expect(room.store.all('SELECT content FROM file')).toEqual([before]);
  expect(room.embedder.now.asked).toBe(asked);
  renameSync(folder.file('elsewhere'), `${root}/elsewhere`);
  await room.until(() => room.texts().includes('From elsewhere.'));
  // Into a folder that came with the other.
  writeFileSync(`${root}/elsewhere/deep/d.txt`, 'Later, and deep.');
  await room.until(() => room.texts().includes('Later, and deep.'));
  rmSync(`${root}/elsewhere`, { recursive: true });
  await room.until(() => room.texts().length === 1);
  await room.wait();
  await room.until(() => room.store.get<{ n: number }>('SELECT count(*) AS n FROM content')!.n === 1);
  room.countsAreTrue();
}, 90_000);

test('equality decides whether a file changed: a clock that is set back, or a time to come, changes nothing', async () => {
  using folder = temporaryFolder();
  mkdirSync(folder.file('docs'));
  writeFileSync(folder.file('docs/a.txt'), 'Heron.');
  utimesSync(folder.file('docs/a.txt'), 4e9, 4e9);
  {
    await using room = await openRoom(folder.path);
    await room.add({ path: folder.file('docs') });
    await room.wait();
    const [before] = await room.files();
    writeFileSync(folder.file('docs/a.txt'), 'Egret.');
    utimesSync(folder.file('docs/a.txt'), 1e9, 1e9);
    await room.until(() => room.texts()[0] === 'Egret.');
    expect((await room.files())[0]!.id).toBe(before!.id);
  }
  await using again = await openRoom(folder.path);
  const read = (await again.files())[0]!.readAt;
  await again.wait();
  expect((await again.files())[0]!.readAt).toBe(read);
});

test('a folder that is not there keeps what was read of it, and goes on when it is back', async () => {
  using folder = temporaryFolder();
  mkdirSync(folder.file('stick'));
  writeFileSync(folder.file('stick/a.txt'), 'On the stick.');
  {
    await using room = await openRoom(folder.path);
    await room.add({ path: folder.file('stick') });
    await room.wait();
  }
  renameSync(folder.file('stick'), folder.file('away'));
  await using room = await openRoom(folder.path);
  await room.wait();
  expect(room.texts()).toEqual(['On the stick.']);
  expect(room.state().places[0]).toMatchObject({ watched: 'no', note: expect.stringContaining('not there') });
  // Its empty mount point is no reason to forget either.
  mkdirSync(folder.file('stick'));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await room.wait();
  expect(room.texts()).toEqual(['On the stick.']);
  rmSync(folder.file('stick'), { recursive: true });
  writeFileSync(folder.file('away/b.txt'), 'Came back with it.');
  renameSync(folder.file('away'), folder.file('stick'));
  await room.until(() => room.texts().length === 2);
  expect(room.state().places[0]!.note).toBeUndefined();
});

test('nothing is read while it is paused, also after a restart; and goes on when it is resumed', async () => {
  using folder = temporaryFolder();
  for (const name of ['a', 'b']) {
    mkdirSync(folder.file(name));
    writeFileSync(folder.file(`${name}/x.txt`), `Words of ${name}.`);
  }
  {
    await using room = await openRoom(folder.path, { asleep: true });
    const a = await room.add({ path: folder.file('a') });
    await room.add({ path: folder.file('b') });
    await room.pause({ place: a.place });
    room.library.wake();
    expect(await room.wait()).toMatchObject({ counts: { waiting: 1, meaning: 1 } });
    expect(room.texts()).toEqual(['Words of b.']);
    expect(room.state().phase).toBe('paused');
    await room.pause({});
    await room.resume({ place: a.place });
    writeFileSync(folder.file('b/y.txt'), 'More words of b.');
    expect(await room.wait()).toMatchObject({ note: expect.stringContaining('paused') });
  }
  await using room = await openRoom(folder.path);
  await room.until(() => room.state().counts.waiting === 2);
  expect(room.state()).toMatchObject({ phase: 'paused', counts: { waiting: 2, meaning: 1 } });
  await room.resume({});
  await room.wait();
  expect(room.texts()).toHaveLength(3);
});

test('a paused place gets no vectors either, others do; what resumes all resumes it', async () => {
  using folder = temporaryFolder();
  const embedder = lettersEmbedder(false);
  await using room = await openRoom(folder.path, { embedder });
  const put = async (name: string) => {
    mkdirSync(folder.file(name));
    writeFileSync(folder.file(`${name}/one.txt`), `A heron of ${name}.`);
    return room.add({ path: folder.file(name) });
  };
  const a = await put('a');
  await put('b');
  await room.wait();
  await room.pause({ place: a.place });
  embedder.set(true);
  await room.until(() => room.state().counts.meaning === 1);
  expect(room.state()).toMatchObject({ phase: 'paused', bare: 1, counts: { read: 1, waiting: 0 } });
  expect(room.state().places.map(({ counts }) => counts.meaning)).toEqual([0, 1]);
  expect(await room.wait()).toMatchObject({ kind: 'done' });
  await room.resume({});
  await room.until(() => room.state().counts.meaning === 2);
  expect(room.state().phase).toBe('idle');
});

test('the job in the list is paused, resumed and stopped as the indexing is', async () => {
  using folder = temporaryFolder();
  mkdirSync(folder.file('docs'));
  for (let i = 0; i < 60; i++) writeFileSync(folder.file(`docs/${i}.txt`), `Words ${i}.`);
  await using room = await openRoom(folder.path);
  await room.add({ path: folder.file('docs') });
  await room.until(() => room.state().job && room.state().counts.meaning + room.state().counts.read > 3);
  const { job } = room.state();
  await room.jobs.handlers['jobs.pause']({ id: job! }, never);
  await room.until(() => room.state().phase === 'paused');
  const held = room.state().counts.waiting;
  expect(held).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(room.state().counts.waiting).toBe(held);
  await room.jobs.handlers['jobs.resume']({ id: job! }, never);
  await room.until(() => room.state().counts.waiting < held);
  await room.jobs.handlers['jobs.stop']({ id: job! }, never);
  await room.until(() => room.state().phase === 'paused' && room.state().job === undefined);
  await room.resume({});
  await room.wait();
  expect(room.texts()).toHaveLength(60);
  const list = (await room.jobs.handlers['jobs.list']({}, never)) as { kind: string; state: string }[];
  expect(list.map(({ kind, state }) => [kind, state])).toEqual([['library.index', 'done']]);
});

test('without a model that finds by meaning the words are all there is, and it says how to get one', async () => {
  using folder = temporaryFolder();
  await using room = await openRoom(folder.path, { embedder: lettersEmbedder(false) });
  await room.add({ text: 'A heron.' });
  expect(await room.wait()).toMatchObject({
    meaning: false,
    counts: { read: 1, meaning: 0 },
    note: expect.stringContaining('engine.embedder'),
  });
  room.embedder.set(true);
  expect(await room.wait()).toMatchObject({ meaning: true, counts: { read: 0, meaning: 1 } });
  room.countsAreTrue();
});

test('an engine that fails is asked again, then left alone until something changes', async () => {
  using folder = temporaryFolder();
  const embedder = lettersEmbedder();
  embedder.now.failing = 2;
  await using room = await openRoom(folder.path, { embedder, indexing: { pausesMs: [20, 20, 20] } });
  await room.add({ text: 'A heron.' });
  expect(await room.wait()).toMatchObject({ meaning: true });
  embedder.now.failing = 1000;
  await room.add({ text: 'An egret.' });
  expect(await room.wait()).toMatchObject({ meaning: false, note: expect.stringContaining('failed') });
  expect(room.state()).toMatchObject({ meaning: 'failed', counts: { read: 1, meaning: 1 } });
  embedder.now.failing = 0;
  await room.resume({});
  expect(await room.wait()).toMatchObject({ meaning: true });
});

test('a word that was asked for in vain is found when the first file with it comes', async () => {
  using folder = temporaryFolder();
  mkdirSync(folder.file('docs'));
  for (let i = 0; i < 30; i++) writeFileSync(folder.file(`docs/${i}.txt`), `Heron number ${i} stands in the reeds.`);
  await using room = await openRoom(folder.path, { embedder: lettersEmbedder(false) });
  await room.add({ path: folder.file('docs') });
  await room.wait();
  expect(await room.library.search({ query: 'quastelberg' })).toEqual([]);
  writeFileSync(folder.file('docs/late.txt'), 'The train to Quastelberg is late.');
  await room.until(() => room.texts().some((text) => text.includes('Quastelberg')));
  expect((await room.library.search({ query: 'quastelberg' }))[0]).toMatchObject({ name: 'late.txt' });
});
