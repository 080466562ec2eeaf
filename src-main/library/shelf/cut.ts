/** Cuts a document into passages of about 200 word pieces: slices of its text, at the borders that the text itself has. */
import type { Part } from '../parts.ts';
import { blocksOf, type Block } from './blocks.ts';
import { pieces } from './tokens.ts';

export interface Passage {
  /** Passages follow each other; their texts together are the document's text. */
  readonly text: string;
  /** Page of its beginning. */
  readonly page?: number;
  /** Path of headings: 'Setting up › Keys'. */
  readonly heading?: string;
  /** Head of the table that its rows belong to, where it does not stand in `text` itself. */
  readonly context?: string;
}

/** In word pieces. The embedder reads 254: heading and title need some of them, and we only reckon. */
const ENOUGH = 200;
const MOST = 220;
/** What stands on a page may be shorter than this and share its passage with what follows. */
const SMALL = 24;
/** A longer path of headings would take the embedder's eyes from the text. */
const LONGEST_PATH = 160;
/** So many signs weigh a piece at least: white space, and what a tokenizer knows as one long word. */
const SIGNS_A_PIECE = 16;
/** So many signs are looked at together for the ends of their sentences. */
const WINDOW = 20_000;

const sentences = new Intl.Segmenter('und', { granularity: 'sentence' });
const words = new Intl.Segmenter('und', { granularity: 'word' });

interface Slice {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

/**
 * The passages of a document, in order, one by one: a text may have five million signs, and whoever asks for the next
 * passage decides when. A text of white space alone has none.
 */
export function* cutPart({ text, kind, anchors = [] }: Pick<Part, 'text' | 'kind' | 'anchors'>): Generator<Passage> {
  if (!/\S/.test(text)) return;
  const path: { readonly level: number; readonly title: string }[] = [];
  const heading = () => path.map(({ title }) => title).join(' › ');
  let next = 0;
  let page: number | undefined;
  const pageAt = (at: number) => {
    while (next < anchors.length && anchors[next]!.at <= at) page = anchors[next++]!.page;
    return page;
  };
  /** Whether a page begins between the two, so that a passage should. */
  const turns = (after: number, at: number) => {
    for (let i = next; i < anchors.length && anchors[i]!.at <= at; i++) if (anchors[i]!.at > after) return true;
    return false;
  };

  let from = 0;
  let to = 0;
  let weight = 0;
  /** Whether there is more than headings in it. */
  let filled = false;
  let under = '';
  let head: string | undefined;
  const flush = (): Passage[] => {
    if (to === from) return [];
    const slice = text.slice(from, to);
    const at = from + (/\S/.exec(slice)?.index ?? 0);
    const its = pageAt(at);
    const passage: Passage = {
      text: slice,
      ...(its !== undefined && { page: its }),
      ...(under !== '' && { heading: shortened(under) }),
      ...(head !== undefined && !slice.includes(head) && { context: head }),
    };
    from = to;
    weight = 0;
    filled = false;
    head = undefined;
    return [passage];
  };
  const add = (slice: Slice, block: Block): Passage[] => {
    const full = to > from && weight + slice.weight > MOST ? flush() : [];
    if (!filled) under = heading();
    to = slice.to;
    weight += slice.weight;
    filled ||= block.level === undefined;
    head ??= block.head;
    return full;
  };

  for (const block of blocksOf(text, kind)) {
    if (block.level !== undefined) {
      if (filled) yield* flush();
      while (path.length > 0 && path.at(-1)!.level >= block.level) path.pop();
      if (block.title) path.push({ level: block.level, title: block.title });
    } else if (filled && (weight >= ENOUGH || (weight >= SMALL && turns(from, block.from)))) yield* flush();
    const whole = sliceOf(text, block.from, block.to);
    if (whole.weight <= MOST) yield* add(whole, block);
    else for (const slice of split(text, whole, block.splits)) yield* add(slice, block);
  }
  yield* flush();
}

const sliceOf = (text: string, from: number, to: number): Slice => {
  const slice = text.slice(from, to);
  return { from, to, weight: Math.max(pieces(slice), Math.ceil(slice.length / SIGNS_A_PIECE)) };
};

type Way = Block['splits'] | 'words' | 'signs';
const FINER = { lines: 'sentences', sentences: 'words', words: 'signs', signs: 'signs' } as const;

/** Slices of at most `MOST`: neighbours packed together; what is too long by itself is split in the next finer way. */
function* split(text: string, whole: Slice, way: Way): Generator<Slice> {
  let last: Slice | undefined;
  for (const part of parts(text, whole, way)) {
    if (last && last.weight + part.weight <= ENOUGH) {
      last = { from: last.from, to: part.to, weight: last.weight + part.weight };
      continue;
    }
    if (last) yield last;
    last = part;
  }
  if (last) yield last;
}

function* parts(text: string, whole: Slice, way: Way): Generator<Slice> {
  let from = whole.from;
  for (const to of BORDERS[way](text, whole)) {
    const part = sliceOf(text, from, to);
    if (part.weight <= MOST || way === 'signs') yield part;
    else yield* split(text, part, FINER[way]);
    from = to;
  }
}

const BORDERS: Record<Way, (text: string, whole: Slice) => Iterable<number>> = {
  *lines(text, { from, to }) {
    for (let at = text.indexOf('\n', from); at >= 0 && at + 1 < to; at = text.indexOf('\n', at + 1)) yield at + 1;
    yield to;
  },
  // A line of a paragraph ends anywhere; to Unicode's rules its end would end the sentence too.
  sentences: (text, whole) => segments(text.slice(whole.from, whole.to).replaceAll('\n', ' '), whole.from, sentences),
  words: (text, whole) => segments(text.slice(whole.from, whole.to), whole.from, words),
  // A key, a picture written as text, a run without end: pieces of so many signs, no pair of surrogates torn.
  *signs(text, { from, to }) {
    for (let at = from + MOST; at < to; at += MOST) {
      const code = text.charCodeAt(at);
      yield code >= 0xdc00 && code <= 0xdfff ? at + 1 : at;
    }
    yield to;
  },
};

/** Ends of the segments, counted from `start` on. Looked for in windows: a line may have five million signs. */
function* segments(text: string, start: number, segmenter: Intl.Segmenter): Generator<number> {
  for (let from = 0; from < text.length;) {
    const window = text.slice(from, from + WINDOW);
    const ends = Array.from(segmenter.segment(window), ({ index, segment }) => index + segment.length);
    // The last one may go on behind the window.
    if (from + window.length < text.length && ends.length > 1) ends.pop();
    for (const end of ends) yield start + from + end;
    from += ends.at(-1)!;
  }
}

function shortened(path: string): string {
  return path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH - 1).toWellFormed()}…` : path;
}
