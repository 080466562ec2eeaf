/** Reads fields of strangers' JSON: whatever is not what it should be is absent, and nothing is looked up by a name in it. */
import { cut } from '../cut.ts';

export type Json = null | boolean | number | string | Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field of the object itself: `__proto__`, `constructor` and their kind are fields like any other. */
export const field = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
export const objectOf = (value: unknown, name: string): JsonObject | undefined => {
  const found = field(value, name);
  return isObject(found) ? found : undefined;
};
export const listOf = (value: unknown, name: string): readonly unknown[] => {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
};
/** Text without halves of surrogate pairs (no UTF-8 can hold them) and without NUL (SQLite's text functions end there). */
export const clean = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');
export const textOf = (value: unknown, name: string): string | undefined => {
  const found = field(value, name);
  return typeof found === 'string' ? clean(found) : undefined;
};
/** One trimmed line for a label; undefined when nothing is in it. */
export const shortOf = (value: unknown, name: string, most: number): string | undefined =>
  cut(textOf(value, name)?.trim() ?? '', most) || undefined;
/** An id: text, or a number that stands for one; never empty. */
export const idOf = (value: unknown, name: string): string | undefined => {
  const found = field(value, name);
  if (typeof found === 'number' && Number.isFinite(found)) return String(found);
  return typeof found === 'string' && found !== '' ? clean(found) : undefined;
};

const YEAR_2200 = 7_258_118_400_000;

/**
 * Milliseconds since 1970 of seconds (with a fraction), milliseconds, either as text, or an ISO 8601 date; undefined for
 * anything else and for what lies outside 1970 to 2200.
 */
export function timeOf(value: unknown, name: string): number | undefined {
  const found = field(value, name);
  let at: number;
  if (typeof found === 'number') at = found;
  else if (typeof found === 'string' && found.trim() !== '') {
    at = Number(found);
    if (Number.isNaN(at)) {
      const date = Date.parse(found);
      return date > 0 && date < YEAR_2200 ? date : undefined;
    }
  } else return undefined;
  // Seconds reach this only in the year 5138.
  const ms = Math.round(at < 1e11 ? at * 1000 : at);
  return ms > 0 && ms < YEAR_2200 ? ms : undefined;
}

/** An object with only the fields that are there. */
export const present = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } => {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]: Exclude<T[K], undefined> };
};
