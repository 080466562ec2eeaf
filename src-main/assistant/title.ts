/** The title of a conversation until the person gives it another: the beginning of the first question. */

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
