/** The 24 words (BIP-39, English): the one importer of @scure/bip39. */
import { pbkdf2Sync } from 'node:crypto';
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { Fault } from '../wire/fault.ts';
import { wipe } from './sealing.ts';

export const WORDS = 24;
const known = new Set(wordlist);

/** The words of 256 bits of entropy. Strings cannot be wiped: ask for them only to show them. */
export const wordsOf = (entropy: Uint8Array): string[] => entropyToMnemonic(entropy, wordlist).split(' ');

/**
 * The 256 bits behind 24 words, typed or pasted: any spacing, numbering ("1. abandon") and capitals are accepted.
 *
 * @throws Fault `bad-words`: names the number of the first word that is not in the list (never the word itself), or says
 * how many words are missing, or that the words do not belong together (checksum).
 */
export function entropyOf(phrase: Uint8Array): Buffer {
  const words = Buffer.from(phrase)
    .toString('utf8')
    .normalize('NFKD')
    .toLowerCase()
    .split(/[\s\d.,;:)(]+/u)
    .filter(Boolean);
  const wrong = words.findIndex((word) => !known.has(word));
  if (wrong >= 0)
    throw new Fault(
      'bad-words',
      `Word ${wrong + 1} is not in the list of words. Nothing was changed. Look at how you wrote it down, and type that word again.`,
      {
        details: { word: wrong + 1 },
      },
    );
  if (words.length !== WORDS)
    throw new Fault(
      'bad-words',
      `Words found: ${words.length}, and 24 are needed. Nothing was changed. Type all 24, in their order.`,
      {
        details: { count: words.length },
      },
    );
  try {
    return Buffer.from(mnemonicToEntropy(words.join(' '), wordlist));
  } catch {
    throw new Fault(
      'bad-words',
      'Every word is in the list, but together they do not fit: one is another word, or two changed places. Nothing was changed. Compare each with what you wrote down, and try again.',
    );
  }
}

/** The 512-bit BIP-39 seed (no passphrase): PBKDF2-HMAC-SHA512, 2,048 rounds. */
export function seedOf(entropy: Uint8Array): Buffer {
  const sentence = Buffer.from(entropyToMnemonic(entropy, wordlist), 'utf8');
  const seed = pbkdf2Sync(sentence, 'mnemonic', 2048, 64, 'sha512');
  wipe(sentence);
  return seed;
}
