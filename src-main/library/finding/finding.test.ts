/** Finding: by word, by meaning, by name and by date; nothing when nothing fits; only what a file shows. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, type TemporaryFolder } from '../../../test/fakes/folder.ts';
import { fakeMeaning } from '../../../test/fakes/meaning.ts';
import { PLACE, shelved, told } from '../../../test/fakes/shelved.ts';
import type { LibraryPassage } from '../ports.ts';
import type { Id } from '../../wire/schema.ts';
import { openFinding } from './finding.ts';

const OTHER = '01JAZZ0000000000000000000B' as Id;
const filler = (n: number) =>
  `Note ${n}. The committee met on a rainy day and spoke about chairs, windows and the colour of doors. Somebody made tea. `;
const FILES: Record<string, string> = {
  '/home/anna/boats.md': `# Boats\n\n${filler(1)}\n\n## Mooring\n\nThe mooring fee at Porto Covo is 34 euros a night. Pay at the office.\n\n## Sails\n\n${filler(2)}`,
  '/home/anna/bread.md': `# Bread\n\nA sourdough loaf needs eighteen hours. The oven stands at 230 degrees.\n\n${filler(3)}`,
  '/home/anna/tax/Rechnung_2021-07.txt': `Invoice INV-20391 for garden tools, paid by transfer.\n\n${filler(4)}`,
  '/home/anna/doctor.md': `The physician said that the automobile ride made the pain worse.`,
};
let folder: TemporaryFolder;
let here: Awaited<ReturnType<typeof shelved>>;
const meaning = fakeMeaning({
  same: [
    ['doctor', 'physician'],
    ['car', 'automobile'],
    ['ache', 'pain'],
  ],
});
const finding = () => openFinding({ store: here.store, clock: here.clock, embedder: meaning });
beforeAll(async () => {
  folder = temporaryFolder();
  here = await shelved(folder.file('daimon.db'));
  here.place(OTHER, '/home/other');
  for (const [path, text] of Object.entries(FILES)) await here.file(path, text, { changedAt: Date.UTC(2025, 5, 1) });
  for (let i = 10; i < 40; i++)
    await here.file(`/home/other/n${i}.md`, filler(i).repeat(3), { at: OTHER, changedAt: Date.UTC(2024, i % 12, 2) });
  await here.embed(meaning);
});
afterAll(async () => {
  await here[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

describe('a question', () => {
  test('finds the passage with its words, its heading, its sentence and where its words stand', async () => {
    const [hit] = await finding().search({ query: 'What is the mooring fee at Porto Covo?' });
    expect(hit).toMatchObject({ file: '/home/anna/boats.md', name: 'boats.md', place: PLACE, kind: 'markdown' });
    expect(hit!.heading).toBe('Boats › Mooring');
    expect(hit!.text.slice(...hit!.sentence)).toBe('The mooring fee at Porto Covo is 34 euros a night.');
    expect(hit!.words.map(([from, to]) => hit!.text.slice(from, to).toLowerCase())).toContain('mooring');
    expect(hit!.score).toBeGreaterThan(0.6);
  });

  test('finds other words with the same meaning, which words alone do not', async () => {
    const query = 'doctor car ache';
    const [hit] = await finding().search({ query });
    expect(hit).toMatchObject({ file: '/home/anna/doctor.md', by: 'meaning' });
    meaning.use(undefined);
    expect(await finding().search({ query: 'automobile physicians' })).toMatchObject([{ name: 'doctor.md' }]);
    expect((await finding().search({ query: 'car ache' })).map(({ name }) => name)).not.toContain('doctor.md');
    meaning.use('fake');
  });

  test('that nothing fits is answered with nothing, and on demand with what fits badly', async () => {
    const query = 'quantum chromodynamics of the submarine';
    expect(await finding().search({ query })).toEqual([]);
    const weak = await finding().search({ query, weak: true });
    expect(weak.length).toBeGreaterThan(0);
    expect(weak.every((hit) => hit.weak === true)).toBe(true);
  });

  test('finds a file by its name, and a number inside a text', async () => {
    expect((await finding().search({ query: 'rechnung 2021-07' }))[0]).toMatchObject({ name: 'Rechnung_2021-07.txt' });
    expect((await finding().search({ query: 'INV-20391' }))[0]).toMatchObject({ name: 'Rechnung_2021-07.txt' });
  });
});

describe('filters', () => {
  test('by place, kind and time', async () => {
    const query = 'the committee spoke about chairs';
    const places = async (request: object) => [
      ...new Set((await finding().search({ query, limit: 50, ...request })).map(({ place }) => place)),
    ];
    expect((await places({})).sort()).toEqual([PLACE, OTHER].sort());
    expect(await places({ places: [OTHER] })).toEqual([OTHER]);
    expect(await places({ places: [] })).toEqual([]);
    expect(await places({ kinds: ['pdf'] })).toEqual([]);
    expect(await places({ since: Date.UTC(2025, 0) })).toEqual([PLACE]);
    expect(await places({ until: Date.UTC(2025, 0) })).toEqual([OTHER]);
  });

  test('a month in the question brings its files to the front', async () => {
    const hits = await finding().search({ query: 'committee chairs in August 2024', limit: 3 });
    expect(new Date(hits[0]!.date!).getUTCMonth()).toBe(7);
  });
});

test('no question makes a search fail, and spans lie inside the text', async () => {
  const odd = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      '"',
      'NEAR(a b)',
      'a AND',
      'OR',
      '*',
      'own:x',
      '^a',
      '(',
      '-',
      '{',
      "'; drop table x --",
      '\0',
      'a\0b',
      '漢字',
      'ไทย',
    ),
    fc
      .array(fc.constantFrom('mooring', 'fee', '"', '*', 'AND', 'NOT', 'committee', ':', '(', ')', '+', '"tea"'), {
        maxLength: 12,
      })
      .map((all) => all.join(' ')),
  );
  const room = finding();
  await fc.assert(
    fc.asyncProperty(odd, async (query) => {
      for (const { text, words, sentence } of await room.search({ query, weak: true }))
        for (const [from, to] of [...words, sentence]) expect(from >= 0 && from < to && to <= text.length).toBe(true);
    }),
    { numRuns: process.env['DAIMON_LONG'] ? 5_000 : 150, seed: 5 },
  );
});

test('Chinese, Japanese and Thai are found by a word inside a sentence, and a table by its columns', async () => {
  using other = temporaryFolder();
  await using shelf = await shelved(other.file('daimon.db'));
  const room = openFinding({
    store: shelf.store,
    clock: shelf.clock,
    embedder: fakeMeaning(),
  });
  await shelf.file('/a/zh.txt', '我们昨天在北京图书馆看书。天气很好。');
  await shelf.file('/a/th.txt', 'เมื่อวานนี้เราไปห้องสมุดที่กรุงเทพ');
  const rows = Array.from({ length: 150 }, (_, i) => `${i} | Lisbon | ${i * 7}`).join('\n');
  await shelf.file('/a/t.csv', [{ kind: 'csv', text: `ticket | town | surcharge\n${rows}` }]);
  for (const [query, name] of [
    ['图书馆', 'zh.txt'],
    ['ห้องสมุด', 'th.txt'],
  ] as const) {
    const [hit] = await room.search({ query });
    expect(hit!.name).toBe(name);
    expect(hit!.words.map(([from, to]) => hit!.text.slice(from, to)).join('')).toBe(query);
  }
  const hits = await room.search({ query: 'surcharge ticket 149' });
  expect(hits[0]!.text).toContain('149 | Lisbon | 1043');
});

test('a document of two files is one hit, under the first path; what no file shows is not found', async () => {
  using other = temporaryFolder();
  await using shelf = await shelved(other.file('daimon.db'));
  const room = openFinding({ store: shelf.store, clock: shelf.clock, embedder: fakeMeaning() });
  const { content } = await shelf.file('/b/copy.md', 'Penguins walk over ice and stone.', { hash: 'same' });
  expect(await room.search({ query: 'penguins' })).toHaveLength(1);
  shelf.point(content, '/a/first.md', 0, PLACE);
  expect(await room.search({ query: 'penguins' })).toMatchObject([{ file: '/a/first.md' }]);
  shelf.unpoint('/a/first.md');
  shelf.unpoint('/b/copy.md');
  expect(await room.search({ query: 'penguins', weak: true })).toEqual([]);
  void shelf.shelf.keep(
    { hash: 'half', how: '1' },
    (async function* () {
      yield* told([{ text: 'Penguins again. '.repeat(4000) }]);
      await new Promise(() => {});
    })(),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(shelf.shelf.totals().passages).toBeGreaterThan(3);
  expect(await room.search({ query: 'penguins', weak: true })).toEqual([]);
});

test('a document opens around a passage, from its beginning, and not when it is gone', async () => {
  using other = temporaryFolder();
  await using shelf = await shelved(other.file('daimon.db'));
  const room = openFinding({ store: shelf.store, clock: shelf.clock, embedder: fakeMeaning() });
  const text = Array.from({ length: 90 }, (_, i) => `# Part ${i}\n\n${filler(i)}\n\n`).join('');
  await shelf.file('/a/long.md', [{ text, title: 'Long', pages: 3, language: 'eng' }]);
  const ids = shelf.store.all<{ id: number; document: number }>('SELECT id, document FROM passage ORDER BY n');
  const whole = await room.open({ document: ids[0]!.document, limit: 200 });
  expect(whole.passages.map((one) => one.text).join('')).toBe(text);
  expect(whole).toMatchObject({ name: 'long.md', title: 'Long', pages: 3, language: 'eng', total: ids.length });
  const around = await room.open({ passage: ids[50]!.id, limit: 10 });
  expect(around.passages.map(({ n }) => n)).toEqual([45, 46, 47, 48, 49, 50, 51, 52, 53, 54]);
  expect((await room.open({ passage: ids[88]!.id, limit: 10 })).passages.at(-1)!.n).toBe(89);
  expect((await room.open({ passage: ids[50]!.id, from: 3, limit: 2 })).passages.map(({ n }) => n)).toEqual([3, 4]);
  await expect(room.open({ passage: 999_999 })).rejects.toMatchObject({ code: 'not-found' });
  shelf.unpoint('/a/long.md');
  await expect(room.open({ passage: ids[0]!.id })).rejects.toMatchObject({ code: 'not-found' });
});

test('the stream of passages is the same whatever the order of reading, and filtered', async () => {
  const streams: LibraryPassage[][] = [];
  for (const order of [1, -1]) {
    using other = temporaryFolder();
    await using shelf = await shelved(other.file('daimon.db'));
    const files = Array.from({ length: 230 }, (_, i) => `/home/anna/d${i % 7}/f${i}.md`);
    if (order < 0) files.reverse();
    for (const path of files)
      await shelf.file(path, [
        { text: `About ${path}.`, language: path.endsWith('1.md') ? 'deu' : 'eng' },
        { text: 'Second.' },
      ]);
    const room = openFinding({ store: shelf.store, clock: shelf.clock, embedder: fakeMeaning() });
    const all = async (filter: object) => {
      const got: LibraryPassage[] = [];
      for await (const one of room.passages(filter)) got.push(one);
      return got;
    };
    streams.push((await all({})).map((one) => ({ ...one, document: 0 })));
    expect((await all({ paths: ['/home/anna/d1'] })).every(({ file }) => file.startsWith('/home/anna/d1/'))).toBe(true);
    expect(await all({ paths: ['/home/anna/d'] })).toEqual([]);
    expect(await all({ paths: ['/home/anna/d1/f1.md'] })).toHaveLength(2);
    expect((await all({ languages: ['deu'] })).map(({ file }) => file)).toEqual(
      files.filter((path) => path.endsWith('1.md')).sort(),
    );
  }
  expect(streams[0]).toHaveLength(460);
  expect(streams[1]).toEqual(streams[0]);
});
