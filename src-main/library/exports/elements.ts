/** Cuts JSON that is too large for memory into its top-level values, by a scan that only knows strings and brackets. */

/**
 * Not a streaming JSON parser: with one, an error ends the export, and all that comes after it is lost. Here a value with
 * an error in it costs that value alone. (Scan, `JSON.parse` and trees together also take two thirds of the time that
 * @streamparser/json 0.0.26 takes for the values alone: 1.6 s against 2.5 s for 100 MB.)
 */
export type Element =
  | { readonly kind: 'value'; readonly text: string }
  /** Not kept: its end was looked for, and what comes after it goes on. */
  | { readonly kind: 'too-large' | 'too-deep' }
  /** The bytes ended inside a value, or before the array's end. */
  | { readonly kind: 'cut' };

export interface ElementLimits {
  /** Bytes of one value. */
  readonly most: number;
  /** Brackets inside one another within one value. */
  readonly deepest: number;
  /** Brackets and commas of one value: each part costs memory beyond its bytes, `{}` twenty times as much. */
  readonly parts: number;
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const isSpace = (byte: number) => byte === SPACE || byte === LF || byte === CR || byte === TAB;

/**
 * The elements of the top-level array, or, where the text begins with anything else, the values one after the other
 * (JSON Lines, also when a value spans lines). Values come as text, not yet parsed; bytes that are no UTF-8 become
 * U+FFFD. Holds one value at a time.
 */
export async function* elements(
  chunks: AsyncIterable<Uint8Array>,
  { most, deepest, parts: mostParts }: ElementLimits,
): AsyncGenerator<Element> {
  /** Undefined until the first byte that says; then the depth at which values lie: 1 in an array, 0 in lines. */
  let base: 0 | 1 | undefined;
  let ended = false;
  let depth = 0;
  let inString = false;
  let escaped = false;
  /** Of the value that is being read. */
  let open = false;
  let pieces: Uint8Array[] = [];
  let size = 0;
  let parts = 0;
  let refusal: 'too-large' | 'too-deep' | undefined;

  const keep = (part: Uint8Array) => {
    size += part.length;
    if (size > most) refusal ??= 'too-large';
    if (refusal) pieces = [];
    // A copy: the chunk's memory may be used again for the next one.
    else if (part.length > 0) pieces.push(part.slice());
  };
  const close = (): Element => {
    const value: Element = refusal
      ? { kind: refusal }
      : { kind: 'value', text: Buffer.concat(pieces, size).toString('utf8') };
    open = false;
    pieces = [];
    size = 0;
    parts = 0;
    refusal = undefined;
    return value;
  };

  for await (const chunk of chunks) {
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
        continue;
      }
      if (!open) {
        // Between values: spaces, commas, the brackets of the array itself.
        if (isSpace(byte) || ended) continue;
        if (base === undefined) {
          base = byte === OPEN_ARRAY ? 1 : 0;
          depth = base;
          if (base === 1) continue;
        }
        if (byte === COMMA) continue;
        if (byte === CLOSE_ARRAY && base === 1) {
          ended = true;
          continue;
        }
        open = true;
        from = i;
      }
      if (byte === QUOTE) inString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        if (++depth - base! > deepest) refusal ??= 'too-deep';
        if (++parts > mostParts) refusal ??= 'too-large';
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        if (depth > base!) {
          if (--depth > base!) continue;
          keep(chunk.subarray(from, i + 1));
          yield close();
          // A plain value ends with what follows it; a bracket's end is its own.
          continue;
        }
        // The array's own end, right after a plain value; in lines a bracket too many, which belongs to no value.
        keep(chunk.subarray(from, i));
        if (size > 0) yield close();
        else open = false;
        ended = base === 1;
      } else if (byte === COMMA && depth > base!) {
        if (++parts > mostParts) refusal ??= 'too-large';
      } else if (depth === base && (byte === COMMA || (base === 0 && byte === LF))) {
        keep(chunk.subarray(from, i));
        yield close();
      }
    }
    if (open) keep(chunk.subarray(from));
  }
  if (open && base === 0 && depth === 0 && !inString) yield close();
  else if (open || (base === 1 && !ended)) yield { kind: 'cut' };
}
