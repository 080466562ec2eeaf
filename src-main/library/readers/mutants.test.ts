/** Broken files of every kind: each is read or refused in our words, soon. `DAIMON_LONG` breaks 5,000 of each. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { docx, heading, item, paragraph, run, table } from '../../../test/fixtures/docx.ts';
import { mutants } from '../../../test/fixtures/mutants.ts';
import { epub, odf, pptx, xlsx } from '../../../test/fixtures/office.ts';
import { pdf } from '../../../test/fixtures/pdf.ts';
import { isFault } from '../../wire/index.ts';
import { MOST_CHARACTERS } from '../process-door.ts';
import { readDocument } from './read.ts';

const runs = process.env['DAIMON_LONG'] ? 5000 : 60;
/** What the process would be given is 30 s; a small broken file that takes two is worth a look. */
const LONGEST_MS = 2000;
const CODES = ['unknown-kind', 'too-large', 'unreadable', 'encrypted-file', 'no-text', 'picture'];

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
  ['a.pptx', pptx([{ title: 'A', points: [['b', 0]], notes: 'c' }, { table: [['d', 'e']] }])],
  ['a.xlsx', xlsx({ A: [['b', [45_995, 1], true]], C: [[[1.5, 2]]] }, { codes: ['d/m/yy', '0%'] })],
  [
    'a.odt',
    odf('text', '<text:h>A</text:h><text:list><text:list-item><text:p>b</text:p></text:list-item></text:list>'),
  ],
  [
    'a.ods',
    odf(
      'spreadsheet',
      '<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row></table:table>',
    ),
  ],
  ['a.epub', epub([['a.xhtml', '<h1>A</h1><p>b</p>']])],
  ['a.html', Buffer.from('<html><head><title>A</title></head><body><h1>B</h1><ul><li>c</ul><table><tr><td>d</table>')],
  ['a.json', Buffer.from('{"a":[{"b":1},{"c":"d\\n"}],"e":null}')],
  ['a.jsonl', Buffer.from('{"a":1}\n'.repeat(9))],
  [
    'a.ipynb',
    Buffer.from('{"cells":[{"cell_type":"code","source":["a\\n"],"outputs":[{"output_type":"stream","text":"b"}]}]}'),
  ],
  ['a.1', Buffer.from('.TH A 1 2020-01-01\n.SH B\n.TP\n.BR c " \\(lqd\\(rq"\n\\fIe\\fR\n.TS\nl.\nf\n.TE\n'.repeat(3))],
  ['a.8', Buffer.from('.Dd May 1 2020\n.Dt A 8\n.Sh B\n.Nm c\n.Op Fl d Ar e\n.Bl\n.It Fl f\ng\n.El\n'.repeat(3))],
  ['a.rst', Buffer.from('A\n===\n\nb\n\nC\n---\n')],
  ['a.srt', Buffer.from('1\n00:00:01,000 --> 00:00:02,000\na\n\n'.repeat(3))],
  ['a.md.gz', gzipSync('# A\n\nb')],
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
  if (/docx|pdf|pptx|xlsx|od|epub/.test(name)) expect(refused).toBeGreaterThan(runs / 20);
});
