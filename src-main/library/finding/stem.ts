/** Porter's stemmer, as FTS5 has it: what a word of a question and a word of a text have in common. */

/**
 * M. F. Porter, An algorithm for suffix stripping, 1980, with the two later changes that FTS5 follows (`bli` for `abli`,
 * `logi`). The index stems by itself; here the same is needed to light words up and to weigh what they cover. A test
 * compares every word of a list with the index's own stem.
 *
 * @param word lower case, without diacritics
 */
export function stem(word: string): string {
  // FTS5 stems what has 3 to 64 bytes; every letter that is no English vowel is a consonant to it.
  const length = Buffer.byteLength(word);
  if (length < 3 || length > 64) return word;
  let w = step1a(word);
  w = step1b(w);
  if (/y$/.test(w) && hasVowel(w.slice(0, -1))) w = `${w.slice(0, -1)}i`;
  w = replaced(w, STEP2, 1);
  w = replaced(w, STEP3, 1);
  w = step4(w);
  return step5(w);
}

/** C: a consonant; `y` is one at the beginning and after a vowel. */
const shape = (w: string): string => {
  let out = '';
  for (const c of w)
    if ('aeiou'.includes(c) || (c === 'y' && out.endsWith('C'))) out += 'V';
    // The index looks at bytes, and such a letter has two or more.
    else out += c > '\x7f' ? 'CC' : 'C';
  return out;
};
/** How often a vowel run is followed by a consonant run. */
const measure = (w: string): number => shape(w).match(/V+C+/g)?.length ?? 0;
const hasVowel = (w: string): boolean => shape(w).includes('V');
const endsDouble = (w: string): boolean => /([a-z])\1$/.test(w) && shape(w).endsWith('C');
const endsCvc = (w: string): boolean => shape(w).endsWith('CVC') && !/[wxy]$/.test(w);

function step1a(w: string): string {
  if (/(?:ss|i)es$/.test(w)) return w.slice(0, -2);
  return /[^s]s$/.test(w) ? w.slice(0, -1) : w;
}

function step1b(w: string): string {
  if (w.endsWith('eed')) return measure(w.slice(0, -3)) > 0 ? w.slice(0, -1) : w;
  const ending = /(?:ed|ing)$/.exec(w)?.[0];
  const rest = ending && w.slice(0, -ending.length);
  if (!rest || !hasVowel(rest)) return w;
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (endsDouble(rest) && !/[lsz]$/.test(rest)) return rest.slice(0, -1);
  return measure(rest) === 1 && endsCvc(rest) ? `${rest}e` : rest;
}

const STEP2 =
  pairs(`ational:ate tional:tion enci:ence anci:ance izer:ize logi:log bli:ble alli:al entli:ent eli:e ousli:ous
  ization:ize ation:ate ator:ate alism:al iveness:ive fulness:ful ousness:ous aliti:al iviti:ive biliti:ble`);
const STEP3 = pairs('icate:ic ative: alize:al iciti:ic ical:ic ful: ness:');
const STEP4 = 'al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize'.split(' ');

function pairs(list: string): readonly (readonly [string, string])[] {
  return list
    .trim()
    .split(/\s+/)
    .map((pair) => pair.split(':') as [string, string])
    .sort(([a], [b]) => b.length - a.length);
}

/** The longest ending of the list decides, also when what stands before it is too short to change. */
function replaced(w: string, list: readonly (readonly [string, string])[], least: number): string {
  const found = list.find(([ending]) => w.endsWith(ending));
  if (!found) return w;
  const rest = w.slice(0, -found[0].length);
  return measure(rest) >= least ? rest + found[1] : w;
}

const LONGEST_FIRST = [...STEP4].sort((a, b) => b.length - a.length);
function step4(w: string): string {
  const ending = LONGEST_FIRST.find((one) => w.endsWith(one));
  if (!ending) return w;
  const rest = w.slice(0, -ending.length);
  if (measure(rest) < 2) return w;
  return ending === 'ion' && !/[st]$/.test(rest) ? w : rest;
}

function step5(w: string): string {
  let out = w;
  if (out.endsWith('e')) {
    const rest = out.slice(0, -1);
    const m = measure(rest);
    if (m > 1 || (m === 1 && !endsCvc(rest))) out = rest;
  }
  return out.endsWith('ll') && measure(out.slice(0, -1)) > 1 ? out.slice(0, -1) : out;
}
