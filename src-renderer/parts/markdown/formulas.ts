/** Finds formulas in Markdown: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`, but no prices, shell variables or escaped signs. */

export interface Found {
  /** As it stands in the text, marks included. */
  readonly raw: string;
  readonly source: string;
  readonly display: boolean;
}

/** A longer one is no formula; this also bounds what an opening mark without an end costs. */
const LONGEST = 2000;
const BLANK = /\n[ \t]*\n/;
const WORD_OR_SIGN = /[\p{L}\p{N}$\\]/u;

/** The marks that open a formula, longest first, and what closes each. */
const MARKS = [
  ['$$', '$$', true],
  ['\\[', '\\]', true],
  ['\\(', '\\)', false],
] as const;

/** Where a mark may stand in `text`, or -1. */
export const startOf = (text: string): number => text.search(/\$|\\[([]/);

/**
 * The formula that `text` begins with. `before` is the character in front of it. A single `$` follows Pandoc: no space
 * inside the marks, no digit after the second; beyond that, words without any command are prose about money.
 */
export function formulaAt(text: string, before: string): Found | undefined {
  for (const [open, close, display] of MARKS) {
    if (!text.startsWith(open)) continue;
    const end = endOf(text, open.length, close);
    const source = end < 0 ? '' : text.slice(open.length, end);
    if (!source.trim() || BLANK.test(source)) return undefined;
    return { raw: text.slice(0, end + close.length), source: source.trim(), display };
  }
  if (text[0] !== '$' || WORD_OR_SIGN.test(before) || /^\$(?:[\s$]|$)/.test(text)) return undefined;
  const end = endOf(text, 1, '$');
  if (end < 0 || /\s/.test(text[end - 1]!) || /\d/.test(text[end + 1] ?? '')) return undefined;
  const source = text.slice(1, end);
  if (BLANK.test(source) || isProse(source)) return undefined;
  return { raw: text.slice(0, end + 1), source, display: false };
}

/** A formula that stands as a block of its own: display marks, and nothing else on their lines. */
export function formulaBlock(text: string): Found | undefined {
  const indent = /^ {0,3}(?=\$\$|\\\[)/.exec(text)?.[0];
  if (indent === undefined) return undefined;
  const found = formulaAt(text.slice(indent.length), ' ');
  if (!found) return undefined;
  const rest = /^[ \t]*(?:\n+|$)/.exec(text.slice(indent.length + found.raw.length));
  return rest ? { ...found, raw: indent + found.raw + rest[0] } : undefined;
}

/** Where a block of its own begins in a paragraph's further lines, or -1. */
export function blockStartOf(text: string): number {
  // A paragraph ends at an empty line at the latest, and this is asked at each of them.
  const end = text.indexOf('\n\n');
  const until = end < 0 ? text.length : end;
  // Only where one really begins: a paragraph cut at every mark is read from each cut to its end.
  for (const { index } of text.slice(0, until).matchAll(/\n {0,3}(?:\$\$|\\\[)/g))
    if (formulaBlock(text.slice(index + 1))) return index;
  return -1;
}

/** Where the mark `close` stands, unescaped; -1 when it does not come soon. */
function endOf(text: string, from: number, close: string): number {
  const near = text.slice(0, LONGEST);
  for (let at = near.indexOf(close, from); at >= 0; at = near.indexOf(close, at + 1)) {
    let slashes = 0;
    while (at - slashes > from && near[at - slashes - 1] === '\\') slashes++;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

/** "5 per day and 10" between two dollar signs is prose; "n \text{ is even}" and "v = s / t" are not. */
function isProse(source: string): boolean {
  if (/\\[a-zA-Z]/.test(source)) return false;
  return /^\d/.test(source)
    ? /(?:^|[\s/])\p{L}{2,}/u.test(source)
    : /\p{L}{2,}[,.;:]? +\p{L}{2,}/u.test(source) || /^\p{Lu}[\p{Lu}_]+\W/u.test(source);
}

/** `text` with letters in place of its formulas, as long as before: no star or underscore of theirs is emphasis. */
export function masked(text: string): string {
  let out = '';
  let rest = text;
  for (let at = startOf(rest); at >= 0; at = startOf(rest)) {
    const found = formulaAt(rest.slice(at), rest[at - 1] ?? out.at(-1) ?? ' ');
    const taken = at + (found?.raw.length ?? (rest[at] === '\\' ? 2 : 1));
    out += found ? rest.slice(0, at) + 'a'.repeat(found.raw.length) : rest.slice(0, taken);
    rest = rest.slice(taken);
  }
  return out + rest;
}

/**
 * Where a formula that is being written began, or -1: display marks, `\(`, and a `$` with a command, a power or an index
 * after it.
 */
export function openFormula(text: string): number {
  const from = Math.max(0, text.length - LONGEST);
  for (let at = from; at < text.length; ) {
    const next = startOf(text.slice(at));
    if (next < 0) return -1;
    at += next;
    // An even number of backslashes in front of a mark escapes nothing of it.
    if (/(?:^|[^\\])(?:\\\\)*\\$/.test(text.slice(Math.max(0, at - 8), at))) {
      at++;
      continue;
    }
    const found = formulaAt(text.slice(at), text[at - 1] ?? ' ');
    if (found) {
      at += found.raw.length;
      continue;
    }
    const rest = text.slice(at);
    if (BLANK.test(rest)) {
      at++;
      continue;
    }
    if (/^(?:\$\$|\\[([])/.test(rest)) return endOf(rest, 2, MARKS.find(([open]) => rest.startsWith(open))![1]) < 0 ? at : -1;
    if (/^\$(?![\s$\d])[^$\n]*(?:\\[a-zA-Z]|[\^_])/.test(rest)) return at;
    at++;
  }
  return -1;
} // prettier-ignore
