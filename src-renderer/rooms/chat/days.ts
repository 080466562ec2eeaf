/** Puts conversations under the days and months that people think in; all names come from Intl. */

export interface Group<T> {
  readonly name: string;
  readonly items: readonly T[];
}

const DAY = 86_400_000;
const dayOf = (at: number) => {
  const date = new Date(at);
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY;
};
const capital = (text: string, locale: string) => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);

export interface DaysOptions {
  readonly now: number;
  readonly locale?: string;
  /** "Earlier in November" */
  readonly earlier: (month: string) => string;
}

/** Groups in the order of `items` (newest first): Today, Yesterday, earlier this month, then by month. */
export function byDay<T>(items: readonly T[], at: (item: T) => number, options: DaysOptions): Group<T>[] {
  const { now, locale = 'en', earlier } = options;
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const month = new Intl.DateTimeFormat(locale, { month: 'long' });
  const monthAndYear = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric' });
  const today = new Date(now);
  const nameOf = (time: number) => {
    const days = dayOf(now) - dayOf(time);
    // A clock that was set back must not make a group of its own.
    if (days <= 1) return capital(relative.format(days === 1 ? -1 : 0, 'day'), locale);
    const date = new Date(time);
    if (date.getFullYear() !== today.getFullYear()) return capital(monthAndYear.format(date), locale);
    return date.getMonth() === today.getMonth() ? earlier(month.format(date)) : capital(month.format(date), locale);
  };
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(at(item));
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return [...groups].map(([name, within]) => ({ name, items: within }));
}
