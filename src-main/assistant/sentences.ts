/** Where the sentences of a text begin and end: for quotes, which are whole sentences, and for what each of them claims. */

/** From, to, in UTF-16 units; without the space around it. */
export type Range = readonly [number, number];

/** Stops that end no sentence. */
const SHORTENED =
  /(?:^|[\s(“"'])(?:e\.\s?g|i\.\s?e|cf|vs|approx|fig|figs|no|nos|p|pp|vol|ch|sec|dr|mr|mrs|ms|prof|st|jr|sr|inc|ltd|co|z\.\s?B|d\.\s?h|u\.\s?a|bzw|ca|evtl|ggf|vgl|Nr|Abs|Art|Str|\p{Lu})\.$/iu;
/** What begins something of its own: an item of a list, a heading, a row of a table, a quotation. */
const OWN = /^[ \t]*(?:[-*+•·–]\s|\d{1,3}[.)]\s|#{1,6}\s|\||>)/u;

/**
 * Lines that only wrap are one; a blank line, an item, a heading or a table's row ends what stands before it.
 *
 * The rules are those of Unicode (UAX 29), so scripts without spaces have sentences too.
 */
export function sentences(text: string): Range[] {
  const found: Range[] = [];
  for (const [from, to] of blocks(text)) found.push(...inBlock(text.slice(from, to), from));
  return found;
}

function blocks(text: string): Range[] {
  const out: [number, number][] = [];
  let from = 0;
  let open = false;
  for (let at = 0; at <= text.length;) {
    const line = text.indexOf('\n', at);
    const to = line < 0 ? text.length : line;
    const words = text.slice(at, to);
    const blank = words.trim() === '';
    if (open && (blank || OWN.test(words))) {
      out.push([from, at]);
      open = false;
    }
    if (!blank && !open) {
      from = at;
      open = true;
    }
    // A heading has one line; what follows is not its going on.
    if (open && /^[ \t]*(?:#{1,6}\s|\|)/u.test(words)) {
      out.push([from, to]);
      open = false;
    }
    at = to + 1;
  }
  if (open) out.push([from, text.length]);
  return out;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

function inBlock(block: string, offset: number): Range[] {
  const out: Range[] = [];
  let from: number | undefined;
  // A line's end would end a sentence; of the same length, so that the places stay.
  for (const { segment, index } of segmenter.segment(block.replace(/[\r\n]/g, ' '))) {
    from ??= index;
    const to = index + segment.length;
    if (to < block.length && SHORTENED.test(block.slice(from, to).trimEnd())) continue;
    add(from, to);
    from = undefined;
  }
  if (from !== undefined) add(from, block.length);
  return out;

  function add(a: number, b: number) {
    const words = block.slice(a, b);
    const begin = a + (words.length - words.trimStart().length);
    const end = begin + words.trim().length;
    if (end > begin) out.push([offset + begin, offset + end]);
  }
}
