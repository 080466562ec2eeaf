/** Manual pages from their source: man(7) and mdoc(7) macros become headings, items and plain words (groff_man(7), mdoc(7)). */
import { decode } from './decode.ts';
import { glyphs } from './man-glyphs.ts';
import { rowLine } from './rows.ts';
import { tidy } from './tidy.ts';
import type { Given, Raw } from './reading.ts';

/** `ls.1`, `printf.3p`, `openssl.1ssl`. */
const NAMED = /\.[1-9n][a-z]{0,8}$/i;
const REQUEST = /^[.'](?:\\"|TH |Dd |so |de |SH |ig\b|nh\b|if |ie |ds )/m;

export const isManual = (name: string, head: string): boolean => NAMED.test(name) && REQUEST.test(head);

export function readManual({ bytes }: Given): Raw {
  const { text, title, date } = manual(decode(bytes));
  return { kind: 'markdown', text: tidy(text), ...(title && { title }), ...(date !== undefined && { date }) };
}

interface Page {
  readonly lines: string[];
  title?: string;
  date?: number;
  /** The command's own name, which mdoc repeats. */
  name?: string;
  /** What the next line of text stands behind. */
  tag: boolean;
  literal: boolean;
  /** A line of a macro is a word or two of the sentence around it. */
  pieces: boolean;
  /** BSD's macros, whose names are words of the text's own. */
  mdoc: boolean;
}

function manual(source: string): { text: string; title?: string; date?: number } {
  const page: Page = { lines: [], tag: false, literal: false, pieces: false, mdoc: false };
  // A backslash at the end goes on in the next line.
  const lines = source.replace(/\\\n/g, '').split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const request = /^[.'][ \t]*(\\"|[A-Za-z]+[\d-]*|\.)?[ \t]*(.*)$/.exec(line);
    if (!request) {
      words(page, glyphs(line));
      continue;
    }
    const [, name = '', rest = ''] = request;
    // Definitions, and what is ignored, end with `..`; a condition's block with a brace.
    if (name === 'de' || name === 'ig' || name === 'am')
      while (i + 1 < lines.length && !/^\.\.?\s*$/.test(lines[++i]!));
    else if (name === 'if' || name === 'ie' || name === 'el') i = skipBlock(lines, i);
    else if (name === 'TS') i = table(page, lines, i);
    else macro(page, name, rest.replace(/\\".*$/, ''));
  }
  const text = page.lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return { text, ...(page.title && { title: page.title }), ...(page.date !== undefined && { date: page.date }) };
}

/** Conditions choose between printers; a page says the same without them. */
function skipBlock(lines: readonly string[], at: number): number {
  let depth = 0;
  for (let i = at; i < lines.length; i++) {
    depth += (lines[i]!.match(/\\\{/g)?.length ?? 0) - (lines[i]!.match(/\\\}/g)?.length ?? 0);
    if (depth <= 0) return i;
  }
  return at;
}

/**
 * Rows of tbl(1), which follow the options and formats; those end with a full stop, and may change in the middle (`.T&`).
 * Between `T{` and `T}` a cell has lines of its own. Returns the line that ends the table.
 */
function table(page: Page, lines: readonly string[], at: number): number {
  let tab = '\t';
  let formats = true;
  let row: string[] = [];
  let cell: string[] | undefined;
  let i = at + 1;
  blank(page);
  for (; i < lines.length && !lines[i]!.startsWith('.TE'); i++) {
    const line = lines[i]!;
    if (formats) {
      tab = /\btab ?\((.)\)/.exec(line)?.[1] ?? tab;
      formats = !/\.\s*$/.test(line);
    } else if (line.startsWith('.T&')) formats = true;
    else if (cell && !line.startsWith('T}')) {
      if (!line.startsWith('.')) cell.push(glyphs(line));
    } else if (cell || !/^[_=]$|^\./.test(line)) {
      const [first, ...others] = (cell ? line.slice(2) : line).split(tab);
      row.push(cell ? `${cell.join(' ')}${glyphs(first!)}` : glyphs(first!), ...others.map(glyphs));
      cell = row.at(-1) === 'T{' ? [] : undefined;
      if (cell) row.pop();
      else {
        page.lines.push(rowLine(row));
        row = [];
      }
    }
  }
  blank(page);
  return i;
}

function blank(page: Page): void {
  if (page.lines.length > 0 && page.lines.at(-1) !== '') page.lines.push('');
}

function words(page: Page, text: string, piece = false): void {
  if (text.trim() === '' && !page.literal) return blank(page);
  const last = page.lines.at(-1);
  const joins =
    (piece || page.pieces) && !page.literal && last !== undefined && last !== '' && !/^(?:#|- .*[^,]$)/.test(last);
  if (page.tag) {
    page.lines.push(`- ${text.trim()}`);
    page.tag = false;
  } else if (joins) page.lines.push(`${page.lines.pop()!} ${text.trim()}`);
  else page.lines.push(page.literal ? text : text.trim());
  page.pieces = piece;
}

/** Arguments, apart by blanks unless they stand in quotes, in which two mean one. */
const split = (rest: string): string[] =>
  [...rest.matchAll(/"((?:[^"]|"")*)"?|(\S+)/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare!);

const ALTERNATING = new Set(['BR', 'RB', 'IR', 'RI', 'BI', 'IB']);

function macro(page: Page, name: string, rest: string): void {
  const plain = () => glyphs(split(rest).join(' '));
  switch (name) {
    case 'TH': {
      const [title, section, date] = split(rest).map(glyphs);
      if (title) page.title = section ? `${title}(${section})` : title;
      return dated(page, date);
    }
    case 'Dd':
      page.mdoc = true;
      return dated(page, rest);
    case 'Dt': {
      const [title, section] = split(rest);
      if (title) page.title = section ? `${title}(${section})` : title;
      return;
    }
    case 'SH':
    case 'Sh':
    case 'SS':
    case 'Ss':
      page.literal = page.tag = false;
      blank(page);
      page.lines.push(`${/h$/i.test(name) ? '##' : '###'} ${plain()}`, '');
      return;
    case 'PP':
    case 'P':
    case 'LP':
    case 'HP':
    case 'Pp':
    case 'sp':
    case 'RS':
    case 'RE':
    case 'Bl':
    case 'El':
      return blank(page);
    case 'TP':
    case 'TQ':
      if (name === 'TP') blank(page);
      page.tag = true;
      return;
    case 'IP': {
      blank(page);
      const [tag = ''] = split(rest);
      const said = glyphs(tag).trim();
      if (said === '' || /^[•o*-]$/.test(said)) page.tag = said !== '';
      else page.lines.push(`- ${said}`);
      return;
    }
    case 'It':
      blank(page);
      if (rest.trim() === '') page.tag = true;
      else page.lines.push(`- ${mdoc(page, split(rest))}`);
      return;
    case 'nf':
    case 'EX':
    case 'Vb':
    case 'Bd':
      blank(page);
      page.literal = name !== 'Bd' || /-literal|-unfilled/.test(rest);
      return;
    case 'fi':
    case 'EE':
    case 'Ve':
    case 'Ed':
      page.literal = false;
      return blank(page);
    case 'so':
      return words(page, `See ${rest.trim()}.`);
    case 'B':
    case 'I':
    case 'R':
    case 'SM':
    case 'SB':
      return words(page, plain(), true);
    default:
      if (ALTERNATING.has(name)) return words(page, glyphs(split(rest).join('')), true);
      // mdoc's are two letters, the second small; what is left is for the printer.
      if (page.mdoc && /^(?:[A-Z][a-z]|Brq|Bro|Brc)$/.test(name)) {
        const text = mdoc(page, [name, ...split(rest)]);
        if (text !== '') words(page, text, true);
      }
  }
}

function dated(page: Page, text: string | undefined): void {
  const date = Date.parse((text ?? '').replace(/\$(?:Mdocdate: )?|\$/g, ''));
  if (!Number.isNaN(date)) page.date = date;
}

/** Pairs that stand around what follows. */
const AROUND: Readonly<Record<string, readonly [string, string]>> = {
  Op: ['[', ']'],
  Oo: ['[', ''],
  Oc: [']', ''],
  Dq: ['“', '”'],
  Sq: ['‘', '’'],
  Ql: ['‘', '’'],
  Qq: ['"', '"'],
  Pq: ['(', ')'],
  Bq: ['[', ']'],
  Brq: ['{', '}'],
  Aq: ['<', '>'],
};
/** Words that only say how the next ones look. */
const LOOK = new Set(
  'Ar Cm Em Sy Li Pa Ev Va Vt Ad An Cd Dv Er Ic Fa Fd Ft Ms No Tn Ux Bx Nx Ox Fx St Lk Mt In Lb Rs Re Sx Bk Ek Ns Ap Xo Xc Os Sm'.split(
    ' ',
  ),
);

function mdoc(page: Page, given: readonly string[]): string {
  const out: string[] = [];
  const closing: string[] = [];
  let glue = false;
  const put = (text: string) => {
    const last = out.length - 1;
    // Marks stand at the word before them.
    if (last >= 0 && (glue || /^[.,:;)\]?!]$/.test(text))) out[last] += text;
    else out.push(text);
    glue = false;
  };
  for (let i = 0; i < given.length; i++) {
    const word = given[i]!;
    if (word === 'Nm') {
      const next = given[i + 1];
      if (next !== undefined && !/^[.,:;)]$|^[A-Z][a-z]$/.test(next)) {
        page.name ??= glyphs(next);
        put(glyphs(next));
        i++;
      } else if (page.name) put(page.name);
    } else if (word === 'Nd') put('–');
    else if (word === 'Fl') {
      put('-');
      glue = true;
    } else if (word === 'Fn') {
      put(`${glyphs(given[++i] ?? '')}()`);
    } else if (word === 'Xr') {
      const section = given[i + 2];
      put(section && /^\d/.test(section) ? `${given[i + 1]}(${section})` : (given[i + 1] ?? ''));
      i += section && /^\d/.test(section) ? 2 : 1;
    } else if (word === 'Ns') glue = true;
    else if (Object.hasOwn(AROUND, word)) {
      const [before, after] = AROUND[word]!;
      put(before);
      glue = after !== '' || word === 'Oo';
      if (after !== '') closing.push(after);
    } else if (word === 'Ap') {
      put("'");
      glue = true;
    } else if (!LOOK.has(word)) put(glyphs(word));
  }
  let text = out.join(' ');
  while (closing.length > 0) text = text.replace(/([.,:;]?)$/, `${closing.pop()!}$1`);
  return text.trim();
}
