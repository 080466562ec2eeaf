/** CSV as lines that people and models read: cells joined by bars, whatever stood between them (csv-parse's one user). */
import { parse } from 'csv-parse/sync';
import { Fault } from '../../wire/index.ts';
import { decode } from './decode.ts';
import { cut, tidy } from './tidy.ts';
import { MOST_CHARACTERS } from '../process-door.ts';
import type { Given, Raw } from './reading.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** Lines that are enough to tell. */
const SAMPLE = 20;
const MOST_COLUMNS = 1000;

export function readCsv({ bytes, name }: Given): Raw {
  const whole = tidy(decode(bytes));
  const table = cut(whole, MOST_CHARACTERS);
  // Not through a row; a row of five million characters is none.
  const rows = table.length < whole.length ? table.slice(0, table.lastIndexOf('\n') + 1) : table;
  const delimiter = /\.tsv$/i.test(name) ? '\t' : sniff(rows);
  const cells = parseRows(rows, delimiter);
  const columns = cells.reduce((most, row) => Math.max(most, row.length), 0);
  if (columns > MOST_COLUMNS)
    throw new Fault('too-large', `This table has ${columns.toLocaleString('en')} columns; at most 1,000 are read.`);
  return {
    kind: 'csv',
    text: cells.map((row) => row.map((cell) => cell.replace(/\s*\n\s*/g, ' ').trim()).join(' | ')).join('\n'),
    note: `${count(cells.length, 'row')} and ${count(columns, 'column')}.${
      rows.length < whole.length ? ` Only the first ${MOST_CHARACTERS.toLocaleString('en')} characters were read.` : ''
    }`,
  };
}

function parseRows(text: string, delimiter: string): string[][] {
  const options = { delimiter, relax_column_count: true, skip_empty_lines: true } as const;
  try {
    return parse(text, { ...options, relax_quotes: true });
  } catch {
    // A quote that nobody closes: then quotes are letters here.
    return parse(text, { ...options, quote: false });
  }
}

/** The one that cuts the first lines into the most columns, equally many in each; quoted ones are not counted. */
export function sniff(text: string): string {
  const lines = text
    .slice(0, 65_536)
    .replace(/"(?:[^"]|"")*"/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, SAMPLE);
  let best: string = ',';
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const counts = lines.map((line) => line.split(delimiter).length - 1);
    const typical = counts.toSorted((a, b) => a - b)[counts.length >> 1] ?? 0;
    const agreeing = counts.filter((one) => one === typical).length / (counts.length || 1);
    if (typical * agreeing > most) [best, most] = [delimiter, typical * agreeing];
  }
  return best;
}

const count = (n: number, one: string) => `${n.toLocaleString('en')} ${one}${n === 1 ? '' : 's'}`;
