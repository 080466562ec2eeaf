/** What of a page is its article, without what stands around it (@mozilla/readability's one user). */
import { Readability } from '@mozilla/readability';
import type { Page, PageElement } from './html-dom.ts';

/** More elements than this are a machine's listing, not an article; looking for one would take seconds. */
const MOST_ELEMENTS = 20_000;

/**
 * Takes the page apart: give it a tree that nobody needs afterwards.
 *
 * @returns undefined where there is no article
 */
export function articleOf(document: Page): PageElement | undefined {
  try {
    const reader = new Readability<PageElement>(document as never, {
      serializer: (node) => node as unknown as PageElement,
      maxElemsToParse: MOST_ELEMENTS,
      charThreshold: 200,
    });
    return reader.parse()?.content ?? undefined;
  } catch {
    // Too many elements, or a tree that it cannot make sense of.
    return undefined;
  }
}
