/** How fast documents become text: pages of PDF and HTML a second of one core, warm; other formats for the record. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument } from '../src-main/library/readers/read.ts';
import { docx, heading, paragraph, run as letters, table } from '../test/fixtures/docx.ts';
import { epub, xlsx } from '../test/fixtures/office.ts';
import { pdf } from '../test/fixtures/pdf.ts';
import type { Figure } from './figure.ts';
import { factor } from './machine.ts';

interface File {
  readonly name: string;
  readonly bytes: Uint8Array;
}
/** Where systems keep documentation that is no translation of ours. */
const PLACES = ['/usr/share/doc', '/usr/local/share/doc', '/Library/Documentation'];
const ENOUGH_MS = 2500;
const LARGEST = 2 << 20;

/** Real files of the machine, largest folders first come as they do; at most `most`, each of a size that is usual. */
function found(ending: RegExp, most: number, least: number): File[] {
  const files: File[] = [];
  const visit = (folder: string, depth: number): void => {
    let entries;
    try {
      entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch {
      return;
    }
    for (const entry of entries) {
      if (files.length >= most) return;
      const path = join(folder, entry.name);
      if (entry.isDirectory() && depth < 6) visit(path, depth + 1);
      else if (entry.isFile() && ending.test(entry.name)) {
        const { size } = statSync(path);
        if (size > least && size < LARGEST) files.push({ name: entry.name, bytes: new Uint8Array(readFileSync(path)) });
      }
    }
  };
  for (const place of PLACES) visit(place, 0);
  return files;
}

const WORDS = 'ferns grow where other plants do not get enough light and they are older than flowers by far'.split(' ');
/** Sentences that differ, the same at every run. */
const sentence = (seed: number): string =>
  `${Array.from({ length: 14 }, (_, i) => WORDS[(seed * 7 + i * 5 + ((seed * i) % 3)) % WORDS.length]).join(' ')} ${seed}.`;
const sentences = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => sentence(from + i));

/** Units (pages, files) of a second of one core, once everything is loaded and compiled: the better of two rounds. */
async function rate(
  files: readonly File[],
  units: (reading: Awaited<ReturnType<typeof readDocument>>) => number,
): Promise<number> {
  for (const file of files) await readDocument(copy(file));
  let best = 0;
  for (let round = 0; round < 2; round++) {
    const began = performance.now();
    const before = process.cpuUsage();
    let count = 0;
    do for (const file of files) count += units(await readDocument(copy(file)));
    while (performance.now() - began < ENOUGH_MS);
    const { user, system } = process.cpuUsage(before);
    best = Math.max(best, (count * 1e6) / (user + system));
  }
  return best;
}
/** pdf.js takes the bytes it is given for its own. */
const copy = ({ name, bytes }: File): File => ({ name, bytes: bytes.slice() });

const bounded = (name: string, value: number, least: number, machine: number): Figure => ({
  name,
  value: Math.round(value),
  unit: 'pages/core-second',
  bound: `≥ ${least} (machine factor ${machine.toFixed(2)})`,
  holds: value >= least ? true : machine < 1 ? null : false,
});

export async function readerFigures(): Promise<Figure[]> {
  const machine = factor();
  const pdfs = found(/\.pdf$/i, 3, 50_000);
  const made: File = {
    name: 'made.pdf',
    bytes: pdf({ pages: Array.from({ length: 40 }, (_, i) => sentences(i * 45, 45)), deflate: true }),
  };
  const pages = found(/\.x?html?$/i, 30, 4000);
  const page = (n: number): File => ({
    name: 'made.html',
    bytes: Buffer.from(
      `<html><head><title>Ferns</title></head><body><nav><a href="/">Home</a></nav><article>${Array.from({ length: 12 }, (_, i) => `<h2>Part ${i}</h2><p>${sentences(n + i * 9, 5).join(' ')}</p><p>${sentences(n + i * 11, 5).join(' ')}</p><ul><li>${sentence(i)}</li></ul>`).join('')}</article></body></html>`,
    ),
  });
  const book = epub(
    Array.from({ length: 20 }, (_, i) => [
      `${i}.xhtml`,
      `<h1>Chapter ${i}</h1><p>${sentences(i * 60, 60).join('</p><p>')}</p>`,
    ]),
  );
  const word = docx(
    Array.from(
      { length: 60 },
      (_, i) =>
        heading(2, `Part ${i}`) +
        sentences(i * 5, 5)
          .map((text) => paragraph(letters(text)))
          .join('') +
        table([['a', 'b']]),
    ).join(''),
  );
  const sheet = xlsx(
    { A: Array.from({ length: 2000 }, (_, i) => [sentence(i), [i, 0], [45_000 + i, 1]]) },
    { codes: ['yyyy-mm-dd'] },
  );
  const one = () => 1;
  const figures = [
    bounded(
      `PDF, ${pdfs.length > 0 ? `real: ${pdfs.map(({ name }) => name).join(', ')}` : 'made of sentences: no real one found'}`,
      await rate(pdfs.length > 0 ? pdfs : [made], ({ pages: n }) => n ?? 0),
      80,
      machine,
    ),
    bounded(
      `HTML, ${pages.length > 0 ? `${pages.length} real pages of documentation` : 'made articles: no real ones found'}`,
      await rate(pages.length > 0 ? pages : Array.from({ length: 10 }, (_, i) => page(i)), one),
      60,
      machine,
    ),
  ];
  if (pdfs.length > 0)
    figures.push({
      name: 'PDF, made of sentences',
      value: Math.round(await rate([made], ({ pages: n }) => n ?? 0)),
      unit: 'pages/core-second',
    });
  if (pages.length > 0)
    figures.push({
      name: 'HTML, made articles of 10 KB',
      value: Math.round(await rate([page(1), page(2)], one)),
      unit: 'pages/core-second',
    });
  const others: [string, File][] = [
    ['DOCX of 300 paragraphs', { name: 'a.docx', bytes: word }],
    ['EPUB of 20 chapters', { name: 'a.epub', bytes: book }],
    ['XLSX of 2,000 rows', { name: 'a.xlsx', bytes: sheet }],
  ];
  for (const [name, file] of others)
    figures.push({ name, value: Math.round((await rate([file], one)) * 10) / 10, unit: 'files/core-second' });
  return figures;
}
