/** CSV as lines that people and models read: cells joined by bars, whatever stood between them (csv-parse's one user). */
import { parse } from 'csv-parse/sync';
import { Fault } from '../../wire/index.ts';
import { cut } from '../cut.ts';
import { MOST_CHARACTERS } from '../process-door.ts';
import { decode } from './decode.ts';
import { tidy } from './tidy.ts';
import type { Given, Raw } from './reading.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** Lines that are enough to tell. */
const SAMPLE = 20;
const MOST_COLUMNS = 1000;

/** @throws Fault `unknown-kind`, `too-large` for more than a thousand columns */
export function readCsv({ bytes, name }: Given): Raw {
  const file = tidy(decode(bytes));
  // A line of Excel's, not of the table's.
  const named = /^sep=([,;|\t])\n/i.exec(file);
  const whole = named ? file.slice(named[0].length) : file;
  const head = cut(whole, MOST_CHARACTERS);
  // Not through a row; a row of five million characters is none.
  const table = head.length < whole.length ? head.slice(0, head.lastIndexOf('\n') + 1) : head;
  const rows = parseRows(table, named?.[1] ?? (/\.tsv$/i.test(name) ? '\t' : sniff(table)));
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
  if (columns > MOST_COLUMNS)
    throw new Fault('too-large', `This table has ${columns.toLocaleString('en')} columns; at most 1,000 are read.`);
  const lines: string[] = [];
  let length = -1;
  for (const row of rows) {
    const line = row.map((cell) => cell.replace(/\s*\n\s*/g, ' ').trim()).join(' | ');
    if ((length += line.length + 1) > MOST_CHARACTERS) break;
    lines.push(line);
  }
  const all = lines.length === rows.length && table.length === whole.length;
  return {
    kind: 'csv',
    text: lines.join('\n'),
    note: `${all ? '' : 'Only the first '}${count(lines.length, 'row')} and ${count(columns, 'column')}${all ? '' : ' were read'}.`,
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

/**
 * The one that cuts the first lines into the most columns, quoted ones not counted. One that cuts all of them into
 * equally many comes before others: the commas in `1,5;2,5` are in every line but the head.
 */
function sniff(text: string): string {
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
    const agreeing = counts.filter((one) => one === typical).length / counts.length;
    const score = agreeing === 1 && typical > 0 ? 1000 + typical : typical * agreeing;
    if (score > most) [best, most] = [delimiter, score];
  }
  return best;
}

const count = (n: number, one: string) => `${n.toLocaleString('en')} ${one}${n === 1 ? '' : 's'}`;
