/** Every reader does its work in the closed process: without files, network, workers and code from strings. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { testLibrary } from '../../../test/fakes/reader.ts';
import { docx, paragraph, run } from '../../../test/fixtures/docx.ts';
import { epub, odf, pptx, xlsx } from '../../../test/fixtures/office.ts';
import { pdf } from '../../../test/fixtures/pdf.ts';
import { ferns, scannedPdf } from '../../../test/fixtures/scan.ts';

const FILES: readonly [string, Uint8Array, string, RegExp][] = [
  ['a.docx', docx(paragraph(run('Moss'))), 'docx', /^Moss$/],
  ['a.pdf', pdf({ pages: [['Moss']] }), 'pdf', /^Moss$/],
  ['a.pptx', pptx([{ title: 'Moss' }]), 'pptx', /^## Moss$/],
  ['a.xlsx', xlsx({ A: [['Moss']] }), 'xlsx', /Moss$/],
  ['a.odt', odf('text', '<text:p>Moss</text:p>'), 'odt', /^Moss$/],
  ['a.epub', epub([['a.xhtml', '<p>Moss</p>']]), 'epub', /^Moss$/],
  // Long enough for readability to look at it.
  [
    'a.html',
    Buffer.from(`<h1>Moss</h1><p>${'It grows in damp and shady places. '.repeat(30)}`),
    'html',
    /^# Moss\n\nIt grows/,
  ],
  ['a.json', Buffer.from('{"a":"Moss"}'), 'json', /^a: Moss$/],
  ['a.csv', Buffer.from('a,b\nMoss,1\n'), 'csv', /^a \| b\nMoss \| 1$/],
  ['a.1.gz', gzipSync('.TH A 1\n.SH NAME\nMoss'), 'markdown', /^## NAME\n\nMoss$/],
  ['a.png', ferns(), 'image', /Ferns grow where other plants/],
  ['scan.pdf', scannedPdf(ferns()), 'pdf', /Ferns grow where other plants/],
];

test('every format is read in the closed process', async () => {
  await using library = testLibrary();
  const never = new AbortController().signal;
  for (const [name, bytes, kind, text] of FILES) {
    const { upload } = await library.handlers['library.offer']({ name, size: bytes.length }, never);
    await library.handlers['library.give']({ upload, bytes: new Uint8Array(bytes) }, never);
    const told = [];
    for await (const one of library.parts({ upload }, { ocr: true })) told.push(one);
    expect(told[0]).toMatchObject({ kind: 'part', part: { kind, text: expect.stringMatching(text) } });
    expect(told.map((one) => one.kind)).toEqual(['part', 'end']);
  }
  expect(library.pids).toHaveLength(1);
});
