/** A BERT vocabulary (`vocab.txt`, a piece a line) as GGUF keeps it: blanks written out, special pieces marked. */
import { unusable } from './faults.ts';

const MOST_BYTES = 8 << 20;
const MOST_PIECES = 1 << 20;
/** LLAMA_TOKEN_TYPE_NORMAL and _CONTROL. */
const NORMAL = 1;
const CONTROL = 3;

export interface Wordpieces {
  /** As llama.cpp's WPM tokenizer looks them up: U+2581 before what begins a word, nothing before what goes on. */
  readonly tokens: readonly string[];
  readonly kinds: readonly number[];
  readonly ids: {
    readonly unknown: number;
    readonly separator: number;
    readonly padding: number;
    readonly mask: number;
    readonly begin: number;
  };
}

/** @throws `weights-damaged` */
export function readWordpieces(bytes: Uint8Array): Wordpieces {
  if (bytes.length > MOST_BYTES) throw unusable('their vocabulary is impossibly long');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unusable('their vocabulary is not UTF-8');
  }
  const pieces = text.replace(/\n$/, '').split('\n');
  if (pieces.length > MOST_PIECES) throw unusable('their vocabulary is impossibly large');
  const known = new Map<string, number>();
  for (const [id, line] of pieces.entries()) {
    const piece = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (piece === '' || piece === '##' || piece.includes('\0')) throw unusable('their vocabulary has an empty piece');
    if (known.has(piece)) throw unusable('their vocabulary has a piece twice');
    known.set(piece, id);
  }
  const need = (piece: string): number => {
    const id = known.get(piece);
    if (id === undefined) throw unusable('their vocabulary lacks a special piece');
    return id;
  };
  const isSpecial = (piece: string) => piece.startsWith('[') && piece.endsWith(']');
  return {
    tokens: Array.from(known.keys(), (piece) =>
      isSpecial(piece) ? piece : piece.startsWith('##') ? piece.slice(2) : `\u2581${piece}`,
    ),
    kinds: Array.from(known.keys(), (piece) => (isSpecial(piece) ? CONTROL : NORMAL)),
    ids: {
      unknown: need('[UNK]'),
      separator: need('[SEP]'),
      padding: need('[PAD]'),
      mask: need('[MASK]'),
      begin: need('[CLS]'),
    },
  };
}
