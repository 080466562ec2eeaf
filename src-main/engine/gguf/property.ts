/** Required properties of a header, and refusals for those that are missing or of another kind. */
import { damaged } from './faults.ts';
import type { Metadata, Value } from './metadata.ts';

/** A property that must be there. */
export function need(pairs: Metadata, key: string): Value {
  const value = pairs.get(key);
  if (!value) throw damaged(`a required property is missing (${key})`);
  return value;
}

/** A required text. */
export function text(pairs: Metadata, key: string): string {
  const value = need(pairs, key);
  if (!('text' in value)) throw damaged(`a property has the wrong kind (${key})`);
  return value.text;
}

/** A required list with elements of the kind `of`. */
export function list(pairs: Metadata, key: string, of: number): Extract<Value, { of: number }> {
  const value = need(pairs, key);
  if (!('of' in value) || value.of !== of) throw damaged(`a property has the wrong kind (${key})`);
  return value;
}
