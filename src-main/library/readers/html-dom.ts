/** HTML to a tree of nodes, bounded: pages of machine-made depth are flattened before any recursive walk sees them (linkedom's one user). */
import { parseHTML } from 'linkedom';

/** Walks of readability and turndown call themselves for each level. */
const DEEPEST = 400;

/** What is used of the DOM; its whole types belong to the window, not to the core. */
export interface PageNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly firstChild: PageNode | null;
  readonly nextSibling: PageNode | null;
  readonly previousSibling: PageNode | null;
  readonly parentNode: PageNode | null;
  textContent: string | null;
}
export interface PageElement extends PageNode {
  getAttribute(name: string): string | null;
  remove(): void;
}
export interface Page {
  readonly body: PageElement | null;
  readonly documentElement: PageElement;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

/** Nothing of a page is run or fetched: linkedom knows no network, and scripts are text to it. */
export function parsePage(html: string): Page {
  const { document } = parseHTML(/<html[\s>]/i.test(html) ? html : `<!doctype html><html><body>${html}</body></html>`);
  const page = document as unknown as Page;
  flatten(page);
  return page;
}

/** What stands deeper than `DEEPEST` becomes text where it begins. */
function flatten({ documentElement }: Page): void {
  let node: PageNode | null = documentElement;
  let depth = 0;
  while (node) {
    if (depth >= DEEPEST && node.firstChild) node.textContent = textOf(node);
    if (node.firstChild) {
      node = node.firstChild;
      depth++;
      continue;
    }
    while (node && !node.nextSibling) {
      node = node.parentNode;
      depth--;
    }
    node = node?.nextSibling ?? null;
  }
}

/** Without recursion, and without what is never shown. */
export function textOf(top: PageNode): string {
  let text = '';
  let node: PageNode | null = top.firstChild;
  while (node) {
    if (node.nodeType === 3) text += node.textContent ?? '';
    const hidden = HIDDEN.test(node.nodeName);
    if (node.firstChild && !hidden) {
      node = node.firstChild;
      continue;
    }
    while (node && node !== top && !node.nextSibling) node = node.parentNode;
    node = node === top ? null : (node?.nextSibling ?? null);
  }
  return text;
}
const HIDDEN = /^(?:script|style|noscript|template)$/i;
