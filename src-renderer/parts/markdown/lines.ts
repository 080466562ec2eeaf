/** Cuts long text into pieces of whole lines, each small enough to lay out within a frame. */
import { cutNear } from './lexer.ts';

const LINES = 100;
/** A line without an end (minified code, a wall of base64) is broken here; only on screen, not in what Copy gives. */
const LONGEST = 8000;

/** Pieces of at most 100 lines, without the line end between two pieces; an empty line keeps its height. */
export function linesOf(text: string): string[] {
  const pieces: string[] = [];
  let held: string[] = [];
  const flush = () => {
    // A block whose last line is empty would lose it, so that line gets its end back.
    if (held.length > 0) pieces.push(held.at(-1) === '' ? `${held.join('\n')}\n` : held.join('\n'));
    held = [];
  };
  for (let line of text.split('\n')) {
    while (line.length > LONGEST) {
      flush();
      const at = cutNear(line, LONGEST);
      pieces.push(line.slice(0, at));
      line = line.slice(at);
    }
    held.push(line);
    if (held.length >= LINES) flush();
  }
  flush();
  return pieces;
}
