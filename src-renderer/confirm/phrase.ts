/** Checks 24 words while they are typed: which are in the list. The checksum is the signer's to judge. */
import { wordlist } from '@scure/bip39/wordlists/english.js';

const known = new Set(wordlist);

export interface PhraseCheck {
  readonly count: number;
  /** Numbers (from 1) of words that are not in the list; the one still being typed is left alone. */
  readonly unknown: readonly number[];
}

/** @param typed as in the field: any spacing, capitals and numbering, as the signer reads it too */
export function checkPhrase(typed: string): PhraseCheck {
  const words = typed
    .normalize('NFKD')
    .toLowerCase()
    .split(/[\s\d.,;:)(]+/u)
    .filter(Boolean);
  const typing = /[a-z]$/i.test(typed) ? words.length : 0;
  const unknown = words.flatMap((word, i) => {
    if (known.has(word)) return [];
    const begins = i + 1 === typing && wordlist.some((one) => one.startsWith(word));
    return begins ? [] : [i + 1];
  });
  return { count: words.length, unknown };
}
