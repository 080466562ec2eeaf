/** What is searched for: the question, and what a follow-up leaves unsaid. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leans, searchQuery } from './query.ts';

test.each([
  ['And when?', true],
  ['When was it built?', true],
  ['why?', true],
  ['What about the deposit?', true],
  ['Und wann war das?', true],
  ['Et pourquoi ?', true],
  ['Why did the bridge fall?', false],
  ['Which ships of the Hanseatic League sailed to those ports beyond Bergen?', false],
  ['When is the rent due?', false],
])('%s leans on the question before: %s', (question, expected) => expect(leans(question)).toBe(expected));

test('a follow-up is searched with the words of the questions that it leans on, each once, the nearest first', () => {
  expect(searchQuery('When is the rent due?', ['Who is Marta?'])).toBe('When is the rent due?');
  expect(searchQuery('And when?', ['Who dug the harbour of Orlen?', 'What is a bee?'])).toBe(
    'And when? dug harbour Orlen',
  );
  expect(searchQuery('And by whom?', ['And when was it deepened?', 'Who dug the harbour of Orlen?'])).toBe(
    'And by whom? deepened dug harbour Orlen',
  );
  expect(searchQuery('Is it Orlen?', ['Who dug Orlen in March 1847?'])).toBe('Is it Orlen? dug March 1847');
});

test('any question gives a query that the library takes', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: 'grapheme', minLength: 1900, maxLength: 2500 }),
  );
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 4 }), (question, before) => {
      const query = searchQuery(question, before);
      expect(query.length).toBeLessThanOrEqual(2000);
      expect(query.startsWith(question.trim().slice(0, 900))).toBe(true);
    }),
    { seed: 7, numRuns: process.env['DAIMON_LONG'] ? 5000 : 200 },
  );
});
