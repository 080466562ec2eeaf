/** The library from the terminal, with a real core and real files: added, waited for, found, taken out; killed in between. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, startCore } from './core.ts';
import { daimon, filesWith, placesSince, type Daimon } from './daimon.ts';

const began = Date.now();
const canary = `canary${randomBytes(8).toString('hex')}`;
let one: Daimon;
/** The person's folder, apart from daimon's own. */
let docs: string;
beforeAll(async () => {
  one = daimon();
  docs = join(mkdtempSync(join(tmpdir(), 'person-')), 'papers');
  const files: Record<string, string> = {
    'birds/heron.md': `# Birds\n\n## Herons\n\nThe grey heron ${canary} fishes at the weir in the evening.\n`,
    'rent.txt': 'The rent of the flat in Basel is 1,740 francs a month, due on the first.\n',
    'recipe.html':
      '<html><head><title>Lentils</title></head><body><article><h1>Lentils</h1><p>Simmer the green lentils with thyme for thirty minutes, then add vinegar.</p></article></body></html>',
    'mail/trip.eml':
      'From: Ada <ada@example.org>\r\nTo: Ben <ben@example.org>\r\nSubject: The trip to Chur\r\nDate: Tue, 3 Mar 2026 10:00:00 +0000\r\n\r\nThe train to Chur leaves at 9:04 from track 7.\r\n',
    'node_modules/left/index.js': 'module.exports = "lentils rent heron train";',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(docs, name)), { recursive: true });
    writeFileSync(join(docs, name), text);
  }
  for (let i = 0; i < 120; i++)
    writeFileSync(
      join(docs, `note-${i}.txt`),
      `Note ${i}. ${`Line ${i} about nothing in particular. `.repeat(1 + (i % 40))}\n`,
    );
  await one.call('vault.create', { name: 'Wren' });
});
afterAll(async () => {
  await one.remove();
  rmSync(dirname(docs), { recursive: true, force: true });
});

const ok = async (verb: string, input: unknown = {}) => {
  const { lines, fault } = await one.call(verb, input);
  expect(fault).toBeUndefined();
  return lines;
};
interface Hit {
  file: string;
  heading?: string;
  text: string;
  score: number;
}
const search = async (query: string) => (await ok('library.search', { query }))[0] as unknown as Hit[];

test('a script adds a folder, waits, and finds; killed in the middle it goes on by itself', async () => {
  const counted = (await ok('library.count', { path: docs })).at(-1);
  expect(counted).toMatchObject({ files: 124, left: 1, done: true });
  expect(await ok('library.add', { path: docs })).toEqual([
    { place: expect.any(String), name: 'papers', known: false },
  ]);
  await one.quit();
  for (let round = 0; round < 3; round++) {
    const core = await startCore(one.folder);
    await core.core['vault.unlock']({ password: password() });
    await sleep(200 + round * 150);
    await core.kill();
  }
  const done = (await ok('library.wait')).at(-1) as {
    kind: string;
    counts: { files: number; waiting: number; refused: number };
  };
  expect(done).toMatchObject({ kind: 'done', counts: { files: 124, waiting: 0, refused: 0 } });
  const { places } = (await ok('library.state'))[0] as unknown as { places: { documents: number; path: string }[] };
  expect(places).toEqual([expect.objectContaining({ path: docs, documents: 124 })]);
  const [heron] = await search('where does the grey heron fish?');
  expect(heron).toMatchObject({ file: join(docs, 'birds/heron.md'), heading: expect.stringContaining('Herons') });
  expect(readFileSync(heron!.file, 'utf8')).toContain(heron!.text.trim().slice(0, 40));
  for (const [query, file] of [
    ['rent of the flat in Basel', 'rent.txt'],
    ['green lentils thyme', 'recipe.html'],
    ['train to Chur track', 'trip.eml'],
  ] as const)
    expect(basename((await search(query))[0]?.file ?? ''), query).toBe(file);
}, 240_000);

test('a file that is saved is found within seconds, and one that is deleted no more', async () => {
  const file = join(docs, 'new.txt');
  writeFileSync(file, 'The plumber Quastel comes on Thursday.');
  await expect.poll(async () => (await search('plumber Quastel'))[0]?.file, { timeout: 30_000 }).toBe(file);
  rmSync(file);
  await expect
    .poll(async () => (await search('plumber Quastel')).filter((hit) => hit.file === file), { timeout: 30_000 })
    .toEqual([]);
}, 120_000);

test('what is taken out is found no more; its words were nowhere in clear, before, while and after', async () => {
  const places = () => placesSince(began, one.folder).filter((place) => !docs.startsWith(place));
  expect(filesWith(places(), [canary])).toEqual([]);
  expect(await ok('library.remove', { path: join(docs, 'birds') })).toEqual([{ files: 1, passages: 1 }]);
  expect((await search('grey heron')).filter(({ text }) => text.includes(canary))).toEqual([]);
  expect(await ok('library.remove', { path: docs })).toEqual([{ files: 123, passages: expect.any(Number) }]);
  expect((await ok('library.state'))[0]).toMatchObject({ places: [], passages: 0 });
  await one.quit();
  expect(filesWith(places(), [canary])).toEqual([]);
}, 120_000);
