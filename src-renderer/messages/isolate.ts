/** Keeps a name's writing direction to itself, so that a right-to-left name cannot turn the sentence around it. */

/** The blocks whose characters are right-to-left, assigned or not (Unicode's DerivedBidiClass, R and AL), and RLM. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** Embeddings, overrides and isolates: one left open in a name would swallow the mark that ends ours. */
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * The name between U+2068 and U+2069 (UAX 9, first strong isolate), where it needs them. A name without a
 * right-to-left character reads the same in a left-to-right sentence with and without, so it stays as it was typed and
 * can be found and copied. Doing it twice is doing it once.
 */
export function isolate(name: string): string {
  const bare = name.replace(CONTROLS, '');
  return RIGHT_TO_LEFT.test(bare) ? `\u2068${bare}\u2069` : bare;
}

const isolated = (part: unknown): unknown =>
  typeof part === 'string' ? isolate(part) : Array.isArray(part) ? part.map(isolated) : part;

/**
 * The catalogue, each of whose functions isolates every string that it is given: no sentence, and no second language,
 * can forget it.
 */
export function isolating<T extends object>(catalogue: T): T {
  const entries = Object.entries(catalogue).map(([key, value]: [string, unknown]) => {
    if (typeof value === 'function') {
      const sentence = value as (...parts: unknown[]) => unknown;
      return [key, (...parts: unknown[]) => sentence(...parts.map(isolated))];
    }
    return [key, typeof value === 'object' && value !== null && !Array.isArray(value) ? isolating(value) : value];
  });
  return Object.fromEntries(entries) as T;
}
