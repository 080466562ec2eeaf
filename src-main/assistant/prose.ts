/** Which parts of a Markdown text are prose, and which are code that nobody may touch. */
import type { Range } from './sentences.ts';

interface Part {
  readonly range: Range;
  readonly kind: 'prose' | 'block' | 'span';
}

/** The whole text in order: prose, blocks of code with their fences, and code within a line. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let proseFrom = 0;
  const block = (from: number, to: number) => {
    spans(text, proseFrom, from, parts);
    parts.push({ range: [from, to], kind: 'block' });
    proseFrom = to;
  };
  let fence: { mark: string; from: number } | undefined;
  let indented: number | undefined;
  /** Whether an indented line would be code: after a blank line or at the beginning, and not within a list. */
  let loose = true;
  let list = false;
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at);
    const to = end < 0 ? text.length : end + 1;
    const line = text.slice(at, to);
    const mark = /^\s*(?:>\s*|[-*+]\s+|\d+[.)]\s+)*(`{3,}|~{3,})/u.exec(line)?.[1];
    if (fence) {
      if (mark && mark[0] === fence.mark[0] && mark.length >= fence.mark.length && /^[\s>]*[`~]+\s*$/u.test(line)) {
        block(fence.from, to);
        fence = undefined;
      }
    } else if (mark && !(mark[0] === '`' && line.slice(line.indexOf(mark) + mark.length).includes('`'))) {
      if (indented !== undefined) block(indented, at);
      indented = undefined;
      fence = { mark, from: at };
    } else if (/^\s*$/u.test(line)) loose = true;
    else if (/^(?: {4}|\t)/u.test(line) && (indented !== undefined || (loose && !list))) indented ??= at;
    else {
      if (indented !== undefined) block(indented, at);
      indented = undefined;
      list = /^\s*(?:[-*+]|\d+[.)])\s/u.test(line) || (list && !(loose && /^\S/u.test(line)));
      loose = false;
    }
    at = to;
  }
  // One that is cut off in the middle of its code has no closing fence.
  if (fence) block(fence.from, text.length);
  else if (indented !== undefined) block(indented, text.length);
  spans(text, proseFrom, text.length, parts);
  return parts;
}

/** Code between equal runs of backticks; a run without a partner is only backticks. */
function spans(text: string, from: number, to: number, parts: Part[]) {
  const runs = [...text.slice(from, to).matchAll(/`+/gu)].map(({ 0: run, index }) => ({
    length: run.length,
    at: from + index,
  }));
  let at = from;
  for (let i = 0; i < runs.length; i++) {
    const open = runs[i]!;
    const j = runs.findIndex((run, k) => k > i && run.length === open.length);
    const end = j < 0 ? undefined : runs[j]!.at + open.length;
    // A paragraph's end ends everything in it.
    if (end === undefined || /\n[ \t]*\n/u.test(text.slice(open.at, end))) continue;
    if (open.at > at) parts.push({ range: [at, open.at], kind: 'prose' });
    parts.push({ range: [open.at, end], kind: 'span' });
    at = end;
    i = j;
  }
  if (to > at) parts.push({ range: [at, to], kind: 'prose' });
}

/** Rewrites prose alone. */
export const mapProse = (text: string, change: (prose: string) => string): string =>
  partsOf(text)
    .map(({ range, kind }) => (kind === 'prose' ? change(text.slice(...range)) : text.slice(...range)))
    .join('');
