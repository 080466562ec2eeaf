/** Titles: the beginning of the first question until the person gives another, and those that came from elsewhere. */

const MOST = 60;

/** At most 60 characters, cut between words and never inside a character that people see as one. */
export function titleOf(question: string): string {
  const line = question
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .replace(/\s+/g, ' ')
    .slice(0, 4 * MOST);
  const seen = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(line)].map(
    (part) => part.segment,
  );
  if (seen.length <= MOST) return line || '…';
  const cut = seen.slice(0, MOST - 1).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > MOST / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}

/**
 * A title, folder or file name that a stranger's file brought, on one line: without control characters, and without the marks that turn
 * the writing direction of what stands around it. Joiners stay, for some scripts and emoji are written with them.
 *
 * @returns '' when nothing in it can be seen
 */
export function broughtName(name: string, most: number): string {
  const line = name
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/\p{Bidi_Control}+/gu, '')
    .trim();
  return /[^\p{Cf}\p{Z}\p{DI}]/u.test(line) ? [...line.slice(0, 2 * most)].slice(0, most).join('').trim() : '';
}
