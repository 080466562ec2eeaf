/** The schemas that doors share: what they let through, and what they say otherwise. */
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { schema } from './index.ts';

const says = (one: v.GenericSchema, value: unknown) => {
  const result = v.safeParse(one, value);
  return result.success ? 'fine' : result.issues[0].message;
};

test.each<[string, v.GenericSchema, readonly unknown[], readonly (readonly [unknown, string])[]]>([
  ['empty', schema.empty, [{}], [[{ a: 1 }, 'Invalid key: Expected never but received "a"']]],
  [
    'id',
    schema.id,
    ['01ARZ3NDEKTSV4RRFFQ69G5FAV'],
    [
      ['01ARZ3NDEKTSV4RRFFQ69G5FA', 'is not an id'],
      ['01ARZ3NDEKTSV4RRFFQ69G5FAVV', 'is not an id'],
      ['01ARZ3NDEKTSV4RRFFQ69G5FAI', 'is not an id'],
      ['01arz3ndektsv4rrffq69g5fav', 'is not an id'],
    ],
  ],
  [
    'hex',
    schema.hex,
    ['0x', '0x00ff'],
    [
      ['0x0', 'is not lower-case hex with 0x'],
      ['00', 'is not lower-case hex with 0x'],
      ['0xFF', 'is not lower-case hex with 0x'],
      ['0x00\n', 'is not lower-case hex with 0x'],
      ['a0x00', 'is not lower-case hex with 0x'],
    ],
  ],
  [
    'sha256',
    schema.sha256,
    ['0f'.repeat(32)],
    [
      ['0f'.repeat(31), 'is not a SHA-256 in hex'],
      [`${'0f'.repeat(32)}0`, 'is not a SHA-256 in hex'],
      [`0${'0f'.repeat(32)}`, 'is not a SHA-256 in hex'],
      ['0F'.repeat(32), 'is not a SHA-256 in hex'],
    ],
  ],
  [
    'address',
    schema.address,
    ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'],
    [
      ['5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', 'is not an address'],
      ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe', 'is not an address'],
      ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd', 'is not an address'],
      [' 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', 'is not an address'],
    ],
  ],
  [
    'text',
    schema.text(2000),
    ['', 'x'.repeat(2000)],
    [
      ['x'.repeat(2001), 'is longer than 2,000 characters'],
      [5, 'is not text'],
    ],
  ],
  [
    'secret',
    schema.secret,
    [Uint8Array.of(1), new Uint8Array(1024)],
    [
      ['hunter2', 'is not a secret in bytes'],
      [new Uint8Array(0), 'must have 1 to 1,024 bytes'],
      [new Uint8Array(1025), 'must have 1 to 1,024 bytes'],
    ],
  ],
  [
    'count',
    schema.count,
    [0, 5, Number.MAX_SAFE_INTEGER],
    [
      [-1, 'is below 0'],
      [1.5, 'is not a whole number'],
      ['1', 'is not a number'],
      [2 ** 53, 'is not a whole number'],
    ],
  ],
  [
    'limit',
    schema.limit(10, 5),
    [1, 10, undefined],
    [
      [0, 'is below 1'],
      [11, 'is above 10'],
    ],
  ],
])('%s', (_name, one, good, bad) => {
  for (const value of good) expect(says(one, value)).toBe('fine');
  for (const [value, sentence] of bad) expect(says(one, value)).toBe(sentence);
});

test('a limit has its preset, and is a whole number', () => {
  expect(v.parse(schema.limit(10, 5), undefined)).toBe(5);
  expect(v.safeParse(schema.limit(10, 5), 1.5).success).toBe(false);
});
