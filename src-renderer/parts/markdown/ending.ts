/** Ends what is still open on the last line of a growing text, so that marks do not show raw and then jump. */
import { openFormula } from './formulas.ts';

const SPACE = /\s/;
const WORD = /[\p{L}\p{N}]/u;
/** A longer line is not looked at: this runs with every word that arrives. */
const LONGEST = 4000;

/** A mark that is open, and where it stands in the line. */
interface Open {
  readonly mark: string;
  readonly at: number;
}

/**
 * The text with its open code, emphasis and strike closed, and without a mark that has nothing after it yet. Only for
 * showing what may still change: the text that has ended is read as it is.
 */
export function ending(text: string): string {
  const formula = inFence(text) ? -1 : openFormula(text);
  // A formula reads as code until it is whole; a line of its own would not be code within a line.
  if (formula >= 0) return text.slice(0, formula) + asCode(text.slice(formula));
  const from = text.lastIndexOf('\n') + 1;
  if (text.length - from > LONGEST) return text;
  const line = text.slice(from);
  if (/^[\s>]*```/.test(line) || inFence(text)) return text;
  const open: Open[] = [];
  // A list's own mark is no emphasis.
  let i = /^[\s>]*(?:[*+-] |\d+[.)] )?/.exec(line)![0].length;
  while (i < line.length) {
    const sign = line[i]!;
    if (sign === '\\') {
      i += 2;
      continue;
    }
    if (sign !== '`' && sign !== '*' && sign !== '_' && sign !== '~') {
      i++;
      continue;
    }
    let after = i + 1;
    while (line[after] === sign) after++;
    let run = line.slice(i, after);
    if (sign === '`') {
      const end = closerOf(line, run, after);
      if (end < 0) {
        open.push({ mark: run, at: after - run.length });
        break;
      }
      i = end;
      continue;
    }
    if (sign === '~' && run.length !== 2 && (run.length > 2 || after < line.length)) {
      i = after;
      continue;
    }
    const before = line[i - 1] ?? ' ';
    const next = line[after];
    if (!SPACE.test(before) && (sign !== '_' || next === undefined || !WORD.test(next)))
      while (run && open.at(-1) && run.startsWith(open.at(-1)!.mark)) run = run.slice(open.pop()!.mark.length);
    // Half of a closing mark has come: the closing below brings the whole.
    if (run && next === undefined && open.at(-1)?.mark.startsWith(run)) {
      return text.slice(0, from) + close(line.slice(0, i), open);
    }
    // Inside a word a mark is more often a sign of its own (2*3, snake_case).
    if (run && run.length <= 3 && !WORD.test(before) && !(next !== undefined && SPACE.test(next)))
      open.push({ mark: run, at: after - run.length });
    i = after;
  }
  return open.length > 0 ? text.slice(0, from) + close(line, open) : text;
}

/** Between more backticks than it holds, in one line. */
function asCode(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const marks = '`'.repeat(longest + 1);
  const words = text.trim().replace(/\s*\n\s*/g, ' ');
  return longest > 0 ? `${marks} ${words} ${marks}` : marks + words + marks;
}

/** A fence in a list or quote; one of its own is a block that the caller knows as code. */
const inFence = (text: string) => (text.match(/^[ \t>]*(?:[*+-] +|\d+[.)] +)?(?:```|~~~)/gm)?.length ?? 0) % 2 === 1;

/** Where the code that began before `from` ends: after a run of exactly as many backticks; -1 when it is open. */
function closerOf(line: string, run: string, from: number): number {
  for (let at = line.indexOf(run, from); at >= 0; at = line.indexOf(run, at)) {
    let end = at;
    while (line[end] === '`') end++;
    if (end - at === run.length) return end;
    at = end;
  }
  return -1;
}

/** The line without marks that hold nothing yet, which wait for their words, and with the others closed. */
function close(line: string, open: readonly Open[]): string {
  const held = [...open];
  let shown = line.trimEnd();
  while (held.length > 0 && held.at(-1)!.at + held.at(-1)!.mark.length >= shown.length)
    shown = shown.slice(0, held.pop()!.at).trimEnd();
  return (
    shown +
    held
      .filter(({ mark, at }) => !isFootnote(mark, shown.slice(at + mark.length)))
      .map(({ mark }) => mark)
      .reverse()
      .join('')
  );
}

/** One star or underscore with a sentence or more after it is a footnote's sign, not emphasis whose end is to come. */
const isFootnote = (mark: string, after: string) =>
  (mark === '*' || mark === '_') && (after.length > 120 || /[.!?]\s/.test(after));
