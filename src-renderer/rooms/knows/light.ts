/** Finds a stretch of source text in what was drawn of it, by its letters alone, and lights it (CSS custom highlights). */

/** Named in `css/elements.css`. */
const NAME = 'found';
/** A long text is read into the page over several frames. */
const PATIENCE = 40;
const LETTER = /[\p{L}\p{N}]/u;

/** Letters and digits in lower case where that keeps their length, with the place of each. */
function letters(text: string, each: (letter: string, at: number) => void): void {
  for (let at = 0; at < text.length;) {
    const letter = String.fromCodePoint(text.codePointAt(at)!);
    if (LETTER.test(letter)) {
      const lower = letter.toLowerCase();
      each(lower.length === letter.length ? lower : letter, at);
    }
    at += letter.length;
  }
}

/** Markdown's addresses are not drawn: `[words](address)`, `![words](address)`; the end may cut one through. */
const drawn = (source: string) =>
  source.replace(/\]\([^()\s]*(?:\s+"[^"]*")?(?:\)|$)/g, ']').replace(/^\s*[-*+] \[[ xX]\]/gm, '');

/** Where `source` stands among the words of `within`; undefined when it is not there. */
export function rangeOf(within: Element, source: string): Range | undefined {
  let wanted = '';
  letters(drawn(source), (letter) => (wanted += letter));
  if (!wanted) return undefined;
  let all = '';
  /** Of each UTF-16 unit of `all`. */
  const nodes: Text[] = [];
  const places: number[] = [];
  const walker = document.createTreeWalker(within, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
    node instanceof Element
      ? node.matches('button, header, .host, .sr')
        ? NodeFilter.FILTER_REJECT
        : NodeFilter.FILTER_SKIP
      : NodeFilter.FILTER_ACCEPT,
  );
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    const text = node;
    letters(text.data, (letter, at) => {
      all += letter;
      for (let i = 0; i < letter.length; i++) {
        nodes.push(text);
        places.push(at);
      }
    });
  }
  const from = all.indexOf(wanted);
  if (from < 0) return undefined;
  const last = from + wanted.length - 1;
  const range = document.createRange();
  range.setStart(nodes[from]!, places[from]!);
  const end = nodes[last]!;
  let stop = places[last]! + String.fromCodePoint(end.data.codePointAt(places[last]!)!).length;
  // The full stop belongs to the sentence.
  for (const sign of /[^\p{L}\p{N}]*$/u.exec(source.trimEnd())![0]) {
    if (!end.data.startsWith(sign, stop)) break;
    stop += sign.length;
  }
  range.setEnd(end, stop);
  return range;
}

/**
 * Lights it once it is on the page, and brings it into sight.
 *
 * @returns ends that
 */
export function light(within: Element, source: string): () => void {
  let frame = 0;
  let left = PATIENCE;
  const look = () => {
    const range = rangeOf(within, source);
    if (range) {
      CSS.highlights.set(NAME, new Highlight(range));
      range.startContainer.parentElement?.scrollIntoView({ block: 'center' });
    } else if (left-- > 0) frame = requestAnimationFrame(look);
  };
  look();
  return () => {
    cancelAnimationFrame(frame);
    CSS.highlights.delete(NAME);
  };
}
