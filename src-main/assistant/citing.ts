/** Sets the numbers of an answer right: only ours stay, what a passage clearly bears out gets its number, each has a quote. */
import { mapProse, partsOf } from './prose.ts';
import { sentences, type Range } from './sentences.ts';
import { quoteOf, type Pointed } from './sources.ts';
import { supporter, type Support } from './support.ts';

/** A statement with this share of its words in one place of a passage is borne out by it. */
const CLEAR = 0.6;
/** Below this, a passage has nothing to do with the statement. */
const FAR = 0.2;
/** A place of a passage with less of the statement than this is no quote for it. */
const QUOTED = 0.3;
/** Sentences of one passage that are quoted together lie within so many characters. */
const TOGETHER = 500;

export interface Citable {
  readonly n: number;
  readonly name: string;
  readonly title: string | null;
  readonly heading: string | null;
  readonly text: string;
  /** The sentence that fits the question best: the quote where the answer's own words lead to none. */
  readonly quote: string;
}
export interface Cited {
  readonly text: string;
  /** By number; each quote is a piece of its passage, word for word. */
  readonly pointed: readonly Pointed[];
}

/**
 * Numbers of passages that do not exist go, lists and other brackets become [1] [2], and a number is never a link: one
 * that opened a stranger's page where a quote is expected would be a trap. A sentence without a number that one passage
 * clearly bears out gets it; one that none does stays as it is. A sole number is changed where its passage has nothing of
 * the sentence and another bears it out. Code is not touched.
 *
 * @param passages what stood in the prompt
 */
export function cite(answer: string, passages: readonly Citable[]): Cited {
  const known = new Set(passages.map(({ n }) => n));
  const text = normalised(answer, known);
  const supports = supporter(
    passages.map(({ text: of, name, title, heading }) => ({
      text: of,
      around: [name, title ?? '', heading ?? ''].join(' '),
    })),
  );
  const edits: { readonly at: Range; readonly put: string }[] = [];
  const places = new Map<number, Support[]>();
  const place = (n: number, support: Support | undefined) => {
    if (!places.has(n)) places.set(n, []);
    if (support && support.share >= QUOTED) places.get(n)!.push(support);
  };
  for (const range of statements(text)) {
    const words = text.slice(...range);
    const numbers = [...new Set([...words.matchAll(MARK)].map(([, n]) => Number(n)))];
    const claim = words.replace(MARK, ' ').trim();
    const found = supports(claim);
    const of = (n: number) => found[passages.findIndex((one) => one.n === n)];
    const best = clearest(found);
    const right = best === undefined ? undefined : passages[best]!.n;
    if (numbers.length === 0) {
      // What asks, announces or heads states nothing.
      if (right === undefined || /^#{1,6}\s|[:?？：]$/u.test(claim)) continue;
      edits.push({ at: endOf(words, range), put: ` [${right}]` });
      place(right, of(right));
    } else if (numbers.length === 1 && right !== undefined && (of(numbers[0]!)?.share ?? 0) < FAR) {
      for (const mark of words.matchAll(MARK))
        edits.push({ at: [range[0] + mark.index, range[0] + mark.index + mark[0].length], put: `[${right}]` });
      place(right, of(right));
    } else for (const n of numbers) place(n, of(n));
  }
  return {
    text: edits.reduceRight((now, { at, put }) => now.slice(0, at[0]) + put + now.slice(at[1]), text),
    pointed: passages
      .filter(({ n }) => places.has(n))
      .map((one) => ({ n: one.n, quote: quoteFrom(one, places.get(one.n)!) })),
  };
}

const MARK = /\[(\d{1,3})\]/gu;
/** Everything that models write for a number in brackets; with the target of a link that it may be made into. */
const BRACKETS =
  /([ \t]*)[[【［]\s{0,2}(?:\^|(?:passages?|sources?|quellen?)\s)?\s{0,2}(\d{1,3}(?:\s{0,2}(?:[,;–-]|and|und|&)\s{0,2}(?:(?:passages?|sources?)\s)?\d{1,3}){0,20})\s{0,2}(?:†[^\]】\n]{0,100})?[\]】］](\(\s{0,5}(?:<[^<>\n]{0,2000}>|[^\s()<]{0,2000})(?:\s{1,5}(?:"[^"\n]{0,200}"|'[^'\n]{0,200}'))?\s{0,5}\))?/giu;

/** Marks outside code as [n], each existing and none a link. */
function normalised(answer: string, known: ReadonlySet<number>): string {
  // What stood inside other brackets, or behind a number that went, may only now be seen for what it is.
  let text = answer;
  for (let before = ''; before !== text;) {
    before = text;
    text = mapProse(replaced(text, known), (prose) =>
      prose
        .replace(/\[(\d{1,3})\](?:[ \t]*\[\1\])+/gu, '[$1]')
        // At the beginning of a line Markdown would read "[1]:" as the target of every [1] in the text.
        .replace(/^((?:[ \t>]|[-*+][ \t]|\d{1,3}[.)][ \t])*\[\d{1,3}\]):[ \t]*/gmu, '$1 '),
    );
  }
  return text;
}

function replaced(text: string, known: ReadonlySet<number>): string {
  let out = '';
  let at = 0;
  for (const { range, kind } of partsOf(text)) {
    if (kind !== 'prose') continue;
    const [from, to] = range;
    for (const match of text.slice(from, to).matchAll(BRACKETS)) {
      const begin = from + match.index;
      const [all, before = '', list = ''] = match;
      out += text.slice(at, begin);
      at = begin + all.length;
      const marks = numbersIn(list)
        .filter((n) => known.has(n))
        .map((n) => `[${n}]`);
      // A space between, or Markdown would read [1](…) and [1][…] as links.
      if (marks.length > 0) out += `${before}${marks.join(' ')}${/[([]/u.test(text[at] ?? '') ? ' ' : ''}`;
      else if (/^(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*$/u.test(out.slice(out.lastIndexOf('\n') + 1))) {
        // What stood behind it begins the line now, and must not become a fence or an item for that.
        out += before;
        at += /^[ \t]*/u.exec(text.slice(at, at + 1000))![0].length;
        const next = /^(?:(\d{1,9})(?=[.)])|(?=[-*+>#|=~]|`{3}))/u.exec(text.slice(at, at + 10));
        if (next) {
          out += `${next[1] ?? ''}\\`;
          at += next[0].length;
        }
      } else if (!/^[\s.,;:!?)\]]?$/u.test(text[at] ?? '')) out += before;
    }
  }
  return out + text.slice(at);
}

/** 1, 2 and 5–7. */
function numbersIn(list: string): number[] {
  const out: number[] = [];
  for (const part of list.replace(/[^\d,;–&-]+/gu, ',').split(/[,;&]/u)) {
    const [from, to = from] = part.split(/[–-]/u).map(Number);
    for (let n = from!; n <= Math.min(to!, from! + 20); n++) out.push(n);
  }
  return [...new Set(out)];
}

/** The passage that clearly bears a statement out, if one does. */
function clearest(found: readonly (Support | undefined)[]): number | undefined {
  let best: number | undefined;
  for (const [i, support] of found.entries())
    if (
      support &&
      support.sound &&
      support.share >= CLEAR &&
      support.share > (best === undefined ? 0 : found[best]!.share)
    )
      best = i;
  return best;
}

/** Sentences outside code, each with the numbers that stand right behind it. */
function statements(text: string): Range[] {
  // Of the same length: blocks become empty lines, and numbers what may close a sentence.
  let masked = '';
  for (const { range, kind } of partsOf(text)) {
    const part = text.slice(...range);
    if (kind === 'block') masked += '\n'.repeat(part.length);
    else if (kind === 'span') masked += part.replace(/[.!?\n]/gu, ' ');
    else masked += part.replace(MARK, (mark) => ')'.repeat(mark.length));
  }
  const out: [number, number][] = [];
  for (const [from, to] of sentences(masked)) {
    const last = out.at(-1);
    const leading = /^(?:\[\d{1,3}\][ \t]*)+/u.exec(text.slice(from, to))?.[0] ?? '';
    if (last && leading && /^[ \t]*$/u.test(text.slice(last[1], from))) {
      last[1] = from + leading.trimEnd().length;
      if (from + leading.length < to) out.push([from + leading.length, to]);
    } else out.push([from, to]);
  }
  return out.filter(([from, to]) => !/^\s*\|/u.test(text.slice(from, to)));
}

/** Before the stop that ends a sentence. */
function endOf(words: string, [from]: Range): Range {
  const at = from + words.length - (/[.!。！…]+$/u.exec(words)?.[0].length ?? 0);
  return [at, at];
}

/** The places that bear the answer out, together where they lie close, else the best; always a piece of the passage. */
function quoteFrom({ text, quote }: Citable, places: readonly Support[]): string {
  if (places.length === 0) return text.includes(quote) ? quote : quoteOf(text.trim());
  const from = Math.min(...places.map(({ range }) => range[0]));
  const to = Math.max(...places.map(({ range }) => range[1]));
  if (to - from <= TOGETHER) return text.slice(from, to);
  const best = places.reduce((a, b) => (b.share > a.share ? b : a));
  return quoteOf(text.slice(...best.range));
}
