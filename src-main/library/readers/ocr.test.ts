/** Text in pictures and scans: read where it is wanted, refused with a sentence where not. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mutants } from '../../../test/fixtures/mutants.ts';
import { pdf } from '../../../test/fixtures/pdf.ts';
import { ferns, scannedPdf } from '../../../test/fixtures/scan.ts';
import { packaged } from '../../base/asset.ts';
import { isFault } from '../../wire/index.ts';
import { readDocument } from './read.ts';

const letters = () => readFileSync(packaged('node_modules/@tesseract.js-data/eng/4.0.0_best_int/eng.traineddata.gz'));
const read = (name: string, bytes: Uint8Array, ocr = true) => readDocument({ name, bytes, ocr, letters });
const refusal = (name: string, bytes: Uint8Array, ocr = true) =>
  read(name, bytes, ocr).then(
    ({ kind }) => Promise.reject(new Error(`it was read: ${kind}`)),
    (fault: unknown) => fault,
  );
const SAID = /Notes on ferns\s+Ferns grow where other plants do not get enough light\.\s+They are older than flowers,/;

describe('where pictures are read', () => {
  test('the text of a picture is found, whatever its name', async () => {
    const reading = await read('scan', ferns());
    expect(reading).toMatchObject({ kind: 'image', text: SAID, language: 'eng', note: /recognised/ });
  });

  test('so is that of scanned pages, each at its page, beside pages that have text', async () => {
    const { kind, text, anchors, note, pages } = await read('scan.pdf', scannedPdf(ferns(), 2));
    expect([kind, pages, text.slice(anchors![1]!.at)]).toEqual(['pdf', 2, expect.stringMatching(SAID)]);
    expect(note).toMatch(/2 of 2 pages was recognised/);
  });

  test('a damaged one, one without text and one of a billion dots say so', async () => {
    const huge = Buffer.from(ferns());
    for (const at of [16, 20]) huge.writeUInt32BE(30_000, at);
    expect(await refusal('a.png', huge)).toMatchObject({ code: 'too-large' });
    expect(await refusal('a.png', ferns().subarray(0, 200))).toMatchObject({ code: 'unreadable' });
    const dot = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
    expect(await refusal('a.gif', dot)).toMatchObject({ code: /^(?:no-text|unreadable)$/ });
    expect(await refusal('a.pdf', pdf({ pages: [[]] }))).toMatchObject({ code: 'no-text' });
  });

  test('a broken one is a text or a Fault', async () => {
    for (const bytes of mutants(ferns(), process.env['DAIMON_LONG'] ? 300 : 5, 9))
      await read('a.png', bytes).catch((error: unknown) => {
        if (!isFault(error)) throw error;
        expect(['unknown-kind', 'unreadable', 'no-text', 'too-large']).toContain(error.code);
      });
  });
});

test('where they are not, pictures and scans are refused with what to do', async () => {
  for (const [name, bytes] of [
    ['a.png', ferns()],
    ['a.pdf', scannedPdf(ferns())],
  ] as const)
    expect(await refusal(name, bytes, false)).toMatchObject({ code: 'picture', message: /Read pictures/ });
  expect(await refusal('a.pdf', pdf({ pages: [[], []] }), false)).toMatchObject({ code: 'no-text' });
});
