/** Bytes of a text file to text: the byte-order mark decides, else UTF-8 if it is that, else Windows-1252. */
import { Fault } from '../../wire/index.ts';
import { MOST_CHARACTERS } from '../process-door.ts';

/** One UTF-16 unit is at most three bytes of UTF-8, and two of UTF-16; what comes after could only be cut. */
const MOST_BYTES = MOST_CHARACTERS * 3 + 3;
/** What a text may have of bytes that no text has: a log with a few torn lines is still a log. */
const MOST_CONTROLS = 0.02;
const FEW_CONTROLS = 8;
const HEAD = 8192;

/**
 * @returns the text, of a very long file a little more than `MOST_CHARACTERS` units of it, without its mark
 * @throws Fault `unknown-kind` for bytes that are no text
 */
export function decode(bytes: Uint8Array): string {
  const head = bytes.subarray(0, MOST_BYTES);
  const marked = byMark(head);
  if (marked !== undefined) return marked;
  if (isBinary(head)) throw new Fault('unknown-kind', 'This file is no text, and of no kind that daimon reads yet.');
  try {
    // `stream`: a character that the cut went through is no error.
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: head.length < bytes.length });
  } catch {
    return new TextDecoder('windows-1252').decode(head);
  }
}

function byMark(bytes: Uint8Array): string | undefined {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return new TextDecoder('utf-8').decode(bytes);
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return undefined;
}

/** Whether there is a NUL near the beginning, or too many bytes that no text has. */
export function isBinary(bytes: Uint8Array): boolean {
  if (bytes.subarray(0, HEAD).includes(0)) return true;
  let controls = 0;
  // Tab, line feed, vertical tab, form feed, return, backspace and escape are met in texts (man pages, coloured logs).
  for (const byte of bytes) if (byte < 32 && !(byte >= 8 && byte <= 13) && byte !== 27) controls++;
  return controls > FEW_CONTROLS + bytes.length * MOST_CONTROLS;
}
