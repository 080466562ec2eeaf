/** Numbers that point to sources, told from numbers in brackets. */
import { expect, test } from 'vitest';
import { citePieces, type Cites } from './cites.ts';

const cites: Cites = { has: (n) => n === 1 || n === 12, label: String, open() {} };

test('numbers of sources stand apart, and brackets round other numbers stay text', () => {
  expect(citePieces('So it is [1], and [12][1]. In [3] and a[0] not.', cites)).toEqual([
    'So it is ',
    1,
    ', and ',
    12,
    1,
    '. In [3] and a[0] not.',
  ]);
  expect(citePieces('', cites)).toEqual([]);
  expect(citePieces('[1]', cites)).toEqual([1]);
});
