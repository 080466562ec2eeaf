/** Dates in a question: "last March", "in 2021", "since yesterday" (the one user of chrono-node). */
import { parse } from 'chrono-node';

export interface Dates {
  /** Milliseconds since 1970, from the first to the last millisecond. */
  readonly since: number;
  readonly until: number;
  /** Where the words stand that say so, in UTF-16 units. */
  readonly from: number;
  readonly to: number;
}

const YEAR =
  /\b(?:(in|of|from|during|since|after|before|until|year|summer|winter|spring|autumn|fall)\s+)((?:19|20)\d\d)(s?)\b/gi;
const OPEN = /\b(since|after|before|until)\s+$/i;
const FOREVER = 8.64e15;

/**
 * The times that a question names, from the person's own clock and zone. Bare hours, and words that only sometimes are
 * dates ("sun", "may"), are none.
 */
export function datesIn(question: string, now: number): Dates[] {
  const found: Dates[] = [];
  for (const { index, text, start, end } of parse(question, new Date(now))) {
    const certain = new Set((['day', 'weekday', 'month', 'year'] as const).filter((part) => start.isCertain(part)));
    if (/^(?:now|sun|sat|mon|wed|fri|may|mar)$/i.test(text) || /^\d+\/\d+$/.test(text)) continue;
    const unit = unitOf(certain, text);
    if (!unit) continue;
    let first = start.date();
    // What a person has is from the past: "March" in February is last year's.
    if (!certain.has('year') && first.getTime() > now) first = moved(first, 'year', -1);
    const range = { since: startOf(first, unit), until: end ? endOf(end.date(), 'day') : endOf(first, unit) };
    // "last 30 days", "last week": up to now.
    if (/\b(?:last|past|previous)\b.*\b(?:days?|weeks?|months?)\b/i.test(text))
      range.until = /\bdays?\b/i.test(text) ? now : Math.min(now, endOf(first, unit));
    found.push({ ...opened(question, index, range), from: index, to: index + text.length });
  }
  for (const match of question.matchAll(YEAR)) {
    const from = match.index;
    const to = from + match[0].length;
    if (found.some((one) => one.from < to && from < one.to)) continue;
    const year = Number(match[2]);
    const range = {
      since: new Date(year, 0, 1).getTime(),
      until: endOf(new Date(year + (match[3] ? 9 : 0), 0, 1), 'year'),
    };
    const at = from + match[0].length - match[2]!.length - match[3]!.length;
    found.push({ ...opened(question, at, range), from, to });
  }
  return found.sort((a, b) => a.from - b.from);
}

type Unit = 'day' | 'week' | 'month' | 'year';

function unitOf(certain: ReadonlySet<string>, text: string): Unit | undefined {
  if (/\bweeks?\b/i.test(text)) return 'week';
  if (/\bmonths?\b/i.test(text)) return 'month';
  if (/\byears?\b/i.test(text)) return 'year';
  if (certain.has('day') || certain.has('weekday')) return 'day';
  return certain.has('month') ? 'month' : certain.has('year') ? 'year' : undefined;
}

/** "since March", "before 2020": one end is open. */
function opened(question: string, at: number, { since, until }: { since: number; until: number }) {
  const word = OPEN.exec(question.slice(0, at))?.[1]?.toLowerCase();
  if (word === 'since') return { since, until: FOREVER };
  if (word === 'after') return { since: until + 1, until: FOREVER };
  if (word === 'before') return { since: -FOREVER, until: since - 1 };
  return word === 'until' ? { since: -FOREVER, until } : { since, until };
}

function startOf(date: Date, unit: Unit): number {
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  if (unit === 'year') return new Date(year, 0, 1).getTime();
  if (unit === 'month') return new Date(year, month, 1).getTime();
  // A week begins on Monday.
  return new Date(year, month, unit === 'week' ? day - ((date.getDay() + 6) % 7) : day).getTime();
}
const endOf = (date: Date, unit: Unit): number => startOf(moved(new Date(startOf(date, unit)), unit, 1), unit) - 1;

function moved(date: Date, unit: Unit, by: number): Date {
  const next = new Date(date);
  if (unit === 'year') next.setFullYear(next.getFullYear() + by);
  else if (unit === 'month') next.setMonth(next.getMonth() + by);
  else next.setDate(next.getDate() + by * (unit === 'week' ? 7 : 1));
  return next;
}
