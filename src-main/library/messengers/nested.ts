/** Finds arrays of one name anywhere in JSON that is too large for memory, and cuts each into its elements. */

export type Nested =
  /** An array begins; `fields` are the texts that stood before it in the same object. */
  | { readonly kind: 'begin'; readonly fields: ReadonlyMap<string, string> }
  | { readonly kind: 'element'; readonly text: string }
  /** An element that was passed over. */
  | { readonly kind: 'too-large' }
  | { readonly kind: 'end' }
  /** The bytes ended before the array did. */
  | { readonly kind: 'cut' };

export interface NestedLimits {
  /** Bytes of one element. */
  readonly most: number;
  /** Brackets inside one another, outside elements. */
  readonly deepest: number;
}

const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** Bytes of a field that are kept. */
const MOST_FIELD = 1000;
/** Of one object; a chat has three before its messages. */
const MOST_FIELDS = 50;

interface Level {
  readonly object: boolean;
  readonly fields: Map<string, string>;
  key: string;
  /** Whether the next text is a value, and not a key. */
  value: boolean;
}

/**
 * As `elements` of the exports: a scan that knows strings and brackets, and `JSON.parse` for each element, so that an error
 * costs one element. An array inside an element is not looked for. Deeper than `deepest` nothing is found.
 */
export async function* nested(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  { most, deepest }: NestedLimits,
): AsyncGenerator<Nested> {
  const levels: Level[] = [];
  /** Brackets below `deepest`, which are only counted. */
  let beyond = 0;
  let inString = false;
  let escaped = false;
  let string: number[] = [];
  /** In an array of that name; `depth` counts brackets of the element that is open. */
  let inArray = false;
  let open = false;
  let depth = 0;
  let pieces: Uint8Array[] = [];
  let size = 0;

  const keep = (part: Uint8Array) => {
    size += part.length;
    if (size > most) pieces = [];
    // A copy: the chunk's memory may be used again for the next one.
    else pieces.push(part.slice());
  };
  const close = (): Nested => {
    const text = size > most ? undefined : Buffer.concat(pieces, size).toString('utf8');
    open = false;
    pieces = [];
    size = 0;
    return text === undefined ? { kind: 'too-large' } : { kind: 'element', text };
  };
  const said = () => {
    const level = levels.at(-1);
    if (!level?.object || beyond > 0) return;
    const text = textOf(string);
    if (!level.value) level.key = text;
    else if (level.fields.size < MOST_FIELDS) level.fields.set(level.key, text);
  };

  for await (const chunk of chunks) {
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) {
          inString = false;
          if (!inArray) said();
          continue;
        }
        if (!inArray && string.length < MOST_FIELD) string.push(byte);
        continue;
      }
      if (inArray) {
        if (!open) {
          if (byte === SPACE || byte === LF || byte === CR || byte === TAB || byte === COMMA) continue;
          if (byte === CLOSE_ARRAY) {
            inArray = false;
            yield { kind: 'end' };
            continue;
          }
          open = true;
          depth = 0;
          from = i;
        }
        if (byte === QUOTE) inString = true;
        else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
        else if (byte === COMMA && depth === 0) {
          keep(chunk.subarray(from, i));
          yield close();
        } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
          if (depth > 0) {
            depth--;
            continue;
          }
          keep(chunk.subarray(from, i));
          yield close();
          inArray = false;
          yield { kind: 'end' };
        }
        continue;
      }
      const level = levels.at(-1);
      if (byte === QUOTE) {
        inString = true;
        string = [];
      } else if (byte === COLON) {
        if (level && beyond === 0) level.value = true;
      } else if (byte === COMMA) {
        if (level && beyond === 0) level.value = false;
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        if (beyond > 0 || levels.length >= deepest) beyond++;
        else if (byte === OPEN_ARRAY && level?.object && level.value && level.key === name) {
          inArray = true;
          yield { kind: 'begin', fields: level.fields };
        } else levels.push({ object: byte === OPEN_OBJECT, fields: new Map(), key: '', value: false });
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        if (beyond > 0) beyond--;
        else levels.pop();
      }
    }
    if (open) keep(chunk.subarray(from));
  }
  if (inArray) yield { kind: 'cut' };
}

function textOf(bytes: readonly number[]): string {
  const raw = Buffer.from(bytes).toString('utf8');
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
}
