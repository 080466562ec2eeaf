/** Source that grows and is coloured in slices: only its tail is cut and coloured again, finished pieces stay the same. */
import { literal } from './clean.ts';
import { plain, type Colour, type Coloured, type Run } from './colour.ts';
import { cutNear } from './lexer.ts';

/** Lines a piece: few enough to lay out within a frame, and for the browser to skip while off screen. */
const LINES = 100;
/** A line without an end (minified code, a wall of base64) is broken here; only on screen, not in what Copy gives. */
const LONGEST = 8000;
/** Characters coloured at once: 1 to 3 ms with the grammars that we have. */
const SLICE = 4096;
/** Longer lines stay plain: some grammars are quadratic in a line (4,000 underscores take TypeScript's 90 ms). */
const LINE = 1000;
/** A string or comment may be this long before its colour is cut. */
const WIDEST = 1 << 16;
/** Longer blocks are read as plain text: nobody reads them here, and 2,000 lines are some 20,000 elements. */
const MOST_LINES = 2000;
const MOST = 200_000;
/** Milliseconds for one slice, beyond which the rest stays plain: a grammar has met text that it is slow with. */
const PATIENCE = 100;

export interface Piece {
  readonly id: number;
  readonly runs: readonly Run[];
}

export interface Code {
  /** Sets the whole text; what continues the text before is read on. */
  set(text: string): void;
  /** Colours one more slice, of whole lines only or of everything. True when there is more to colour. */
  colour(colour: Colour, all: boolean): boolean;
  /** True when the block is too long to be coloured. */
  readonly long: boolean;
  readonly pieces: readonly Piece[];
}

/** Invariants: the texts of `pieces` are `shown` without the line ends between pieces; `marks` cover [0, coloured). */
export function createCode(now: () => number = () => performance.now()): Code {
  let raw = '';
  let shown = '';
  /** Where each piece begins; the lines of the last one; up to where lines were counted. */
  let starts = [0];
  let held = 0;
  let lines = 0;
  let scanned = 0;
  let marks: { to: number; kind: Run['kind'] }[] = [];
  let coloured = 0;
  /** Where colouring may begin anew; marks after it may still change. */
  let safe = 0;
  let tired = false;
  let pieces: Piece[] = [];

  const isLong = () => lines > MOST_LINES || shown.length > MOST;

  const forget = (to: number) => {
    while (marks.length > 0 && (marks.at(-2)?.to ?? 0) >= to) marks.pop();
    if (marks.length > 0 && marks.at(-1)!.to > to) marks[marks.length - 1] = { ...marks.at(-1)!, to };
    coloured = Math.min(coloured, to);
  };

  /** Cuts what has not been cut yet into pieces. */
  const cut = () => {
    for (;;) {
      const end = shown.indexOf('\n', scanned);
      const start = Math.max(starts.at(-1)!, scanned);
      if ((end < 0 ? shown.length : end) - start > LONGEST) {
        scanned = start + cutNear(shown.slice(start, start + LONGEST + 1), LONGEST);
        starts.push(scanned);
        held = 0;
      } else if (end < 0) return;
      else {
        scanned = end + 1;
        lines++;
        if (++held < LINES) continue;
        starts.push(scanned);
        held = 0;
      }
    }
  };

  /** The first line between two places that is too long for a grammar. */
  const wideLine = (from: number, to: number) => {
    for (let at = from; to - at > LINE;) {
      const end = shown.indexOf('\n', at);
      const next = end < 0 ? to : Math.min(end + 1, to);
      if (next - at > LINE) return { at, to: next };
      at = next;
    }
    return undefined;
  };

  const runsIn = (from: number, to: number): Run[] => {
    const runs: Run[] = [];
    if (!isLong()) {
      let low = 0;
      let high = marks.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (marks[middle]!.to <= from) low = middle + 1;
        else high = middle;
      }
      for (let at = from; at < to && low < marks.length; low++) {
        const end = Math.min(marks[low]!.to, to);
        runs.push({ kind: marks[low]!.kind, text: shown.slice(at, end) });
        at = end;
      }
    }
    const rest = Math.max(from, isLong() ? 0 : Math.min(coloured, to));
    if (rest < to) runs.push({ kind: '', text: shown.slice(rest, to) });
    return runs;
  };

  /** Makes the pieces anew that hold anything from `from` on, up to the one that holds `to`. */
  const draw = (from: number, to = Infinity) => {
    let first = starts.length - 1;
    while (first > 0 && starts[first]! > from) first--;
    first = Math.min(first, pieces.length);
    const next = pieces.slice(0, first);
    for (let i = first; i < starts.length; i++) {
      const start = starts[i]!;
      if (start >= to && i < pieces.length) next.push(pieces[i]!);
      else {
        let end = starts[i + 1] ?? shown.length;
        // The line end between two pieces is theirs by being blocks; an empty last line needs it to have a height.
        if (i + 1 < starts.length && shown[end - 1] === '\n' && end - 1 > start && shown[end - 2] !== '\n') end--;
        if (end > start || i === 0) next.push({ id: i, runs: runsIn(start, end) });
      }
    }
    pieces = next;
  };

  const reset = () => {
    raw = shown = '';
    starts = [0];
    held = lines = scanned = coloured = safe = 0;
    marks = [];
    tired = false;
    pieces = [];
  };

  /** Takes the end away again, where it is inside the last line: half a closing fence looked like code. */
  const shorten = (to: number) => {
    raw = shown = shown.slice(0, to);
    forget(to);
  };

  return {
    set(text) {
      if (text === raw && pieces.length > 0) return;
      const before = isLong();
      if (!text.startsWith(raw)) {
        const whole = raw.length - 8;
        let same = Math.max(0, whole);
        while (same < raw.length && raw[same] === text[same]) same++;
        const inLast = same >= scanned && same >= starts.at(-1)! && same >= safe && shown === raw;
        if (whole >= 0 && inLast && text.startsWith(raw.slice(0, whole))) shorten(same);
        else reset();
      }
      // Half an emoji has its other half now.
      const last = raw.charCodeAt(raw.length - 1);
      if (last >= 0xd800 && last <= 0xdbff) reset();
      const from = shown.length;
      shown += literal(text.slice(raw.length));
      raw = text;
      cut();
      draw(isLong() && !before ? 0 : from);
    },
    colour(colour, all) {
      if (tired || isLong()) return false;
      const until = all ? shown.length : shown.lastIndexOf('\n') + 1;
      if (coloured >= until) return false;
      const begun = now();
      const from = safe;
      // A slice is as long as what was coloured in vain, and one slice more.
      let size = Math.max(SLICE, (coloured - safe) * 2);
      let end = shown.lastIndexOf('\n', from + size) + 1;
      if (end <= Math.max(from, coloured)) end = from + size;
      end = Math.min(end, until);
      size = end - from;
      const wide = wideLine(from, end);
      if (wide) end = wide.at > from ? wide.at : wide.to;
      const read: Coloured = wide?.at === from ? plain(shown.slice(from, end)) : colour(shown.slice(from, end));
      forget(from);
      let at = from;
      for (const run of read.runs) {
        at += run.text.length;
        if (marks.at(-1)?.kind === run.kind) marks[marks.length - 1] = { kind: run.kind, to: at };
        else marks.push({ kind: run.kind, to: at });
      }
      coloured = end;
      // The last lines may read otherwise when more has come; a string that never ends is cut.
      if (read.safe > 0) safe = from + read.safe;
      else if (size >= WIDEST) safe = end;
      if (wide) safe = end;
      draw(from, end);
      if (now() - begun > PATIENCE) tired = true;
      return !tired && coloured < until;
    },
    get long() {
      return isLong();
    },
    get pieces() {
      return pieces;
    },
  };
}
