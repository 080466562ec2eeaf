/** Ignore patterns as they are typed: one a line; the door takes 200 of 500 characters. */

export const patternsOf = (text: string): string[] =>
  text
    .split('\n')
    // Spaces before a pattern are the typing's; those after it can be meant, with a backslash.
    .map((line) =>
      line
        .replace(/\r$/, '')
        .trimStart()
        .replace(/(?<!\\)[ \t]+$/, ''),
    )
    .filter((line) => line !== '' && !line.startsWith('#'));

export const areTooMany = (patterns: readonly string[]): boolean =>
  patterns.length > 200 || patterns.some((pattern) => pattern.length > 500);
