/** How hard a password is to guess, in three words. Estimated from length and variety; never shown as a percentage. */

export type Strength = 'common' | 'weak' | 'fair' | 'good';

/** What every list of leaked passwords begins with; a digit or sign at the end does not help them. */
const FIRST_TRIED =
  /^(?:password|passwort|qwerty|qwertz|azerty|letmein|welcome|iloveyou|dragon|monkey|football|baseball|sunshine|princess|superman|master|shadow|trustno1|abc123|admin|login|daimon|starwars|whatever|computer|internet|michael|jennifer)[\d!?.*_-]*$/;

/** Characters that follow from the one before (1234, aaaa, abcd) add nothing to guess. */
function surprising(text: string): string {
  return [...text]
    .filter((char, i, all) => {
      const step = i === 0 ? NaN : char.codePointAt(0)! - all[i - 1]!.codePointAt(0)!;
      return !(Math.abs(step) <= 1);
    })
    .join('');
}

function alphabet(text: string): number {
  let size = 0;
  if (/[a-z]/.test(text)) size += 26;
  if (/[A-Z]/.test(text)) size += 26;
  if (/\d/.test(text)) size += 10;
  if (/[^\w]|_/.test(text)) size += 33;
  if (/[^\x20-\x7e]/.test(text)) size += 100;
  return Math.max(size, 1);
}

/**
 * Estimates the bits an attacker must search.
 *
 * Each try costs 256 MiB and about a second of one machine (Argon2id), so about 2^35 tries are years for a rich
 * attacker and 2^50 are out of reach. People choose words, not letters: four bits a letter is too kind, so runs of letters count 2.
 */
export function strengthOf(password: string): Strength {
  if (FIRST_TRIED.test(password.toLowerCase())) return 'common';
  const kept = surprising(password);
  const letters = kept.replace(/[^\p{L}]/gu, '').length;
  const others = [...kept].length - letters;
  const perLetter = /[a-z]/.test(kept) && /[A-Z].*[A-Z]/.test(kept.slice(1)) ? 3 : 2;
  const bits = letters * perLetter + others * Math.log2(Math.min(alphabet(kept), 40)) * 0.8;
  if (bits < 30) return 'weak';
  return bits < 46 ? 'fair' : 'good';
}
