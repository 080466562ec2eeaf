/** Passages as blocks: pages and headings are said once, and code that two passages share stays one block. */
import { expect, test } from 'vitest';
import { blocksOf } from './blocks.ts';
import { light, rangeOf } from './light.ts';
import { readKnows } from '../../core/route.ts';
import { patternsOf } from './patterns.ts';
import { isBackwards, spanOf } from './time.ts';

const passage = (n: number, text: string, over: { page?: number; heading?: string } = {}) => ({
  id: n + 10,
  n,
  text,
  ...over,
});

test('a page or heading is told where it begins, and not again', () => {
  const blocks = blocksOf(
    [
      passage(0, 'a', { page: 1, heading: 'One' }),
      passage(1, 'b', { page: 1, heading: 'One' }),
      passage(2, 'c', { page: 2, heading: 'One' }),
    ],
    'plain',
  );
  expect(blocks.map(({ page, heading }) => [page, heading])).toEqual([
    [1, 'One'],
    [undefined, undefined],
    [2, undefined],
  ]);
});

test('a code block that goes on in the next passage is drawn as one, and only in Markdown', () => {
  const parts = [passage(0, 'x\n\n```js\nlet a =\n'), passage(1, '1;\n```\n\ny\n'), passage(2, 'z')];
  expect(blocksOf(parts, 'markdown').map(({ text }) => text)).toEqual(['x\n\n```js\nlet a =\n1;\n```\n\ny\n', 'z']);
  expect(blocksOf(parts, 'plain')).toHaveLength(3);
});

test('a fence that is never closed does not join a whole book', () => {
  const parts = Array.from({ length: 100 }, (_, n) => passage(n, n === 0 ? '```\n' : 'x\n'));
  expect(blocksOf(parts, 'markdown').length).toBeGreaterThan(4);
  expect(
    blocksOf(parts, 'markdown')
      .map(({ text }) => text)
      .join(''),
  ).toBe(parts.map(({ text }) => text).join(''));
});

test('a sentence of the source is found among the drawn words, without its marks and addresses', () => {
  const element = document.createElement('div');
  const [bold, link] = [document.createElement('strong'), document.createElement('a')];
  bold.textContent = 'the harbour';
  link.textContent = 'like an eye';
  element.append('Before. In January ', bold, ' closed over ', link, ', and then 😀 it was Ünwahr. After.');
  const found = rangeOf(element, 'In January **the harbour** closed over [like an eye](https://example.org/in).');
  expect(String(found)).toBe('In January the harbour closed over like an eye');
  expect(String(rangeOf(element, 'it was __Ünwahr__'))).toBe('it was Ünwahr');
  expect(rangeOf(element, 'nowhere')).toBeUndefined();
  expect(rangeOf(element, '**')).toBeUndefined();
});

test('what is lit goes out again', () => {
  const element = document.createElement('p');
  element.textContent = 'one two';
  document.body.append(element);
  const off = light(element, 'two');
  expect(CSS.highlights.get('found')?.size).toBe(1);
  off();
  expect(CSS.highlights.has('found')).toBe(false);
  element.remove();
});

test('days are the person’s own, to their last millisecond; open ends stay open', () => {
  const { since, until } = spanOf({ kind: 'between', from: '1956-02-02', until: '1956-02-02' });
  expect(new Date(since!).toDateString()).toBe(new Date(until!).toDateString());
  expect(spanOf({ kind: 'between', from: '', until: '' })).toEqual({});
  expect(spanOf({ kind: 'between', from: '2026-13', until: 'x' })).toEqual({});
  expect(isBackwards({ kind: 'between', from: '2026-02-02', until: '2026-02-01' })).toBe(true);
  const year = spanOf({ kind: 'last-year' }, new Date(2026, 5, 1).getTime());
  expect([new Date(year.since!).getFullYear(), new Date(year.until!).getFullYear()]).toEqual([2025, 2025]);
});

test('a place in the address is exactly one of ours, or everything', () => {
  expect(readKnows('passage-12')).toEqual({ part: 'passage', passage: 12 });
  expect(readKnows('document-3')).toEqual({ part: 'document', document: 3 });
  expect(readKnows('01J90000000000000000000804')).toEqual({ part: 'place', place: '01J90000000000000000000804' });
  for (const odd of ['', 'passage-', 'passage-1e9', 'passage--1', 'document-9999999999999999', 'Add', 'x'.repeat(26)])
    expect(readKnows(odd)).toEqual({ part: 'all' });
});

test('ignore patterns are lines without comments, and a space that is meant stays', () => {
  expect(patternsOf('  *.tmp  \r\n\n# mine\n!keep.txt\nname\\ \nold/')).toEqual([
    '*.tmp',
    '!keep.txt',
    'name\\ ',
    'old/',
  ]);
});
