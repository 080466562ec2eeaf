/** A block of code or a table that is still open, of any length: only what came since the last reading is read. */
import { blocks } from './convert.ts';
import { ending } from './ending.ts';
import { lex, type Lexed } from './lexer.ts';
import type { Block, Table } from './nodes.ts';

/** What is there of the block; `end` is where the text after it begins, once it is `done`. */
export interface Read {
  readonly block: Block;
  readonly done: boolean;
  readonly end: number;
  /** There is more text than was read this time. */
  readonly more: boolean;
}
export interface OpenBlock {
  /** Reads up to `most` more characters of `text`; undefined when the block turns out to be another. */
  read(text: string, ended: boolean, most: number): Read | undefined;
}

/** Reads on the block that `token` begins at `from`; undefined for all but fenced code and tables. */
export function openBlock(token: Lexed, from: number): OpenBlock | undefined {
  if (token.type === 'table') return openTable(token, from);
  const fence = token.type === 'code' ? /^(`{3,}|~{3,})[^\n]*\n/.exec(token.raw) : null;
  return fence ? openCode(fence[1]!, token, from + fence[0].length) : undefined;
}

function openCode(fence: string, token: Lexed, body: number): OpenBlock {
  const sign = fence[0]!;
  const closes = new RegExp(`^ {0,3}${sign}{${fence.length},} *$`);
  const mayClose = new RegExp(`^ {0,3}${sign}+ *$`);
  /** Lines before it do not close the block. */
  let line = body;
  /** As marked has it: the last line end is the fence's, unless the line before it is empty. */
  const code = (lines: string) => {
    const text = lines.endsWith('\n') ? lines.slice(0, -1) : lines;
    return blocks([{ ...token, text: text === '' || text.endsWith('\n') ? lines : text }])[0]!;
  };
  return {
    read(text, ended) {
      for (;;) {
        const end = text.indexOf('\n', line);
        const words = text.slice(line, end < 0 ? undefined : end);
        const whole = end >= 0 || ended;
        if (whole && closes.test(words))
          return {
            block: code(text.slice(body, line)),
            done: true,
            end: end < 0 ? text.length : end,
            more: false,
          };
        if (end >= 0) {
          line = end + 1;
          continue;
        }
        // What may become the closing fence is not shown as code first.
        const shown = !ended && mayClose.test(words) ? line : text.length;
        return { block: code(text.slice(body, shown)), done: ended, end: text.length, more: false };
      }
    },
  };
}

function openTable(token: Lexed, from: number): OpenBlock | undefined {
  const head = /^[^\n]*\n[^\n]*\n/.exec(token.raw)?.[0];
  if (head === undefined) return undefined;
  /** Rows whose lines are whole, and where the next line begins. */
  let rows: Table['rows'] = [];
  let line = from + head.length;
  const tableOf = (source: string): { table: Table; tokens: readonly Lexed[] } | undefined => {
    const tokens = lex(source);
    const block = tokens[0]?.type === 'table' ? blocks(tokens.slice(0, 1))[0] : undefined;
    return block?.kind === 'table' ? { table: block, tokens } : undefined;
  };
  return {
    read(text, ended, most) {
      let to = text.length;
      if (to - line > most) {
        const cut = text.lastIndexOf('\n', line + most - 1) + 1;
        to = cut > line ? cut : text.length;
      }
      const source = head + text.slice(line, to);
      const read = tableOf(source);
      if (!read) return undefined;
      const length = read.tokens[0]!.raw.length;
      const last = to === text.length;
      if (length < source.length || (last && ended) || /\n[ \t]*\n$/.test(source))
        return {
          block: { ...read.table, rows: [...rows, ...read.table.rows] },
          done: true,
          end: line + length - head.length,
          more: false,
        };
      const begun = source.lastIndexOf('\n') + 1;
      if (begun === source.length) {
        rows = [...rows, ...read.table.rows];
        line = to;
        return { block: { ...read.table, rows }, done: false, end: 0, more: !last };
      }
      // The line that grows is shown with its marks closed.
      const whole = begun > head.length ? tableOf(source.slice(0, begun))?.table.rows : [];
      const shown = tableOf(head + ending(source.slice(begun)));
      if (!whole) return undefined;
      rows = [...rows, ...whole];
      line += begun - head.length;
      return { block: { ...read.table, rows: [...rows, ...(shown?.table.rows ?? [])] }, done: false, end: 0, more: false };
    },
  };
} // prettier-ignore
