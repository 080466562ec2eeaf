/** Joins pages, slides or sheets into one text, and keeps the place where each begins. */
import type { Anchor } from './reading.ts';
import { tidy } from './tidy.ts';

/** The dots that lead to a page number in a table of contents: a search reads them as words without end. */
const LEADERS = /(?: ?\.){5,} ?/g;

/**
 * Pages stand apart by an empty line. `text.slice(at)` of an anchor begins with the tidied text of its page; a page
 * without text has the place of the next.
 */
export function joinPages(pages: readonly string[]): { text: string; anchors: Anchor[] } {
  const parts: string[] = [];
  const anchors: Anchor[] = [];
  const waiting: number[] = [];
  let length = 0;
  for (const [index, raw] of pages.entries()) {
    const page = tidy(raw.replace(LEADERS, ' … ')).trim();
    waiting.push(index + 1);
    if (page === '') continue;
    if (parts.length > 0) length += 2;
    for (const one of waiting.splice(0)) anchors.push({ at: length, page: one });
    parts.push(page);
    length += page.length;
  }
  for (const one of waiting) anchors.push({ at: length, page: one });
  return { text: parts.join('\n\n'), anchors };
}
