/** XLSX: each sheet under its name, rows as lines, values as they are shown: a date is a date and no number (ECMA-376, 18). */
import { Fault } from '../../wire/index.ts';
import { MOST_CHARACTERS } from '../process-door.ts';
import { properties, relationsOf } from './ooxml.ts';
import { joinPages } from './pages.ts';
import { rowLine } from './rows.ts';
import type { Given, Raw } from './reading.ts';
import { unpack } from './unpack.ts';
import { readXml } from './xml.ts';
import { formats, type Format } from './xlsx-formats.ts';

/** The shared strings and one sheet are text in the heap at a time. */
const LIMITS = { total: 96 << 20, ratio: 250 };
const PARTS =
  /^(?:docProps\/core\.xml|xl\/(?:workbook|styles|sharedStrings|worksheets\/[^/]+)\.xml|xl\/_rels\/[^/]+\.rels)$/;
const MAIN = 'xl/workbook.xml';
/** Wider tables are cut; Excel allows 16,384 columns. */
const MOST_COLUMNS = 1000;

/** @throws Fault `no-text`, `too-large`, `unreadable` */
export function readXlsx({ bytes }: Given): Raw {
  const parts = unpack(bytes, (name) => PARTS.test(name), LIMITS);
  const workbook = parts.get(MAIN);
  if (!workbook) throw new Error('no workbook in it');
  const relations = relationsOf(parts, MAIN);
  const sheets: { name: string; part: Uint8Array | undefined }[] = [];
  let from1904 = false;
  readXml(workbook, {
    open(tag, attributes) {
      if (tag === 'workbookPr') from1904 = /^(?:1|true|on)$/.test(attributes['date1904'] ?? '');
      if (tag !== 'sheet') return;
      const part = parts.get(relations.get(attributes[':id'] ?? '')?.target ?? '');
      sheets.push({ name: attributes['name'] ?? '', part });
    },
  });
  const strings = sharedStrings(parts.get('xl/sharedStrings.xml'));
  const shown = formats(parts.get('xl/styles.xml'), from1904);
  let left = MOST_CHARACTERS;
  let rows = 0;
  let whole = true;
  const texts = sheets.map(({ name, part }, index) => {
    const table = part ? sheetLines(part, { strings, shown, most: left }) : { lines: [], whole: true };
    rows += table.lines.length;
    whole &&= table.whole;
    const text = `## ${name || `Sheet ${index + 1}`}\n\n${table.lines.join('\n')}`;
    left = Math.max(0, left - text.length);
    return text;
  });
  if (rows === 0)
    throw new Fault('no-text', 'This workbook holds no text: every cell is empty, or it has charts only.');
  const count = `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`;
  return {
    kind: 'xlsx',
    ...joinPages(texts),
    pages: sheets.length,
    ...properties(parts.get('docProps/core.xml')),
    note: `${whole ? count : `Only the first ${count}`} of ${sheets.length} ${sheets.length === 1 ? 'sheet' : 'sheets'}; charts and formulas are left out.`,
  };
}

/** A string may be of several runs; how Japanese ones are pronounced (`rPh`) is no part of them. */
function sharedStrings(part: Uint8Array | undefined): string[] {
  const strings: string[] = [];
  let text = '';
  let inText = false;
  let reading = false;
  if (part)
    readXml(part, {
      open(name) {
        if (name === 'si') text = '';
        else if (name === 't') inText = true;
        else if (name === 'rPh') reading = true;
      },
      text: (more) => void (text += inText && !reading ? more : ''),
      close(name) {
        if (name === 't') inText = false;
        else if (name === 'rPh') reading = false;
        else if (name === 'si') strings.push(text);
      },
    });
  return strings;
}

interface Book {
  readonly strings: readonly string[];
  readonly shown: readonly Format[];
  readonly most: number;
}

function sheetLines(part: Uint8Array, { strings, shown, most }: Book): { lines: string[]; whole: boolean } {
  const lines: string[] = [];
  let length = 0;
  let whole = true;
  let cells: string[] = [];
  let column = 0;
  let type = '';
  let format: Format | undefined;
  let value = '';
  let inValue = false;
  readXml(part, {
    open(name, attributes) {
      if (name === 'row') {
        cells = [];
        column = 0;
      } else if (name === 'c') {
        column = columnOf(attributes['r']) ?? column;
        type = attributes['t'] ?? 'n';
        format = shown[Number(attributes['s'] ?? 0)];
        value = '';
      } else if (name === 'v' || name === 't') inValue = true;
    },
    text: (text) => void (value += inValue ? text : ''),
    close(name) {
      if (name === 'v' || name === 't') inValue = false;
      else if (name === 'c') {
        if (column < MOST_COLUMNS) cells[column] = cellText(type, value, format, strings);
        else whole = false;
        column++;
      } else if (name === 'row') {
        const line = rowLine(cells);
        if (line === '') return;
        if (length + line.length < most) lines.push(line);
        else whole = false;
        length += line.length + 1;
      }
    },
  });
  return { lines, whole };
}

function cellText(type: string, value: string, format: Format | undefined, strings: readonly string[]): string {
  if (type === 's') return strings[Number(value)] ?? '';
  if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE';
  if (type !== 'n' || value === '') return value;
  const number = Number(value);
  return Number.isFinite(number) ? (format ?? String)(number) : value;
}

/** `AB12` → 27; undefined for a cell that does not say. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0];
  if (!letters) return undefined;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}
