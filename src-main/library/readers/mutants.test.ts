/** Broken files of every kind: each is read or refused in our words, soon. `DAIMON_LONG` breaks ten times as many. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { docx, heading, item, paragraph, run, table } from '../../../test/fixtures/docx.ts';
import { mutants } from '../../../test/fixtures/mutants.ts';
import { pdf } from '../../../test/fixtures/pdf.ts';
import { isFault } from '../../wire/index.ts';
import { MOST_CHARACTERS } from '../process-door.ts';
import { readDocument } from './read.ts';

const runs = process.env['DAIMON_LONG'] ? 5000 : 500;
/** What the process would be given is 30 s; a small broken file that takes two is worth a look. */
const LONGEST_MS = 2000;
const CODES = ['unknown-kind', 'too-large', 'unreadable', 'encrypted-file', 'no-text'];

const text = 'Über "quotes", 東京, \t tabs\r\n# and **marks** 🌊;1;2\n'.repeat(8);
const pages = [['First line', 'second (line)'], ['Third']];
const word = [
  heading(1, 'Title'),
  item(1, 0, 'a'),
  item(2, 1, 'b'),
  table([['c', 'd']]),
  paragraph(run('e', '<w:b/>')),
];
const SOUND: [string, Uint8Array][] = [
  ['a.txt', Buffer.from(text)],
  ['a.md', Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['a.py', Buffer.from(text, 'latin1')],
  ['a.csv', Buffer.from('name;city;n\n"An;na";"Zü""rich";1\n'.repeat(8))],
  ['a.pdf', pdf({ pages })],
  ['packed.pdf', pdf({ pages, deflate: true })],
  ['a.docx', docx(word.join(''))],
];

// pdf.js leaves rejected promises behind on some broken files; the process lets them lie (`process.ts`), and so do we.
let listeners: NodeJS.UnhandledRejectionListener[];
const letLie = () => {};
beforeAll(() => {
  listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', letLie);
});
afterAll(async () => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.removeListener('unhandledRejection', letLie);
  for (const listener of listeners) process.on('unhandledRejection', listener);
});

test.each(SOUND)('%s', async (name, sound) => {
  const read = await readDocument({ name, bytes: sound });
  expect(read.text).not.toBe('');
  let refused = 0;
  for (const bytes of mutants(sound, runs, 20_261_124)) {
    const began = performance.now();
    try {
      const { kind, text, characters } = await readDocument({ name, bytes });
      expect([kind, characters]).toEqual([expect.any(String), text.length]);
      expect(characters).toBeLessThanOrEqual(MOST_CHARACTERS);
      expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f]/);
      expect(text.isWellFormed()).toBe(true);
    } catch (error) {
      if (!isFault(error)) throw error;
      expect(CODES).toContain(error.code);
      refused++;
    }
    expect(performance.now() - began).toBeLessThan(LONGEST_MS);
  }
  if (/docx|pdf/.test(name)) expect(refused).toBeGreaterThan(runs / 20);
});
