/** Marks the words that a search led to, for a moment, without touching what is on the page (CSS custom highlights). */

/** Named in `css/elements.css`. */
const NAME = 'found';
/** Long enough to find them with the eye; nothing moves, so that reduced motion asks for nothing else. */
const MARKED_MS = 4000;
/** A long answer is read into the page over several frames. */
const PATIENCE = 40;
/** Words of the page itself, not of the message. */
const OURS = 'button, summary, .sr, .note, .hang';

/** Where these words stand, whichever case they are written in. */
export function rangesOf(within: Element, words: readonly string[]): Range[] {
  const wanted = words.map((word) => word.toLowerCase()).filter(Boolean);
  const walker = document.createTreeWalker(within, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
    node instanceof Element
      ? node.matches(OURS)
        ? NodeFilter.FILTER_REJECT
        : NodeFilter.FILTER_SKIP
      : NodeFilter.FILTER_ACCEPT,
  );
  const ranges: Range[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const { data } = node as Text;
    const lower = data.toLowerCase();
    // A letter that grows in lower case (İ) would shift what follows it.
    const text = lower.length === data.length ? lower : data;
    for (const word of wanted)
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        ranges.push(range);
      }
  }
  return ranges;
}

let timer: ReturnType<typeof setTimeout> | undefined;
let frame = 0;

/** Marks the words in an entry once they are on the page, and brings the first one into sight. */
export function markFound(entry: Element | null | undefined, words: readonly string[]): void {
  clearTimeout(timer);
  cancelAnimationFrame(frame);
  CSS.highlights.delete(NAME);
  if (!entry || words.length === 0) return;
  let left = PATIENCE;
  const look = () => {
    const ranges = rangesOf(entry, words);
    if (ranges.length === 0) {
      if (left-- > 0 && entry.isConnected) frame = requestAnimationFrame(look);
      return;
    }
    CSS.highlights.set(NAME, new Highlight(...ranges));
    const { top, bottom } = ranges[0]!.getBoundingClientRect();
    const room = entry.closest('.scroll')?.getBoundingClientRect();
    if (room && (top < room.top || bottom > room.bottom))
      ranges[0]!.startContainer.parentElement?.scrollIntoView({ block: 'center' });
    timer = setTimeout(() => CSS.highlights.delete(NAME), MARKED_MS);
  };
  look();
}
