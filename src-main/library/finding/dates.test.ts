/** Dates in questions: which words are one, and which time they name. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { datesIn } from './dates.ts';
import { questionOf } from './question.ts';

/** Tuesday. */
const NOW = new Date(2026, 10, 24, 12).getTime();
const day = (date: number) => {
  const at = new Date(date);
  return Math.abs(date) > 8e15 ? '…' : [at.getFullYear(), at.getMonth() + 1, at.getDate()].join('-');
};
const ranges = (question: string) => datesIn(question, NOW).map(({ since, until }) => `${day(since)}/${day(until)}`);

test.each([
  ['what did Anna write last March', '2026-3-1/2026-3-31'],
  ['invoice from May 2024', '2024-5-1/2024-5-31'],
  ['the December report', '2025-12-1/2025-12-31'],
  ['notes of yesterday', '2026-11-23/2026-11-23'],
  ['mails from last week', '2026-11-16/2026-11-22'],
  ['the last 30 days', '2026-10-25/2026-11-24'],
  ['two years ago', '2024-1-1/2024-12-31'],
  ['what happened in 2021', '2021-1-1/2021-12-31'],
  ['music of the 1990s', ''],
  ['letters from 1990s', '1990-1-1/1999-12-31'],
  ['everything since January', '2026-1-1/…'],
  ['contracts before 2020', '…/2019-12-31'],
  ['bills after 2020', '2021-1-1/…'],
  ['report 2024-03-05', '2024-3-5/2024-3-5'],
])('%s', (question, expected) => {
  expect(ranges(question)).toEqual(expected === '' ? [] : [expected]);
});

test('words that only look like dates are none', () => {
  for (const question of [
    'may I go',
    'the sun and the second moon',
    'chapter 3/4',
    'at 10:30',
    'version 1.2.3',
    'error 404',
    'room 2021',
    'now',
  ])
    expect(ranges(question)).toEqual([]);
});

test('a range has two ends', () => {
  expect(ranges('between 3 June 2020 and 5 July 2021')).toEqual(['2020-6-3/2020-6-3', '2021-7-5/2021-7-5']);
  const walks = 'walks between 3 June 2020 and 5 July 2021';
  const { time, timeless } = questionOf(walks, datesIn(walks, NOW));
  expect([day(time!.since), day(time!.until)]).toEqual(['2020-6-3', '2021-7-5']);
  expect(timeless).not.toMatch(/20/);
});

test('no text makes it fail, and spans lie inside', () => {
  const odd = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('last', 'next', 'March', '2021', 'since', '31', 'Feb', '/', '-', 'week', '99999'))
      .map((all) => all.join(' ')),
  );
  fc.assert(
    fc.property(odd, (text) => {
      for (const { from, to, since, until } of datesIn(text, NOW)) {
        expect(from >= 0 && from < to && to <= text.length).toBe(true);
        expect(Number.isFinite(since) && Number.isFinite(until)).toBe(true);
      }
    }),
    { numRuns: process.env['DAIMON_LONG'] ? 10_000 : 400, seed: 5 },
  );
});

test('idle words are left out unless there are no others, and what is copied is known', () => {
  const stems = (text: string) => questionOf(text).terms.map(({ stem }) => stem);
  expect(stems('What is the fee for mooring?')).toEqual(['fee', 'moor']);
  expect(stems('to be or not to be')).toEqual(['to', 'be', 'or', 'not']);
  const { terms, phrases } = questionOf('Why does "disk is full" throw ENOSPC in read_file v2.1?');
  expect(phrases).toEqual(['"disk is full"']);
  expect(terms.filter(({ exact }) => exact).map(({ stem }) => stem)).toEqual([
    'disk',
    'is',
    'full',
    'enospc',
    'read',
    'file',
    'v2',
    '1',
  ]);
});
