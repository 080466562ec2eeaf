/** OpenDocument: texts with headings, lists and tables; spreadsheets by sheet; presentations by slide (OpenDocument 1.3, part 3). */
import { Fault } from '../../wire/index.ts';
import { MOST_CHARACTERS } from '../process-door.ts';
import { properties } from './ooxml.ts';
import { joinPages } from './pages.ts';
import { lockedDocument } from './refusals.ts';
import { oneLine, rowLine } from './rows.ts';
import { tidy } from './tidy.ts';
import type { Given, Raw } from './reading.ts';
import { unpack } from './unpack.ts';
import { readXml, type Attributes } from './xml.ts';

const LIMITS = { total: 64 << 20, ratio: 250 };
const PARTS = /^(?:content|meta|META-INF\/manifest)\.xml$|^mimetype$/;
const MOST_COLUMNS = 1000;
const DEEPEST = 8;

/** @throws Fault `encrypted-file`, `no-text`, `too-large`, `unreadable`, `unknown-kind` */
export function readOdf({ bytes }: Given): Raw {
  const parts = unpack(bytes, (name) => PARTS.test(name), LIMITS);
  refuseLocked(parts.get('META-INF/manifest.xml'));
  const content = parts.get('content.xml');
  if (!content) throw new Error('no content in it');
  const { body, pages, cut } = written(content);
  const about = properties(parts.get('meta.xml'));
  if (body === 'text') {
    const text = tidy(pages.join('\n\n')).trim();
    if (text === '') throw new Fault('no-text', 'This document holds no text; pictures in it cannot be read yet.');
    return { kind: 'odt', text, ...about, note: 'Layout and pictures are left out.' };
  }
  if (!pages.some((page) => page.includes('\n')))
    throw new Fault('no-text', 'This file holds no text; pictures and charts in it cannot be read yet.');
  const note = cut
    ? 'Only the first rows were read; charts and formulas are left out.'
    : 'Pictures, charts and layout are left out.';
  const kind = body === 'spreadsheet' ? 'xlsx' : 'pptx';
  return { kind, ...joinPages(pages), pages: pages.length, ...about, note };
}

/** A part that is locked is listed with how (OpenDocument 1.3 part 2, 4.4); newer programs lock the whole in one part. */
function refuseLocked(manifest: Uint8Array | undefined): void {
  if (manifest && Buffer.from(manifest.buffer, manifest.byteOffset, manifest.byteLength).includes('encryption-data'))
    throw lockedDocument();
}

/** What is no text of the document's: remarks, what was struck out, scripts, and furniture of each page. */
const LEFT_OUT = new Set([
  ...['annotation', 'tracked-changes', 'scripts', 'forms', 'dde-source', 'shapes', 'desc'],
  ...[
    'footer',
    'header',
    'date-time',
    'page-number',
    'automatic-styles',
    'font-face-decls',
    'bibliography-configuration',
  ],
]);

interface Written {
  readonly body: 'text' | 'spreadsheet' | 'presentation';
  /** One of a text; else one a sheet or slide, with its name or title as heading. */
  readonly pages: string[];
  readonly cut: boolean;
}

function written(content: Uint8Array): Written {
  let body: Written['body'] | undefined;
  const pages: string[] = [];
  let blocks: string[] = [];
  /** Text of what is open: a paragraph, within it a frame or a note, within that a paragraph. */
  const open: string[] = [];
  const headings: number[] = [];
  let lists = 0;
  let firstOfItem = false;
  let skipping = 0;
  let title: string | undefined;
  let inTitle = false;
  let notes: number | undefined;
  const footnotes: string[] = [];
  /** Tables may stand in cells of tables. */
  const tables: { rows: string[]; cells: string[]; cell: string[]; repeat: number; rowRepeat: number; name: string }[] =
    [];
  let length = 0;
  let cut = false;

  const put = (text: string, list = false) => {
    const table = tables.at(-1);
    if (table) {
      if (text !== '') table.cell.push(text);
      return;
    }
    if (text.trim() === '' || length > MOST_CHARACTERS) return;
    length += text.length;
    // Points stand together; everything else apart.
    if (list && blocks.length > 0 && /^ *- /.test(blocks.at(-1)!)) blocks.push(`${blocks.pop()}\n${text}`);
    else blocks.push(text);
  };
  const paragraph = (text: string, level: number | undefined) => {
    const said = text.trim();
    if (said === '') return;
    if (inTitle) title = title === undefined ? oneLine(said) : `${title} ${oneLine(said)}`;
    else if (tables.length > 0) put(said);
    else if (level !== undefined) put(`${'#'.repeat(level)} ${oneLine(said)}`);
    else if (lists > 0) {
      put(`${'  '.repeat(Math.min(lists, DEEPEST) - 1)}${firstOfItem ? '- ' : '  '}${said}`, true);
      firstOfItem = false;
    } else put(said);
  };
  const row = (table: (typeof tables)[number]) => {
    const line = rowLine(table.cells);
    table.cells = [];
    if (line === '') return;
    // Rows that are the same again are few; a million of them are a pattern to fill the screen, or a bomb.
    for (let i = 0; i < Math.min(table.rowRepeat, 100); i++) {
      length += line.length + 1;
      if (length > MOST_CHARACTERS) cut = true;
      else table.rows.push(line);
    }
  };
  const begin = (name: string, attributes: Attributes): void => {
    const repeat = (attribute: string) => Math.max(1, Math.min(Number(attributes[attribute]) || 1, MOST_COLUMNS));
    switch (name) {
      case 'text':
      case 'spreadsheet':
      case 'presentation':
        body ??= name;
        return;
      case 'p':
      case 'h':
        open.push('');
        headings.push(name === 'h' ? Math.max(1, Math.min(Number(attributes['outline-level']) || 1, 6)) : 0);
        return;
      case 's':
        return append(' '.repeat(repeat('c')));
      case 'tab':
        return append('\t');
      case 'line-break':
        return append('\n');
      case 'note':
        return append(`[^${footnotes.length + 1}]`);
      case 'note-body':
        footnotes.push('');
        return;
      case 'list':
        lists++;
        return;
      case 'list-item':
      case 'list-header':
        firstOfItem = true;
        return;
      case 'table':
        tables.push({ rows: [], cells: [], cell: [], repeat: 1, rowRepeat: 1, name: attributes['name'] ?? '' });
        return;
      case 'table-row':
        if (tables.length > 0) tables.at(-1)!.rowRepeat = repeat('number-rows-repeated');
        return;
      case 'table-cell':
      case 'covered-table-cell':
        if (tables.length > 0) tables.at(-1)!.repeat = repeat('number-columns-repeated');
        return;
      case 'page':
        blocks = [];
        title = undefined;
        return;
      case 'frame':
        inTitle = attributes['class'] === 'title' && notes === undefined;
        return;
      case 'notes':
        notes = blocks.length;
    }
  };
  const append = (text: string) => {
    if (open.length > 0) open[open.length - 1] += text;
  };
  const finish = (name: string): void => {
    switch (name) {
      case 'p':
      case 'h': {
        const level = headings.pop();
        return paragraph(open.pop() ?? '', level || undefined);
      }
      case 'list':
        lists--;
        return;
      case 'table-cell':
      case 'covered-table-cell': {
        const table = tables.at(-1);
        if (!table) return;
        const text = table.cell.join(' ');
        table.cell = [];
        for (let i = 0; i < table.repeat && table.cells.length < MOST_COLUMNS; i++) table.cells.push(text);
        return;
      }
      case 'table-row':
        if (tables.length > 0) row(tables.at(-1)!);
        return;
      case 'table': {
        const { rows, name: called } = tables.pop()!;
        if (body === 'spreadsheet' && tables.length === 0) {
          pages.push(`## ${called || `Sheet ${pages.length + 1}`}\n\n${rows.join('\n')}`.trim());
          blocks = [];
        } else put(rows.join('\n'));
        return;
      }
      case 'notes': {
        const said = blocks
          .splice(notes ?? blocks.length)
          .join('\n')
          .replace(/^ *- /gm, '');
        notes = undefined;
        if (said !== '') blocks.push(`Notes: ${said}`);
        return;
      }
      case 'frame':
        inTitle = false;
        return;
      case 'page':
        pages.push(`## ${title ?? `Slide ${pages.length + 1}`}\n\n${blocks.join('\n\n')}`.trim());
    }
  };

  // A footnote's paragraphs are its text, wherever it stands.
  let inNote = 0;
  readXml(content, {
    open(name, attributes) {
      if (skipping > 0 || LEFT_OUT.has(name)) skipping++;
      else if (inNote > 0) {
        inNote++;
        if (name === 'p' && footnotes.at(-1) !== '') footnotes[footnotes.length - 1] += ' ';
      } else if (name === 'note-citation') skipping++;
      else {
        begin(name, attributes);
        if (name === 'note-body') inNote = 1;
      }
    },
    text(text) {
      if (skipping > 0) return;
      // White space in the file is the writer's own; what is meant stands as `text:s` (part 3, 6.1.2).
      const folded = text.replace(/\s+/g, ' ');
      if (inNote > 0) footnotes[footnotes.length - 1] += folded;
      else append(folded);
    },
    close(name) {
      if (skipping > 0) skipping--;
      else if (inNote > 0) inNote--;
      else finish(name);
    },
  });
  if (!body) throw new Fault('unknown-kind', 'This is an OpenDocument drawing or formula, which daimon does not read.');
  const below = footnotes.map((note, index) => `[^${index + 1}]: ${oneLine(note)}`);
  if (body === 'text') pages.push([...blocks, ...below].join('\n\n'));
  return { body, pages, cut };
}
