/** From a folder on disk to passages: added, read, changed, moved, gone, removed; with real parts. */
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/fakes/folder.ts';
import { openRoom } from './room.fixture.ts';

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
