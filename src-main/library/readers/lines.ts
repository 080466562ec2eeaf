/** Lines of a page that were set somewhere on paper to paragraphs that are read: what the eye sees by gaps and sizes. */

/** A run of letters as it stands on the page. `y` grows upwards, as in PDF. */
export interface Run {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  /** Of the letters; 0 where the file does not say. */
  readonly size: number;
  /** The line ends after it. */
  readonly ends: boolean;
}
interface Line {
  text: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** A gap that is so much wider than those between lines stands between paragraphs. */
const WIDER = 1.35;
/** Headings are set larger than what follows. */
const LARGER = 1.15;

/**
 * Lines apart by a line feed, paragraphs by an empty line. A word that was divided at the end of a line is whole again.
 */
export function paragraphs(runs: readonly Run[]): string {
  const lines = linesOf(runs);
  const usual = usualGap(lines);
  let text = '';
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1];
    if (!before) text = line.text;
    else if (apart(before, line, usual)) text += `\n\n${line.text}`;
    else text = joined(text, line.text);
  }
  return text;
}

function linesOf(runs: readonly Run[]): Line[] {
  const lines: Line[] = [];
  let open: Line | undefined;
  for (const { text, x, y, size, ends } of runs) {
    if (text !== '') {
      if (open) open.text += text;
      else if (text.trim() !== '' || !ends) open = { text, x, y, size };
    }
    if (!ends || !open) continue;
    open.text = open.text.trim();
    if (open.text !== '') lines.push(open);
    open = undefined;
  }
  if (open && (open.text = open.text.trim()) !== '') lines.push(open);
  return lines;
}

/** The median of the steps down: most lines follow others of their paragraph. */
function usualGap(lines: readonly Line[]): number {
  const gaps: number[] = [];
  for (let i = 1; i < lines.length; i++) {
    const gap = lines[i - 1]!.y - lines[i]!.y;
    if (gap > 1) gaps.push(gap);
  }
  return gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 0;
}

function apart(before: Line, line: Line, usual: number): boolean {
  const gap = before.y - line.y;
  const size = line.size || before.size;
  // On the same height: cells of a row, or a mark beside its line. Far up: the next column, where the sentence goes on.
  if (Math.abs(gap) < 1 || gap < -2 * usual) return false;
  if (gap > Math.max(usual, size) * WIDER) return true;
  return before.size > size * LARGER || size > before.size * LARGER;
}

/** `manip-` and `ulation` are one word; `UTF-` and `8`, or `Jean-` and `Paul`, are none that was divided. */
const DIVIDED = /(\p{Ll})[-\u2010\u00ad]$/u;
function joined(text: string, next: string): string {
  if (!DIVIDED.test(text.slice(-2)) || !/^\p{Ll}/u.test(next)) return `${text.replace(/\u00ad$/, '-')}\n${next}`;
  // The rest of the word goes up, so that a quote shows it whole; the line after it keeps its beginning.
  const rest = /^\S+/.exec(next)![0];
  const after = next.slice(rest.length).trimStart();
  return `${text.slice(0, -1)}${rest}${after && `\n${after}`}`;
}
