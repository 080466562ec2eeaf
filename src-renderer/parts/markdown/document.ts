/** Markdown that grows: only the last block is read again, finished blocks keep their identity and so their nodes. */
import { clean } from './clean.ts';
import { blocks } from './convert.ts';
import { ending } from './ending.ts';
import { openBlock, type OpenBlock } from './open.ts';
import { cutNear, lex, type Lexed } from './lexer.ts';
import type { Block } from './nodes.ts';

/** Characters lexed at once. 8 Ki of prose take 2 ms, so that a frame is never lost to one window. */
const WINDOW = 1 << 13;
/** The cells of a table take four times as long as prose. */
const ROWS_AT_ONCE = 1 << 12;
/** A paragraph, list or quote longer than this is taken as finished at a line's end, whatever follows. */
const LONGEST = 1 << 13;
/** Items are cheap to part, and dear to read. */
const LIST = 1 << 12;
/** Blocks a part: a part that is finished is never compared again, and is skipped by layout while off screen. */
export const PART = 32;

export interface Part {
  readonly id: number;
  /** In order; the key of a block is its index. */
  readonly blocks: readonly Block[];
}

export interface MarkdownDocument {
  /** Sets the whole text. Text that continues what was there before is read on, anything else begins anew. */
  set(text: string, ended: boolean): void;
  /** Reads on until `budget` milliseconds are spent; true when there is more to read. */
  read(budget: number): boolean;
  readonly parts: readonly Part[];
}

/**
 * A document that reads in slices.
 *
 * A block is final once another block follows it. Invariants: `final` characters of the cleaned text are behind us; at
 * most one provisional block stands after the final ones.
 */
export function createDocument(now: () => number = () => performance.now()): MarkdownDocument {
  let source = '';
  let cleaned = '';
  let ended = false;
  let final = 0;
  let count = 0;
  let window = WINDOW;
  let dirty = false;
  let open: OpenBlock | undefined;
  let parts: Part[] = [];

  const reset = () => {
    source = cleaned = '';
    final = count = 0;
    window = WINDOW;
    open = undefined;
    parts = [];
  };

  /** Puts blocks at index `count` and after, replacing the provisional ones; the first `done` of them are final. */
  const place = (fresh: readonly Block[], done: number) => {
    const from = Math.floor(count / PART);
    const kept = (parts[from]?.blocks ?? []).slice(0, count - from * PART);
    const all = [...kept, ...fresh];
    const next = parts.slice(0, from);
    for (let i = 0; i < all.length; i += PART) next.push({ id: from + i / PART, blocks: all.slice(i, i + PART) });
    parts = next;
    count += done;
  };

  /** Reads one window. True when there is more to read. */
  const step = (): boolean => {
    // Code and tables of any length: only what came since is read.
    const read = open?.read(cleaned, ended, ROWS_AT_ONCE);
    if (read) {
      place([read.block], read.done ? 1 : 0);
      if (!read.done) return read.more;
      final = read.end;
      open = undefined;
      return final < cleaned.length;
    }
    const again = open !== undefined;
    open = undefined;
    const left = cleaned.length - final;
    const whole = left <= window;
    let size = whole ? left : cleaned.lastIndexOf('\n', final + window - 1) + 1 - final;
    if (size <= 0) size = cutNear(cleaned.slice(final, final + window), window);
    let tokens = lex(cleaned.slice(final, final + size));
    let last = tokens.length - 1;
    while (last >= 0 && tokens[last]!.type === 'space') last--;
    const everything = whole && ended;
    const short =
      !everything && size >= (tokens[0]?.type === 'list' ? LIST : LONGEST) && last === 0
        ? shortened(tokens[0]!, whole)
        : undefined;
    if (short) {
      tokens = [short];
      last = 1;
    }
    const keep = everything ? tokens.length : Math.max(last, 0);
    const ready = blocks(tokens.slice(0, keep));
    const rest = tokens.slice(keep);
    // The provisional block is shown only at the end of what there is; in a window it is read again at once.
    const provisional = whole ? blocks(closed(rest)) : [];
    place([...ready, ...provisional], ready.length);
    for (const token of tokens.slice(0, keep)) final += token.raw.length;
    // marked's raws add up to the source, but for a line end it may swallow; never stand still or run ahead.
    if (everything) final = cleaned.length;
    else if (!again && rest[0]) open = openBlock(rest[0], final);
    if (short) return true;
    if (whole) return false;
    window = keep > 0 ? WINDOW : window * 2;
    return true;
  };

  return {
    set(text, isEnded) {
      if (text === source && isEnded === ended) return;
      if (!text.startsWith(source) || (ended && text !== source)) reset();
      cleaned += clean(text.slice(source.length));
      source = text;
      ended = isEnded;
      dirty = true;
    },
    read(budget) {
      const until = now() + budget;
      while (dirty) {
        dirty = step();
        if (now() >= until) break;
      }
      return dirty;
    },
    get parts() {
      return parts;
    },
  };
}

/** The provisional block as it is shown: the marks at its very end, whose other halves are still to come, closed. */
function closed(tokens: readonly Lexed[]): readonly Lexed[] {
  if (tokens.length === 0 || tokens[0]!.type === 'code') return tokens;
  const raw = tokens.map((token) => token.raw).join('');
  const shown = ending(raw);
  return shown === raw ? tokens : lex(shown);
}

/** The first part of a long paragraph, list or quote, which is taken as finished: to an item's, a line's or a word's end. */
function shortened(token: Lexed, growing: boolean): Lexed | undefined {
  if (token.type === 'list' && token.items && token.items.length > 1) {
    const items = token.items.slice(0, -1);
    const raw = items.map((item) => item.raw).join('');
    return token.raw.startsWith(raw) ? { ...token, raw, items } : undefined;
  }
  if (token.type !== 'paragraph' && token.type !== 'text' && token.type !== 'list' && token.type !== 'blockquote')
    return undefined;
  // A window ends with a line as it is; a line that grows does not.
  if (!growing) return token;
  const line = token.raw.lastIndexOf('\n', token.raw.length - 2) + 1;
  const size = line > LONGEST / 2 ? line : cutNear(token.raw, LONGEST);
  const [first, ...others] = lex(token.raw.slice(0, size));
  return first && others.every(({ type }) => type === 'space')
    ? { ...first, raw: token.raw.slice(0, size) }
    : undefined;
}
