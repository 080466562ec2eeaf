/** Our stems are the index's own, over every English word that this repository's documents have. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { settableClock } from '../../../test/fakes/clock.ts';
import { openMemoryStore } from '../../base/store/memory.ts';
import { termsOf } from './terms.ts';

const docs = fileURLToPath(new URL('../../../docs', import.meta.url));
const ENDINGS =
  `s es ed ing ly ness ation ational ization iveness fulness ousness ability ative ical icate alize ement ment
  ion tion er ance ence able ible ant ent ism ous ive ize ful eed y ies bly logy`.split(/\s+/);
const ROOTS =
  'relat condit rat valenc digit conform oper feudal decis hope call form electr adjust defens probat ceas control roll sky happ fall hiss fizz fail fil tan plast bled mot trap size'.split(
    ' ',
  );

test('every word comes to the same stem as in the index', async () => {
  const store = openMemoryStore({ clock: settableClock() });
  const files = readdirSync(docs, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  const words = new Set(
    files.flatMap(
      (name) =>
        readFileSync(join(docs, name), 'utf8')
          .toLowerCase()
          .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [],
    ),
  );
  for (const root of ROOTS) for (const ending of ENDINGS) words.add(root + ending);
  for (const word of [
    'café',
    'ΛΌΓΟΣ',
    'λόγος',
    '5µm',
    'über',
    'naïve',
    'Ångström',
    'ñandú',
    'x2',
    'été',
    'Straße',
    'İstanbul',
    'résumés',
    'y',
    'sky',
    'bee',
  ])
    words.add(word);
  expect(words.size).toBeGreaterThan(1500);
  store.run(`CREATE VIRTUAL TABLE w USING fts5 (word, tokenize = 'porter unicode61 remove_diacritics 2')`);
  store.run(`CREATE VIRTUAL TABLE v USING fts5vocab (w, 'instance')`);
  const list = [...words];
  for (const [i, word] of list.entries()) store.run('INSERT INTO w (rowid, word) VALUES (?, ?)', i + 1, word);
  const theirs = new Map<string, string[]>();
  for (const { term, doc } of store.all<{ term: string; doc: number }>('SELECT term, doc FROM v ORDER BY doc, offset'))
    theirs.set(list[doc - 1]!, [...(theirs.get(list[doc - 1]!) ?? []), term]);
  const wrong = list.filter(
    (word) =>
      termsOf(word)
        .map(({ stem }) => stem)
        .join(' ') !== (theirs.get(word) ?? []).join(' '),
  );
  expect(wrong.map((word) => [word, termsOf(word).map(({ stem }) => stem), theirs.get(word)])).toEqual([]);
  await store.close();
});
