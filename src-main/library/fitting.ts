/** Cuts a document so that the verb's answer fits into one message of every carrier; rooms above get it whole. */
import { MAX_FRAME } from '../wire/index.ts';
import { cut } from './cut.ts';
import type { Document } from './door.ts';

/** For the names around the text, and the note. */
const ENVELOPE = 64 << 10;

/** At most `MAX_FRAME` as the socket's carrier spells it; the note says what was left out. */
export function fitting(document: Document, most = MAX_FRAME - ENVELOPE): Document {
  const text = cut(document.text, fits(document.text, most));
  if (text.length === document.text.length) return document;
  const only = `Only the first ${text.length.toLocaleString('en')} characters are shown here.`;
  return { ...document, text, characters: text.length, note: document.note ? `${document.note} ${only}` : only };
}

/** How many UTF-16 units come to at most `most` bytes, counted as devalue writes them: UTF-8, some escaped. */
function fits(text: string, most: number): number {
  // No unit takes more than six.
  if (text.length * 6 <= most) return text.length;
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    bytes += cost(text.charCodeAt(at));
    if (bytes > most) return at;
  }
  return text.length;
}

function cost(unit: number): number {
  if (unit === 0x3c || unit === 0x2028 || unit === 0x2029) return 6;
  if (unit === 0x22 || unit === 0x5c || unit === 0x0a || unit === 0x09) return 2;
  // A pair of surrogates is four bytes; counted as two of three it only leaves some room.
  return unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
}
