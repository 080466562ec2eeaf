/** Remembers the tokens of texts: a conversation is measured and rendered anew for every answer. */
import type { Weights } from './llama.ts';

/** Tokens remembered at most: 8 MB, a few long conversations. */
const MOST = 1 << 20;

/** `weights` whose `plain` looks up what it has tokenised before; what was used longest ago is forgotten. */
export function rememberTokens(weights: Weights, most = MOST): Weights {
  const known = new Map<string, readonly number[]>();
  let total = 0;
  return {
    ...weights,
    plain(text, startsText) {
      const key = (startsText ? '^' : '-') + text;
      const found = known.get(key);
      const tokens = found ?? weights.plain(text, startsText);
      if (found) known.delete(key);
      else total += tokens.length;
      known.set(key, tokens);
      for (const [oldest, theirs] of known) {
        if (total <= most || known.size === 1) break;
        known.delete(oldest);
        total -= theirs.length;
      }
      return tokens;
    },
  };
}
