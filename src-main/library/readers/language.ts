/** In which language a text is, where it is long enough to tell (franc-min's one user). */
import { francAll } from 'franc-min';

/** Fewer letters are names and numbers as often as sentences. */
const LEAST_LETTERS = 40;
/** Characters that are looked at: with more, rare letter groups drown the frequent ones and the lead shrinks. */
const SAMPLE = 600;
/** How far the second language must lie behind (franc gives the first 1): nine of ten manuals in 14 languages are beyond. */
const LEAST_LEAD = 0.02;
/** Where prose is looked for. */
const MOST_SEARCHED = 100_000;

/**
 * @returns ISO 639-3, such as `eng`; undefined for code, tables and what is too short or between two languages
 */
export function languageOf(text: string): string | undefined {
  const sample = prose(text.slice(0, MOST_SEARCHED));
  if ((sample.match(/\p{L}/gu)?.length ?? 0) < LEAST_LETTERS) return undefined;
  const [first, second] = francAll(sample, { minLength: LEAST_LETTERS });
  if (!first || first[0] === 'und' || !/^[a-z]{3}$/.test(first[0])) return undefined;
  return second && first[1] - second[1] < LEAST_LEAD ? undefined : first[0];
}

/** The longest stretch of lines that are mostly letters. */
function prose(text: string): string {
  let best = '';
  let current = '';
  for (const line of text.replace(/^(?:`{3,}|~{3,})[\s\S]*?^(?:`{3,}|~{3,})$/gm, '').split('\n')) {
    const words = line.replace(/[#>*_`|[\]-]+/g, ' ').trim();
    const letters = words.match(/[\p{L}\p{M} ]/gu)?.length ?? 0;
    if (words === '' || letters >= words.length * 0.8) current += words === '' ? '' : `${words} `;
    else current = '';
    if (current.length > best.length) best = current;
    if (best.length >= SAMPLE) break;
  }
  return best.slice(0, SAMPLE);
}
