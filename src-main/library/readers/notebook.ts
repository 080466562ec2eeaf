/** Jupyter notebooks as Markdown: what was written, the code in fences, and what it printed (nbformat 4). */
import { MOST_CHARACTERS } from '../process-door.ts';
import { decode } from './decode.ts';
import { parse } from './json.ts';
import { tidy } from './tidy.ts';
import type { Given, Raw } from './reading.ts';

/** What a cell printed is a result as long as one can read it. */
const MOST_OUTPUT = 4000;

/** Undefined for what is no notebook. Pictures among the outputs are left out. */
export function readNotebook({ bytes }: Given): Raw | undefined {
  const book = record(parse(decode(bytes)));
  const cells = book?.['cells'];
  if (!Array.isArray(cells)) return undefined;
  const language = word(record(record(book!['metadata'])?.['language_info'])?.['name']) ?? '';
  const title = word(record(book!['metadata'])?.['title']);
  const blocks: string[] = [];
  let length = 0;
  for (const cell of cells.map(record)) {
    const source = joined(cell?.['source']).trim();
    const kind = cell?.['cell_type'];
    if (kind === 'code') {
      if (source !== '') blocks.push(fenced(source, language));
      const outputs = cell!['outputs'];
      const printed = (Array.isArray(outputs) ? outputs : [])
        .map(output)
        .filter(Boolean)
        .join('\n')
        .slice(0, MOST_OUTPUT);
      if (printed.trim() !== '') blocks.push(fenced(printed.trimEnd(), ''));
    } else if (source !== '') blocks.push(source);
    if ((length += source.length) > MOST_CHARACTERS) break;
  }
  return { kind: 'markdown', text: tidy(blocks.join('\n\n')), ...(title && { title }) };
}

function output(value: unknown): string {
  const one = record(value);
  if (one?.['output_type'] === 'stream') return joined(one['text']);
  if (one?.['output_type'] === 'error') return `${word(one['ename']) ?? 'Error'}: ${word(one['evalue']) ?? ''}`;
  return joined(record(one?.['data'])?.['text/plain']);
}

/** More backticks than stand in it. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

const record = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
const word = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
/** A text, or its lines with their ends. */
const joined = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value)
      ? value.filter((one) => typeof one === 'string').join('')
      : '';
