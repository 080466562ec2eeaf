/** Numbers in words, places in addresses, and the strength of passwords. */
import { expect, test } from 'vitest';
import { bytes, bytesOf, duration, grouped, when, wordsPerSecond } from '../messages/format.ts';
import { withNames } from './models.ts';
import { helping } from './notify.ts';
import { askedPlace, home, placeHash, readPlace } from './route.ts';
import { strengthOf } from './strength.ts';

test('bytes are said as a person would', () => {
  expect([0, 1, 999, 1000, 999_499, 999_500, 2.5e9, 43e9, 7.25e12].map(bytes)).toEqual([
    '0 bytes',
    '1 bytes',
    '999 bytes',
    '1 kB',
    '999 kB',
    '1 MB',
    '2.5 GB',
    '43 GB',
    '7.3 TB',
  ]);
  expect(bytesOf(0.9e9, 2.5e9)).toBe('0.9 of 2.5 GB');
  expect(bytesOf(12e6, 98e6)).toBe('12 of 98 MB');
});

test('speed is words, not tokens, and never none', () => {
  expect(wordsPerSecond(12)).toBe('9 words a second');
  expect(wordsPerSecond(0.4)).toBe('1 word a second');
});

test('time left is rounded to what matters', () => {
  expect([4, 61, 364, 5400, 90_000].map(duration)).toEqual([
    'less than a minute',
    'about 1 minute',
    'about 6 minutes',
    'about 2 hours',
    'about 25 hours',
  ]);
});

test('a moment is told by its distance', () => {
  const now = new Date(2026, 10, 24, 15, 0).getTime();
  const at = (...parts: [number, number, number, number, number]) => when(new Date(...parts).getTime(), now);
  expect(at(2026, 10, 24, 14, 31)).toBe('Today, 14:31');
  expect(at(2026, 10, 23, 23, 59)).toBe('Yesterday, 23:59');
  expect(at(2026, 10, 19, 9, 2)).toBe('Thursday, 09:02');
  expect(at(2026, 9, 16, 18, 40)).toBe('16 October, 18:40');
  expect(at(2025, 4, 2, 18, 40)).toBe('2 May 2025');
});

test('hex is grouped in fours, and nothing is lost', () => {
  expect(grouped('0x9858EfFD232B')).toBe('0x 9858 EfFD 232B');
  expect(grouped('abcde')).toBe('abcd e');
  expect(grouped('0x0123456789').replaceAll(' ', '')).toBe('0x0123456789');
});

test('places survive their address; anything else is home', () => {
  expect(readPlace(placeHash('own', 'models'))).toEqual({ room: 'own', within: 'models' });
  expect(readPlace(placeHash('chat'))).toEqual({ room: 'chat', within: '' });
  for (const hash of ['', '#', '#/teach', '#/chat/../x', '#/chat/<b>', '#key=abc', '#/constructor'])
    expect(readPlace(hash), hash).toEqual(home);
});

test('a place that is asked for from outside is exactly one of ours, or none', () => {
  expect(askedPlace('own/models')).toEqual({ room: 'own', within: 'models' });
  expect(askedPlace('#/chat/01J9-01J8')).toEqual({ room: 'chat', within: '01J9-01J8' });
  expect(askedPlace('chat')).toEqual({ room: 'chat', within: '' });
  for (const asked of [
    '',
    '#',
    '#/',
    'teach',
    'chat/',
    'chat/a/b',
    '/chat',
    '#chat',
    'chat?x=1',
    'javascript:alert(1)',
    '//example.org',
    'chat/<img src=x onerror=alert(1)>',
    'chat/%0a',
    'CHAT',
    '#/#/chat',
    'constructor',
    'chat\n',
    '#key=abc',
  ])
    // prettier-ignore
    expect(askedPlace(asked), asked).toBe(undefined);
});

test('passwords that everyone tries are told apart from ones that hold', () => {
  for (const common of ['password', 'Password1!', 'qwertz123', 'letmein!!']) expect(strengthOf(common)).toBe('common');
  for (const weak of ['aaaaaaaaaaaaaaaa', '1234567890', 'abcdefghijkl', 'maria1990'])
    expect(strengthOf(weak)).toBe('weak');
  for (const fair of ['correct horse battery']) expect(strengthOf(fair)).toBe('fair');
  for (const good of ['correct horse battery staple', 'v9#Kq2!mZx7&pL']) expect(strengthOf(good)).toBe('good');
});

test('every place offered after a fault is for a fault that the core can say', () => {
  const sources = import.meta.glob<string>('../../src-main/**/*.ts', { query: '?raw', import: 'default', eager: true });
  const core = Object.entries(sources)
    .filter(([path]) => !path.endsWith('.test.ts'))
    .map(([, text]) => text)
    .join('\n');
  for (const code of Object.keys(helping)) expect(core, code).toMatch(new RegExp(`Fault\\(\\s*'${code}'`));
});

test('a note names models as people know them, also where one id begins another', () => {
  const models = [
    { id: 'qwen3-4b', name: 'Qwen3 4B' },
    { id: 'qwen3-4b-q8', name: 'Qwen3 4B, large' },
  ];
  expect(withNames('qwen3-4b-q8 has arrived; qwen3-4b answered before, and gone-1b before that.', models)).toBe(
    'Qwen3 4B, large has arrived; Qwen3 4B answered before, and gone-1b before that.',
  );
});
