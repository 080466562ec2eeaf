/** Which messages of a long conversation are on the page: a stretch that moves with the scroll and never grows long. */

/** Places in the talk's own count. An open end (Infinity) follows what is said next. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Entries that one move adds: few enough to mount within a frame's 50 ms. */
export const STEP = 1;
/** Entries of a stretch that is shown anew: somewhat more than a large screen. */
const SCREEN = 12;
/** Entries on the page at most. The largest screens show about 20. */
export const MOST = 48;

/** The newest of the entries at `base` to `end`. */
export const newest = (base: number, end: number): Span => ({ from: Math.max(base, end - SCREEN), to: Infinity });

/** Moves towards older entries, letting go of the newest when too many are on the page. */
export const towardsOlder = (span: Span, base: number, end: number): Span => {
  const from = Math.max(base, span.from - STEP);
  return { from, to: Math.min(span.to, end) - from > MOST ? from + MOST : span.to };
};
export const towardsNewer = (span: Span, end: number): Span => {
  const to = span.to + STEP >= end ? Infinity : span.to + STEP;
  return { from: Math.max(span.from, Math.min(to, end) - MOST), to };
};
/** A span round one place, for a search hit. */
export const around = (place: number, base: number, end: number): Span => ({
  from: Math.max(base, place - SCREEN / 2),
  to: place + SCREEN >= end ? Infinity : place + SCREEN,
});
/** A span over a branch that changed: within it, and no longer than a page; at its end for whoever reads there. */
export const settled = (span: Span, base: number, end: number, atEnd: boolean): Span => {
  const long = Math.min(span.to, end) - Math.max(span.from, base) > MOST;
  if (end > base && (span.from >= end || span.to <= base)) return newest(base, end);
  if (!long) return span.to >= end && span.to !== Infinity ? { from: span.from, to: Infinity } : span;
  return atEnd ? newest(base, end) : { from: Math.max(span.from, base), to: Math.max(span.from, base) + MOST };
};
