/** What a text is made of: headings, paragraphs, lists, tables, fenced code, rows; each block with what it can be split at. */
import type { DocumentKind } from '../door.ts';

/** A slice of the text; blocks follow each other without a gap. */
export interface Block {
  readonly from: number;
  readonly to: number;
  /** Of a heading: 1 is the highest. */
  readonly level?: number;
  /** Of a heading: what it says. */
  readonly title?: string;
  /** What it may be split at when it is too long for one passage. */
  readonly splits: 'lines' | 'sentences';
  /** Of a table's rows: its head, which every passage of them needs to be understood. */
  readonly head?: string;
}

/** Kinds whose text has headings as Markdown writes them. */
const STRUCTURED = new Set<DocumentKind>(
  (['markdown', 'docx', 'pptx', 'xlsx', 'odt', 'html', 'epub', 'json', 'conversation'] as const).values(),
);
const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*)$/s;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const ITEM = /^\s*(?:[-*+•]|\d{1,3}[.)])\s/;
/** As Markdown writes rows, and as our readers do (cells with bars between them). */
const ROW = /^\s*\|.*\|\s*$|\S \| /;
const LONGEST_TITLE = 120;
/** Signs of a heading that are looked at: what makes it plain takes the square of its length, on the core's thread. */
const LONGEST_LOOKED = 1000;
const LONGEST_HEAD = 300;

interface Line {
  readonly from: number;
  /** With its newline. */
  readonly to: number;
  readonly text: string;
}

/** The blocks of a document's text, one by one; together they are the text. */
export function* blocksOf(text: string, kind: DocumentKind): Generator<Block> {
  if (kind === 'csv') return yield* rows(linesOf(text));
  const look = { structured: STRUCTURED.has(kind), byLines: kind === 'code' };
  const lines = linesOf(text);
  let ahead = next(lines);
  let table: Table | undefined;
  while (ahead) {
    const began = ahead;
    const taken = [began];
    ahead = next(lines);
    const take = (until: (line: Line) => boolean) => {
      while (ahead && !until(ahead)) {
        taken.push(ahead);
        ahead = next(lines);
      }
    };
    const heading = look.structured ? HEADING.exec(began.text) : null;
    const fence = look.structured ? FENCE.exec(began.text)?.[1] : undefined;
    let more: Omit<Block, 'from' | 'to'>;
    if (heading) more = { splits: 'sentences', level: heading[1]!.length, title: plain(heading[2]!) };
    else if (fence) {
      take((line) => closes(line.text, fence));
      if (ahead) taken.push(ahead);
      ahead = next(lines);
      more = { splits: 'lines' };
    } else {
      take((line) => ends(line.text, look.structured) || isLong(taken));
      more = body(taken, look.byLines, table);
    }
    table = more.head === undefined ? undefined : { head: more.head, cells: cells(began.text) };
    // Empty lines belong to what stands before them.
    take((line) => line.text.trim() !== '');
    yield { from: began.from, to: taken.at(-1)!.to, ...more };
  }
}

const next = (lines: Iterator<Line>): Line | undefined => {
  const { value, done } = lines.next();
  return done ? undefined : (value as Line);
};

function* linesOf(text: string): Generator<Line> {
  for (let from = 0; from < text.length;) {
    const newline = text.indexOf('\n', from);
    const to = newline < 0 ? text.length : newline + 1;
    yield { from, to, text: text.slice(from, newline < 0 ? to : newline) };
    from = to;
  }
}

/** The reader has put each row on a line of its own, and the first names the columns. */
function* rows(lines: Iterable<Line>): Generator<Block> {
  let head: string | undefined;
  for (const { from, to, text } of lines) {
    head ??= text.trim().slice(0, LONGEST_HEAD).toWellFormed();
    yield { from, to, splits: 'sentences', head };
  }
}

/** A log has no empty lines: a paragraph of hundreds of lines ends where one of them ends a sentence, at last anywhere. */
const isLong = (taken: readonly Line[]) =>
  taken.length >= 1000 || (taken.length >= 200 && /[.!?:;…。！？]["')\]]*\s*$/u.test(taken.at(-1)!.text));
const closes = (line: string, fence: string) =>
  line.trimStart().startsWith(fence) && line.trim().length >= fence.length;
const ends = (line: string, structured: boolean) =>
  line.trim() === '' || (structured && (HEADING.test(line) || FENCE.test(line)));

/** An empty row, or a thousand rows, end a block and not the table. */
interface Table {
  readonly head: string;
  readonly cells: number;
}
const cells = (row: string) => row.split('|').length;

function body(lines: readonly Line[], byLines: boolean, table: Table | undefined): Omit<Block, 'from' | 'to'> {
  const first = lines[0]!.text;
  const rowed = lines.filter(({ text }) => ROW.test(text)).length;
  if (!byLines && rowed === lines.length) {
    if (table?.cells === cells(first)) return { splits: 'lines', head: table.head };
    if (rowed > 2) return { splits: 'lines', head: first.trim().slice(0, LONGEST_HEAD).toWellFormed() };
  }
  const listed = lines.filter(({ text }) => ITEM.test(text)).length;
  return { splits: byLines || (listed + rowed) * 2 > lines.length ? 'lines' : 'sentences' };
}

/** Without the signs that may close a heading. By steps: as one pattern, blanks in the middle cost the cube of their number. */
function withoutHashes(heading: string): string {
  const trimmed = heading.trimEnd();
  let end = trimmed.length;
  while (end > 0 && trimmed[end - 1] === '#') end--;
  return trimmed.slice(0, end);
}

/** A heading's words without marks of emphasis, links and code. */
function plain(heading: string): string {
  const words = withoutHashes(heading)
    .slice(0, LONGEST_LOOKED)
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}/g, '')
    .trim();
  return words.length > LONGEST_TITLE ? `${words.slice(0, LONGEST_TITLE - 1).toWellFormed()}…` : words;
}
