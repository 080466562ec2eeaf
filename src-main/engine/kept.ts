/**
 * Remembers which tokens an answer was written with.
 *
 * The same text may be cut into tokens in several ways, and a model need not write the cut that a tokenizer makes. A
 * follow-up that tokenises the old answer afresh would then differ from what is in the KV cache and evaluate all again.
 */

export interface Kept {
  /** Tokens with which `text` was written, or undefined if it was not written here (or was changed since). */
  find(text: string): readonly number[] | undefined;
  /**
   * @param text what the tokens say
   * @param tokens as the model chose them
   * @param ends length of the text after each token; -1 where a character is not complete
   */
  add(text: string, tokens: readonly number[], ends: readonly number[]): void;
}

interface Written {
  readonly text: string;
  readonly tokens: readonly number[];
  readonly ends: readonly number[];
}

/** @param most tokens to remember; twice the context is more than can be of use */
export function openKept(most: number): Kept {
  let written: Written[] = [];
  return {
    find(text) {
      if (text === '') return undefined;
      for (let i = written.length - 1; i >= 0; i--) {
        const one = written[i]!;
        // The reader may have left a little early: any prefix that ends between two tokens will do.
        if (!one.text.startsWith(text)) continue;
        const last = one.ends.lastIndexOf(text.length);
        if (last >= 0) return one.tokens.slice(0, last + 1);
      }
      return undefined;
    },
    add(text, tokens, ends) {
      if (tokens.length === 0) return;
      written = written.filter((one) => !text.startsWith(one.text));
      written.push({ text, tokens, ends });
      let total = written.reduce((sum, one) => sum + one.tokens.length, 0);
      while (total > most && written.length > 1) total -= written.shift()!.tokens.length;
    },
  };
}
