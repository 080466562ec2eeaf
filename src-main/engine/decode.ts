/** Turns tokens into text as they come: a character is shown whole or not yet. */

/** Text of `tokens`, given those that came just before (some tokenizers put a space only between words). */
export type Detokenize = (tokens: readonly number[], before: readonly number[]) => string;

export interface Decoder {
  /** Takes a token; returns the text that is complete now, often none. */
  push(token: number): string;
  /** No bytes are waiting for the rest of their character. */
  readonly whole: boolean;
}

/** A UTF-8 character has at most four bytes, and byte-level vocabularies may spend a token on each. */
const MOST_PENDING = 4;
const REPLACEMENT = '\uFFFD';
const CONTEXT = 4;

/**
 * Bytes that do not yet form a character come out of the detokenizer as U+FFFD; they wait for their successors. After
 * four tokens they are let through: then the model itself has written broken bytes.
 */
export function openDecoder(detokenize: Detokenize, before: readonly number[] = []): Decoder {
  let last = before.slice(-CONTEXT);
  let pending: number[] = [];
  return {
    push(token) {
      pending.push(token);
      const text = detokenize(pending, last);
      if (text.endsWith(REPLACEMENT) && pending.length < MOST_PENDING) return '';
      last = pending.length >= CONTEXT ? pending.slice(-CONTEXT) : [...last, ...pending].slice(-CONTEXT);
      pending = [];
      return text;
    },
    get whole() {
      return pending.length === 0;
    },
  };
}
