/** The shelf: whole or not at all, vectors once for equal texts, and what leaves is gone from the bytes of the file. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/fakes/folder.ts';
import { fakeMeaning } from '../../../test/fakes/meaning.ts';
import { checkWords, shelved, told } from '../../../test/fakes/shelved.ts';
import type { Told } from '../parts.ts';
import { openShelf } from './shelf.ts';

const key = (hash: string) => ({ hash, how: '1' });
const paragraph = (n: number) =>
  `Paragraph ${n} is about lighthouses, tide${n} tables and the keepers of old harbours. `.repeat(8);
const long = (count: number, from = 0) => Array.from({ length: count }, (_, i) => paragraph(from + i)).join('\n\n');

test('what was kept is found by its bytes, with its documents and passages', async () => {
  using folder = temporaryFolder();
  await using here = await shelved(folder.file('daimon.db'));
  const { shelf, store } = here;
  expect(shelf.find(key('a'))).toBeUndefined();
  const items: Told[] = [];
  for await (const one of told([{ text: long(3), title: 'One' }, { text: 'Two.' }])) items.push(one);
  items.splice(1, 0, { kind: 'refused', why: 'It is broken.' });
  const kept = await shelf.keep(key('a'), stream(items));
  expect(kept).toMatchObject({ documents: 2, refused: 1, why: 'It is broken.' });
  expect(shelf.find(key('a'))).toEqual(kept);
  expect(shelf.find({ hash: 'a', how: '2' })).toBeUndefined();
  expect(shelf.totals()).toEqual({ passages: kept.passages, bare: kept.passages });
  const texts = store.all<{ document: number; text: string }>(
    'SELECT document, text FROM passage ORDER BY document, n',
  );
  expect(texts.map(({ text }) => text).join('')).toBe(`${long(3)}Two.`);
  checkWords(store);
});

test('the same bytes twice at once are read once', async () => {
  using folder = temporaryFolder();
  await using here = await shelved(folder.file('daimon.db'));
  const [a, b] = await Promise.all([
    here.shelf.keep(key('a'), told([{ text: long(2) }])),
    here.shelf.keep(key('a'), told([{ text: 'never read' }])),
  ]);
  expect(b).toEqual(a);
});

test('a reading that fails or is stopped leaves nothing', async () => {
  using folder = temporaryFolder();
  await using here = await shelved(folder.file('daimon.db'));
  const { shelf, store } = here;
  const empty = () =>
    ['content', 'document', 'passage', 'passage_bare', 'passage_words_docsize'].map(
      (table) => store.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)!.n,
    );
  const failing = async function* (): AsyncGenerator<Told> {
    yield* told([{ text: long(60) }, { text: long(3, 60) }]);
    throw new Error('the file vanished');
  };
  await expect(shelf.keep(key('a'), failing())).rejects.toThrow('the file vanished');
  expect(empty()).toEqual([0, 0, 0, 0, 0]);
  const stop = new AbortController();
  const stopping = async function* (): AsyncGenerator<Told> {
    yield* told([{ text: long(60) }]);
    stop.abort(new Error('enough'));
    yield* told([{ text: long(60) }]);
  };
  await expect(shelf.keep(key('b'), stopping(), stop.signal)).rejects.toThrow('enough');
  expect(empty()).toEqual([0, 0, 0, 0, 0]);
  expect(shelf.totals()).toEqual({ passages: 0, bare: 0 });
  checkWords(store);
});

test('what an end in the middle left is swept, also when the sweep itself is ended in the middle', async () => {
  using folder = temporaryFolder();
  await using here = await shelved(folder.file('daimon.db'));
  const { shelf, store } = here;
  await here.file('/home/anna/keep.md', long(4));
  // As a kill leaves it: the promise is never settled.
  let blocked = () => {};
  const reached = new Promise<void>((resolve) => (blocked = resolve));
  const never = async function* (): AsyncGenerator<Told> {
    yield* told([{ text: long(40, 100) }, { text: long(40, 200) }]);
    blocked();
    await new Promise(() => {});
  };
  void shelf.keep(key('b'), never());
  await reached;
  const after = openShelf({ store });
  expect(after.find(key('b'))).toBeUndefined();
  let ended = 0;
  for (let swept = false; !swept;) {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('killed')), 5 + ended * 4);
    swept = await after.sweep({}, stop.signal).then(
      () => true,
      () => false,
    );
    checkWords(store, { all: false });
    if (!swept) ended++;
  }
  checkWords(store);
  expect(ended).toBeGreaterThan(0);
  expect(store.get('SELECT count(*) AS n FROM content')).toEqual({ n: 1 });
  expect(after.totals().passages).toBe(store.get<{ n: number }>('SELECT count(*) AS n FROM passage')!.n);
  // The same bytes can be read again.
  expect((await after.keep(key('b'), told([{ text: long(2) }]))).documents).toBe(1);
});

test('a content that a file is about to be pointed at is not swept', async () => {
  using folder = temporaryFolder();
  await using here = await shelved(folder.file('daimon.db'));
  const { shelf, store } = here;
  const { content } = await shelf.keep(key('a'), told([{ text: long(2) }]));
  const swept = shelf.sweep();
  await new Promise((resolve) => setTimeout(resolve, 50));
  here.point(content, '/home/anna/a.md', 0, '01JAZZ0000000000000000000A' as never);
  expect(await swept).toEqual({ passages: 0 });
  here.unpoint('/home/anna/a.md');
  expect((await shelf.sweep()).passages).toBeGreaterThan(0);
  expect(store.get('SELECT count(*) AS n FROM passage')).toEqual({ n: 0 });
});

test('equal texts are embedded once, and an edited file embeds only what changed', async () => {
  using folder = temporaryFolder();
  await using here = await shelved(folder.file('daimon.db'));
  const { shelf, store } = here;
  const meaning = fakeMeaning();
  const { passages } = await here.file('/home/anna/a.md', long(10));
  await here.file('/home/anna/copy.md', `${long(10)}\n`);
  await here.embed(meaning);
  expect(meaning.embedded.length).toBe(passages);
  expect(shelf.totals().bare).toBe(0);
  await here.file('/home/anna/a.md', `${long(5)}\n\nA new paragraph about radios.\n\n${long(5, 5)}`);
  await shelf.sweep();
  const before = meaning.embedded.length;
  await here.embed(meaning);
  expect(meaning.embedded.length - before).toBeLessThanOrEqual(2);
  expect(store.get('SELECT count(*) AS n FROM content WHERE bare > 0')).toEqual({ n: 0 });
  const rows = store.all<{ text: string; bits: Uint8Array }>(
    'SELECT p.text, b.bits FROM passage p JOIN passage_bits b ON b.passage = p.id JOIN passage_bytes y ON y.passage = p.id',
  );
  expect(rows.length).toBe(shelf.totals().passages);
});

test('another embedder makes everything bare again, and late vectors of the old one are dropped', async () => {
  using folder = temporaryFolder();
  await using here = await shelved(folder.file('daimon.db'));
  const { shelf, store } = here;
  await here.file('/home/anna/a.md', long(30));
  const old = fakeMeaning({ id: 'old' });
  const late = await shelf.bare('old', 2);
  await here.embed(old);
  const total = shelf.totals().passages;
  expect((await shelf.bare('new', 5)).length).toBe(5);
  expect(shelf.totals()).toEqual({ passages: total, bare: total });
  expect(store.get('SELECT count(*) AS n FROM passage_bits')).toEqual({ n: 0 });
  await shelf.keepVectors('old', [{ passage: late[0]!.passage, vector: new Float32Array(384).fill(1) }]);
  expect(shelf.totals().bare).toBe(total);
  await here.embed(fakeMeaning({ id: 'new' }));
  expect(shelf.totals().bare).toBe(0);
  // A passage that is gone meanwhile.
  await shelf.keepVectors('new', [{ passage: 999_999, vector: new Float32Array(384).fill(1) }]);
});

test('no byte of what was taken out is left in the file or its log: text, words, headings, vectors', async () => {
  using folder = temporaryFolder();
  const file = folder.file('daimon.db');
  await using here = await shelved(file, { cipher: 'plain' });
  const { shelf, store } = here;
  const canaries = ['zyxomarrow', 'quiblefish', 'vantorelli', 'plimsowick', 'dragunterra'];
  const [stem] = ['zyxomarrow'];
  const secret = (i: number) =>
    `# ${canaries[1]} ${i}\n\nThe ${canaries[0]}s of number${i} know ${canaries[2]} ${i}. ${paragraph(i)} ${i % 7 ? '' : canaries[3]}\n\n`;
  for (let i = 0; i < 40; i++) await here.file(`/home/anna/other${i}.md`, long(3, i * 3));
  await here.file(`/home/anna/${canaries[4]}/secret.md`, [
    { text: Array.from({ length: 120 }, (_, i) => secret(i)).join(''), title: `${canaries[2]} title` },
  ]);
  for (let i = 0; i < 40; i++) await here.file(`/home/anna/more${i}.md`, long(3, i * 5));
  await here.embed(fakeMeaning());
  const vectors = store.all<{ bits: Uint8Array; bytes: Uint8Array }>(
    `SELECT b.bits, y.bytes FROM passage p JOIN passage_bits b ON b.passage = p.id JOIN passage_bytes y ON y.passage = p.id
      WHERE p.text LIKE '%${stem}%'`,
  );
  expect(vectors.length).toBeGreaterThan(100);
  const raw = () => Buffer.concat(['', '-wal', '-shm'].map((end) => readFileSync(file + end)));
  const hits = () => {
    const bytes = raw();
    return [
      // Case folded and stemmed in the index; its keys share beginnings, so ends of words are looked for too.
      ...[...canaries, ...canaries.map((word) => word.slice(2)), ...canaries.map((word) => word.slice(0, 5))].filter(
        (word) => bytes.includes(word),
      ),
      ...vectors
        .filter(({ bits, bytes: own }) => bytes.includes(Buffer.from(bits)) || bytes.includes(Buffer.from(own)))
        .map(() => 'vector'),
    ];
  };
  store.all('PRAGMA wal_checkpoint(TRUNCATE)');
  expect(new Set(hits()).size).toBe(16);
  here.unpoint(`/home/anna/${canaries[4]}/secret.md`);
  await shelf.sweep({ scrub: true });
  expect(hits()).toEqual([]);
  checkWords(store);
  expect(shelf.totals().passages).toBeGreaterThan(100);
});

test('reading goes on beside a sweep that scrubs', async () => {
  using folder = temporaryFolder();
  await using here = await shelved(folder.file('daimon.db'));
  await here.file('/home/anna/gone.md', long(60));
  here.unpoint('/home/anna/gone.md');
  const all = await Promise.all([
    here.file('/home/anna/a.md', long(40, 100)),
    here.shelf.sweep({ scrub: true }),
    here.file('/home/anna/b.md', long(40, 200)),
    here.shelf.sweep({ scrub: true }),
  ]);
  expect(all[0].passages + all[2].passages).toBe(here.shelf.totals().passages);
  expect(here.store.get('SELECT dirty FROM shelf')).toEqual({ dirty: 0 });
  checkWords(here.store);
});

test('whatever is kept, shown, changed, embedded and swept in whatever order, everything agrees', async () => {
  const step = fc.record({
    what: fc.constantFrom('keep', 'keep', 'unpoint', 'sweep', 'scrub', 'embed', 'other embedder', 'fail'),
    file: fc.nat(4),
    text: fc.nat(6),
    parts: fc.integer({ min: 0, max: 3 }),
  });
  let number = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      using folder = temporaryFolder();
      await using here = await shelved(folder.file('daimon.db'));
      const { shelf, store } = here;
      const shown = new Map<string, string>();
      for (const { what, file, text, parts } of steps) {
        const path = `/home/anna/f${file}.md`;
        const list = Array.from({ length: parts }, (_, i) => ({ text: long(3, text * 2 + i), title: `T${i % 2}` }));
        if (what === 'keep') {
          await here.file(path, list, { hash: JSON.stringify(list) });
          shown.set(path, list.map((part) => part.text).join('|'));
        } else if (what === 'unpoint') {
          here.unpoint(path);
          shown.delete(path);
        } else if (what === 'embed' || what === 'other embedder')
          await here.embed(fakeMeaning({ id: what === 'embed' ? 'one' : `other ${number++}` }));
        else if (what === 'fail')
          await shelf
            .keep(
              { hash: `fail ${number++}`, how: '1' },
              (async function* () {
                yield* told(list);
                throw new Error('no');
              })(),
            )
            .catch(() => {});
        else await shelf.sweep({ scrub: what === 'scrub' });
      }
      await shelf.sweep({ scrub: true });
      checkWords(store);
      const one = <T>(sql: string) => Object.values(store.get<Record<string, T>>(sql)!)[0];
      expect(shelf.totals()).toEqual({
        passages: one('SELECT count(*) FROM passage'),
        bare: one('SELECT count(*) FROM passage_bare'),
      });
      // Each passage has a vector or is bare; nothing has a vector and no passage; contents count what they have.
      expect(
        one(
          'SELECT count(*) FROM passage WHERE (id IN (SELECT passage FROM passage_bits)) = (id IN (SELECT passage FROM passage_bare))',
        ),
      ).toBe(0);
      expect(one('SELECT count(*) FROM passage_bits')).toBe(one('SELECT count(*) FROM passage_bytes'));
      expect(one('SELECT count(*) FROM passage_words_docsize')).toBe(one('SELECT count(*) FROM passage'));
      expect(one('SELECT count(*) FROM content WHERE complete = 0 OR id NOT IN (SELECT content FROM file)')).toBe(0);
      expect(
        one(`SELECT count(*) FROM content c WHERE passages <> (SELECT count(*) FROM passage p JOIN document d ON d.id = p.document WHERE d.content = c.id)
        OR bare <> (SELECT count(*) FROM passage_bare WHERE content = c.id)`),
      ).toBe(0);
      const texts = store.all<{ path: string; text: string }>(
        `SELECT f.path, coalesce((SELECT group_concat(t, '|') FROM (SELECT (SELECT group_concat(text, '') FROM
           (SELECT text FROM passage WHERE document = d.id ORDER BY n)) AS t FROM document d WHERE d.content = f.content ORDER BY d.n)), '') AS text FROM file f`,
      );
      expect(new Map(texts.map(({ path, text }) => [path, text]))).toEqual(shown);
    }),
    { numRuns: process.env['DAIMON_LONG'] ? 300 : 6, seed: 5 },
  );
}, 60_000);

async function* stream(items: readonly Told[]): AsyncGenerator<Told> {
  yield* items;
}
