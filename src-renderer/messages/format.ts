/** Numbers, sizes, times and dates in words, through Intl, in the language of the catalogue. */

const LOCALE = 'en-GB';
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const list = new Intl.ListFormat(LOCALE, { type: 'conjunction' });
const plurals = new Intl.PluralRules(LOCALE);
const clock = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'long' });
const dayAndYear = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'long', year: 'numeric' });
const weekday = new Intl.DateTimeFormat(LOCALE, { weekday: 'long' });

/** '3 models', '1 model' */
export const plural = (n: number, one: string, other: string): string =>
  `${whole.format(n)} ${plurals.select(n) === 'one' ? one : other}`;

export const number = (n: number): string => whole.format(n);
export const and = (parts: readonly string[]): string => list.format(parts);

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;
/** Powers of ten, as shops and file managers count: '2.5 GB', '812 kB', '3 bytes'. */
export function bytes(n: number): string {
  let unit = 0;
  let value = n;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit < 2 || value >= 100 ? whole.format(value) : tenth.format(value)} ${UNITS[unit]!}`;
}

/** '0.9 of 2.5 GB': the unit is said once, and is the total's. */
export function bytesOf(done: number, total: number): string {
  const [value, unit] = bytes(total).split(' ');
  const power = 1000 ** UNITS.indexOf(unit as (typeof UNITS)[number]);
  return `${power > 1e6 ? tenth.format(done / power) : whole.format(done / power)} of ${value} ${unit}`;
}

/** A token is about three quarters of an English word. */
export const wordsPerSecond = (tokens: number): string => {
  const words = tokens * 0.75;
  return `${plural(Math.max(1, Math.round(words)), 'word', 'words')} a second`;
};

/** 'about 6 minutes', 'less than a minute' */
export function duration(seconds: number): string {
  if (seconds < 50) return 'less than a minute';
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `about ${plural(minutes, 'minute', 'minutes')}`;
  return `about ${plural(Math.round(minutes / 60), 'hour', 'hours')}`;
}

const DAY_MS = 86_400_000;
const midnight = (at: number) => new Date(at).setHours(0, 0, 0, 0);

/** '16 October', '2 May 2025' */
export const onDay = (at: number): string =>
  (new Date(at).getFullYear() === new Date().getFullYear() ? day : dayAndYear).format(at);

/** 'Today, 14:31', 'Tuesday, 09:02', '16 October, 18:40', '2 May 2025' */
export function when(at: number, now = Date.now()): string {
  const days = Math.round((midnight(now) - midnight(at)) / DAY_MS);
  if (days === 0) return `Today, ${clock.format(at)}`;
  if (days === 1) return `Yesterday, ${clock.format(at)}`;
  if (days > 1 && days < 7) return `${weekday.format(at)}, ${clock.format(at)}`;
  if (new Date(at).getFullYear() === new Date(now).getFullYear()) return `${day.format(at)}, ${clock.format(at)}`;
  return dayAndYear.format(at);
}

/** '0x1234 5678 …': groups of four, so that an eye can compare. */
export const grouped = (hex: string): string =>
  hex.startsWith('0x') ? `0x ${hex.slice(2).replace(/(.{4})(?=.)/g, '$1 ')}` : hex.replace(/(.{4})(?=.)/g, '$1 ');
