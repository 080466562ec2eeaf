/** Which messages of a long conversation are on the page: a stretch that moves with the scroll and never grows long. */

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Entries that one move adds; measured: mounting 8 answers takes well under a frame's 50 ms limit. */
export const STEP = 8;
/** Entries on the page. A screen of the largest monitors shows about 20. */
export const MOST = 72;

/** The newest entries. */
export const newest = (total: number): Span => ({ from: Math.max(0, total - STEP * 3), to: total });

/** Moves towards older entries, letting go of the newest when too many are on the page. */
export const towardsOlder = ({ from, to }: Span): Span => {
  const next = Math.max(0, from - STEP);
  return { from: next, to: Math.min(to, next + MOST) };
};
export const towardsNewer = ({ from, to }: Span, total: number): Span => {
  const next = Math.min(total, to + STEP);
  return { from: Math.max(from, next - MOST), to: next };
};
/** A span round `index`, for a search hit. */
export const around = (index: number, total: number): Span => ({
  from: Math.max(0, index - STEP),
  to: Math.min(total, index + STEP * 2),
});
