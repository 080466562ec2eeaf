/** Passages are slices of the text, at the borders the text has, small enough for the embedder, in every script. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DocumentKind } from '../door.ts';
import { cutPart } from './cut.ts';
import { MOST_PIECES, pieces } from './tokens.ts';

const cut = (text: string, kind: DocumentKind = 'markdown', anchors?: { at: number; page: number }[]) => [
  ...cutPart({ text, kind, ...(anchors && { anchors }) }),
];
const runs = process.env['DAIMON_LONG'] ? 20_000 : 600;
const sentence = (n: number) => `Sentence ${n} tells of rivers and old gardens that nobody has seen for years. `;
const prose = (count: number, from = 0) => Array.from({ length: count }, (_, i) => sentence(from + i)).join('');

const piece = fc.oneof(
  fc.constantFrom(
    '\n',
    '\n\n',
    '# A\n',
    '## B b\n\n',
    '```\n',
    '- item\n',
    '1. one\n',
    '| a | b |\n|---|---|\n| 1 | 2 |\n',
  ),
  fc.constantFrom(
    prose(3),
    prose(20),
    'word '.repeat(300),
    'x'.repeat(2000),
    '漢字かな混じり文。'.repeat(60),
    'ภาษาไทยไม่มีช่องว่าง'.repeat(40),
  ),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
);
const text = fc.array(piece, { maxLength: 25 }).map((all) => all.join(''));
const kind = fc.constantFrom<DocumentKind>('text', 'markdown', 'code', 'csv', 'pdf', 'mail', 'html');

test('the passages together are the text, in every kind, and each fits the embedder', () => {
  fc.assert(
    fc.property(text, kind, (whole, of) => {
      const passages = cut(whole, of);
      expect(passages.map((one) => one.text).join('')).toBe(/\S/.test(whole) ? whole : '');
      for (const one of passages) {
        expect(pieces(one.text)).toBeLessThanOrEqual(MOST_PIECES);
        expect(one.text.length).toBeLessThan(4000);
      }
    }),
    { numRuns: runs, seed: 5 },
  );
});

test('no passage tears a pair of surrogates', () => {
  fc.assert(
    fc.property(fc.nat(3), fc.integer({ min: 100, max: 3000 }), (shift, count) => {
      for (const one of cut(`${'a'.repeat(shift)}${'😀'.repeat(count)}`)) expect(one.text.isWellFormed()).toBe(true);
    }),
    { numRuns: 40, seed: 5 },
  );
});

test('headings begin passages and are their path', () => {
  const passages = cut(
    `Before.\n\n# Setting up\n\nA first step.\n\n## Keys *and* \`locks\`\n\nTurn it.\n\n# Use\n\n${prose(2)}`,
  );
  expect(passages.map(({ heading, text }) => [heading, text.split('\n')[0]])).toEqual([
    [undefined, 'Before.'],
    ['Setting up', '# Setting up'],
    ['Setting up › Keys and locks', '## Keys *and* `locks`'],
    ['Use', '# Use'],
  ]);
});

test('a heading stands with what follows it, also when the one before it has nothing', () => {
  expect(cut('# One\n## Two\n### Three\nText.\n').map(({ heading }) => heading)).toEqual(['One › Two › Three']);
});

test('a comment of a program, and a number sign in a plain text, are no headings', () => {
  expect(cut('# a comment\nx = 1\n', 'code')[0]!.heading).toBeUndefined();
  expect(cut('# a line\nand more\n', 'text')[0]!.heading).toBeUndefined();
  expect(cut('```sh\n# a comment\n```\n')[0]!.heading).toBeUndefined();
});

test('sentences are whole, also where lines of a paragraph end inside of them', () => {
  const wrapped = prose(40).replace(/(.{60}) /g, '$1\n');
  const passages = cut(wrapped, 'text');
  expect(passages.length).toBeGreaterThan(2);
  for (const { text } of passages) expect(text.trim()).toMatch(/^Sentence \d+[^]*years\.$/);
});

test('paragraphs that fit are not cut', () => {
  const paragraphs = Array.from({ length: 12 }, (_, i) => `${prose(4, i * 4)}\n\n`);
  for (const { text } of cut(paragraphs.join(''), 'text'))
    expect(paragraphs.some((paragraph) => text.startsWith(paragraph))).toBe(true);
});

test('Chinese, Japanese and Thai are cut at their sentences or words', () => {
  for (const { text } of cut('这是一个关于花园和河流的长句子，没有人见过它。'.repeat(40), 'text'))
    expect(text).toMatch(/。$/);
  const thai = cut('ภาษาไทยเขียนติดกันโดยไม่มีช่องว่างระหว่างคำ'.repeat(60), 'text');
  expect(thai.length).toBeGreaterThan(5);
  // A vowel sign never begins a word.
  for (const { text } of thai) expect(text).not.toMatch(/^\p{M}/u);
});

test('rows of a table keep their head for the index, not in their text', () => {
  const rows = Array.from({ length: 200 }, (_, i) => `${i} | Anna Berg | Lisbon | ${i * 7}`);
  const passages = cut(['number | name | town | amount', ...rows].join('\n'), 'csv');
  expect(passages.length).toBeGreaterThan(3);
  expect(passages[0]!.context).toBeUndefined();
  for (const { context, text } of passages.slice(1)) {
    expect(context).toBe('number | name | town | amount');
    expect(text).toMatch(/^\d+ \| Anna/);
  }
});

test('rows of a sheet keep their head over an empty row, and lose it with the next sheet', () => {
  const rows = (of: string) => Array.from({ length: 60 }, (_, i) => `${of} ${i} | Lisbon | ${i * 7}`).join('\n');
  const text = `## Costs\n\nwhat | town | sum\n${rows('a')}\n\n${rows('b')}\n\n## People\n\nname | town | age\n${rows('c')}`;
  const passages = cut(text, 'xlsx');
  for (const { text: own, context, heading } of passages)
    if (!/what|name/.test(own)) expect(context).toBe(heading === 'Costs' ? 'what | town | sum' : 'name | town | age');
  expect(passages.filter(({ context }) => context).length).toBeGreaterThan(3);
});

test('list items and lines of code are whole', () => {
  const items = Array.from({ length: 80 }, (_, i) => `- Item ${i} is about something. And it has two sentences.`);
  for (const { text } of cut(items.join('\n'))) expect(text).toMatch(/^- Item [^]*sentences\.\n?$/);
  const code = Array.from({ length: 120 }, (_, i) => `  const value${i} = read(${i}, 'a.b. C');`).join('\n');
  for (const { text } of cut(code, 'code')) expect(text).toMatch(/^ {2}const [^]*;\n?$/);
});

test('a passage has the page that it begins on, and pages begin passages where a paragraph ends', () => {
  const pages = [prose(6), prose(3, 6), prose(30, 9), 'Short.'];
  let at = 0;
  const anchors = pages.map((page, i) => {
    const anchor = { at, page: i + 1 };
    at += page.length + 2;
    return anchor;
  });
  const passages = cut(pages.join('\n\n'), 'pdf', anchors);
  let from = 0;
  for (const { text, page } of passages) {
    expect(page).toBe(anchors.findLast(({ at }) => at <= from)!.page);
    from += text.length;
  }
  expect(passages.filter(({ text }) => text.startsWith('Sentence 6 ')).map(({ page }) => page)).toEqual([2]);
});

test('five million signs come passage by passage, the first at once', () => {
  for (const whole of ['one line without an end, '.repeat(200_000), prose(65_000), 'row | 1 | 2\n'.repeat(400_000)]) {
    const began = performance.now();
    const passages = cutPart({ text: whole, kind: whole.startsWith('row') ? 'csv' : 'text' });
    passages.next();
    expect(performance.now() - began).toBeLessThan(400);
    passages.return(undefined as never);
  }
});

test('a heading made to take for ever takes no time, and is a heading all the same', () => {
  const bombs = ['a' + ' '.repeat(20_000) + 'b', '['.repeat(200_000), '# '.repeat(50_000), ' #\t'.repeat(50_000) + 'x'];
  for (const bomb of bombs) {
    const began = performance.now();
    const passages = cut(`# ${bomb}\n\nSome text.`);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(passages.at(-1)!.text).toContain('Some text.');
    expect(passages.at(-1)!.heading).toMatch(/^.{1,120}$/);
  }
  expect(cut('## What it costs ##  \n\nSome text.')[0]!.heading).toBe('What it costs');
});
