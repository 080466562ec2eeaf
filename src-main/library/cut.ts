/** Shortens text without tearing a letter. */

/** The first `most` UTF-16 units of `text` at most; one less where a surrogate pair would be split. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 1 : most);
}
