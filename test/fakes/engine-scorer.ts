/** A scorer without a model: a word is as likely as the share of its letters in threes that were said before it. */
import type { Scorer } from '../../src-main/engine/ports.ts';
import { Fault } from '../../src-main/wire/index.ts';

/** Words. */
const CONTEXT = 4096;
const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const threes = (word: string) => Array.from({ length: word.length }, (_, i) => ` ${word} `.slice(i, i + 3));

export function fakeScorer(): Scorer {
  return {
    async score({ turns, answer, most = Infinity }, signal) {
      signal.throwIfAborted();
      const said = turns.flatMap(({ text }) => words(text));
      if (said.length >= CONTEXT)
        throw new Fault('context-full', 'The conversation is longer than this model can hold. Shorten it.', {
          details: { tokens: said.length, contextSize: CONTEXT },
        });
      const known = new Set(said.flatMap(threes));
      return {
        logs: words(answer)
          .slice(0, most)
          .map((word) => {
            const parts = threes(word);
            return Math.log(0.01 + (0.9 * parts.filter((part) => known.has(part)).length) / parts.length);
          }),
      };
    },
  };
}
