/** Times that a search can be narrowed to, as the person's own days, turned into milliseconds for the door. */

export type Time =
  | { readonly kind: 'any' | 'this-year' | 'last-year' }
  /** Days as date fields write them, `2026-03-01`; '' is open. */
  | { readonly kind: 'between'; readonly from: string; readonly until: string };

const year = (n: number) => new Date(n, 0, 1).getTime();
/** Local midnight of the day, plus so many days; undefined for what is not a whole date. */
const midnight = (day: string, plus = 0): number | undefined => {
  const [, y, m, d] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (!y) return undefined;
  const at = new Date(0);
  // Years below 100 would be taken for those of the last century.
  at.setFullYear(Number(y), Number(m) - 1, Number(d) + plus);
  return at.setHours(0, 0, 0, 0);
};

/** From the first to the last millisecond of the time. */
export function spanOf(time: Time, now = Date.now()): { since?: number; until?: number } {
  if (time.kind === 'any') return {};
  if (time.kind === 'between') {
    const since = midnight(time.from);
    const until = midnight(time.until, 1);
    return { ...(since !== undefined && { since }), ...(until !== undefined && { until: until - 1 }) };
  }
  const first = new Date(now).getFullYear() - (time.kind === 'this-year' ? 0 : 1);
  return { since: year(first), until: year(first + 1) - 1 };
}

/** The second day lies before the first. */
export const isBackwards = (time: Time): boolean => {
  const { since, until } = spanOf(time);
  return since !== undefined && until !== undefined && until < since;
};
