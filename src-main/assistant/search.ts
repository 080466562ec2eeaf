/** Turns what a person types into an FTS5 expression that cannot fail: every word quoted, the last one open-ended. */

/** @returns undefined when there is no word in it */
export function matchExpression(query: string): string | undefined {
  const words = query.match(/[\p{L}\p{N}\p{M}_'’-]+/gu)?.filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (!words?.length) return undefined;
  return words
    .slice(0, 32)
    .map((word, i) => `"${word.replaceAll('"', '')}"${i === words.length - 1 ? '*' : ''}`)
    .join(' ');
}
