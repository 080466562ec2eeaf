/** One encoding per value: JSON with sorted keys and no spaces (RFC 8785 for what the vault holds). */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * The canonical text of a JSON value; equal values give equal text, however the file was spaced.
 *
 * Keys are sorted by UTF-16 code units, numbers and strings are written as ECMAScript writes them (RFC 8785 §3.2).
 */
export function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonical).join(',')}]`;
  const object = value as { readonly [key: string]: Json };
  const members = Object.keys(object).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(object[key]!)}`).join(',')}}`;
}
