/** What fits better stands first, and what does not fit is not shown. */
import { expect, test } from 'vitest';
import { best, plainly, rank, wordsIn } from './ranking.ts';

const of = (query: string, name: string) => rank(wordsIn(query), plainly(name));

test('the beginning of a name counts more than of a word, and that more than the middle', () => {
  expect(of('boat', 'Boats of the harbour')).toBeGreaterThan(of('boat', 'The winter of the boat'));
  expect(of('boat', 'The winter of the boat')).toBeGreaterThan(of('boat', 'Steamboat fares'));
  expect(of('boat', 'Steamboat fares')).toBeGreaterThan(0);
  expect(of('boat', 'boat')).toBeGreaterThan(of('boat', 'boats'));
});

test('every word must be there, in any order', () => {
  expect(of('boat winter', 'The winter of the boat')).toBeGreaterThan(0);
  expect(of('boat summer', 'The winter of the boat')).toBe(0);
  expect(of('  ', 'anything')).toBeGreaterThan(0);
});

test('case and the marks of letters do not count, whichever way they are written', () => {
  expect(of('perpetua', 'The Perpétua')).toBe(of('perpe\u0301tua', 'The Perpe\u0301tua'));
  expect(of('STRASSE', 'straße')).toBe(0);
  expect(of('Ωκεανός', 'ωκεανοσ')).toBe(0);
  expect(of('ωκεανος', 'Ωκεανός')).toBeGreaterThan(0);
});

test('words begin after whatever is no letter, also where the word stands twice', () => {
  expect(of('book', 'notebook, then (book)')).toBe(of('book', 'the book'));
  expect(of('#42', 'Letter #42')).toBeGreaterThan(0);
  expect(of('نص', 'رسالة نص')).toBe(of('book', 'the book'));
});

test('the best come first, equals stay as they were, and no more than asked for', () => {
  const names = ['the boat a', 'boat b', 'a steamboat', 'boat c', 'nothing'];
  expect(best(names, wordsIn('boat'), plainly, 3).map(({ item }) => item)).toEqual(['boat b', 'boat c', 'the boat a']);
});
