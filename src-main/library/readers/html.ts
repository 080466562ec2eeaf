/** HTML: the article of a page as Markdown, or all of it where there is none; never its scripts, menus and styles. */
import { Fault } from '../../wire/index.ts';
import { articleOf } from './html-article.ts';
import { parsePage, textOf, type Page, type PageNode } from './html-dom.ts';
import { markdownOf } from './html-markdown.ts';
import { decode } from './decode.ts';
import { tidy } from './tidy.ts';
import type { Given, Raw } from './reading.ts';

/** Beyond these, its words are taken without structure: a tree of half a million elements fills the heap. */
const MOST_TREE = 6 << 20;
const MOST_NODES = 150_000;
/** An article that leaves out more of the page's text than this was not found well: documentation is often all of the page. */
const LEAST_KEPT = 0.6;
/** What stands around an article is links; a page with few has nothing to take away. */
const LEAST_LINKED = 0.1;
/** A listing has no paragraphs to speak of, and no article. */
const LEAST_PROSE = 0.4;
/** A few words, around which nothing need be looked for. */
const SHORT = 400;

/** @throws Fault `no-text`, `unknown-kind` */
export function readHtml({ bytes }: Given): Raw {
  const html = decodeHtml(bytes);
  const { text, title, date, plain } = pageMarkdown(html, true);
  const tidied = tidy(text).trim();
  if (tidied === '') throw new Fault('no-text', 'This page holds no text: it is drawn by a program when it is shown.');
  return {
    kind: 'html',
    text: tidied,
    ...(title && { title }),
    ...(date !== undefined && { date }),
    ...(plain && { note: 'This page is very long; it was read without its headings.' }),
  };
}

export interface PageText {
  readonly text: string;
  readonly title?: string;
  readonly date?: number;
  /** It is too large for its structure to be looked at. */
  readonly plain?: boolean;
}

/** @param choose look for the article; false takes all, as for a chapter of a book */
export function pageMarkdown(html: string, choose: boolean, without = choose ? FURNITURE : NEVER): PageText {
  if (html.length > MOST_TREE || nodes(html) > MOST_NODES) return { text: stripped(html), plain: true };
  const document = parsePage(html);
  const title = oneLine(document.querySelector('title'));
  const date = dateOf(document);
  for (const node of [...document.querySelectorAll(without)]) node.remove();
  const body = document.body ?? document.documentElement;
  return {
    text: (choose && chosen(document, html)) || markdownOf(body),
    ...(title && { title }),
    ...(date !== undefined && { date }),
  };
}

/**
 * What the page itself calls its main part; or, of a page with paragraphs among many links, what readability finds. It takes the
 * tree apart, so a page whose article it did not find well is parsed again: seldom, while looking costs half the time.
 */
function chosen(document: Page, html: string): string | undefined {
  const length = lengthOf(document.documentElement);
  if (length < SHORT) return undefined;
  const main = document.querySelector('main, [role="main"], article');
  if (main && lengthOf(main) > length * LEAST_KEPT) return markdownOf(main);
  const share = (selector: string) => {
    let sum = 0;
    for (const node of document.querySelectorAll(selector)) sum += lengthOf(node);
    return sum / length;
  };
  if (share('a') < LEAST_LINKED || share('p') < LEAST_PROSE) return undefined;
  const heading = oneLine(document.querySelector('h1'));
  const article = articleOf(document);
  if (!article || lengthOf(article) < length * LEAST_KEPT) return pageMarkdown(html, false, FURNITURE).text;
  const text = markdownOf(article);
  // Readability takes a heading that repeats the title away, and makes second ones of those of the first level.
  if (heading === '') return text;
  return text.startsWith(`## ${heading}\n`) ? text.slice(1) : text.includes(heading) ? text : `# ${heading}\n\n${text}`;
}

const lengthOf = (node: PageNode): number => textOf(node).replace(/\s+/g, ' ').length;

/** About: each tag begins one, and the parser ends one at each reference to a character. */
function nodes(html: string): number {
  let count = 0;
  for (const mark of ['<', '&'])
    for (let at = html.indexOf(mark); at >= 0 && count <= MOST_NODES; at = html.indexOf(mark, at + 1)) count++;
  return count;
}

const oneLine = (node: PageNode | null): string => (node ? textOf(node).replace(/\s+/g, ' ').trim() : '');

const NEVER = 'script, style, noscript, template, iframe, object, embed, svg, canvas, link, meta';
/** Not `header` and `aside`: articles have those. */
const FURNITURE = `${NEVER}, nav, footer, form, button, dialog, [role="navigation"], [role="search"], [role="banner"], [role="contentinfo"], [aria-hidden="true"], [hidden], .headerlink, .skip-link, .sr-only`;

/** What pages say of their last change, or else of their first day, best first. */
const DATES = [
  ...['article:modified_time', 'datemodified', 'last-modified', 'dcterms.modified', 'article:published_time'],
  ...['datepublished', 'date', 'dc.date', 'dcterms.created'],
];
function dateOf(document: Page): number | undefined {
  const said = new Map<string, number>();
  for (const meta of document.querySelectorAll('meta')) {
    const name = meta.getAttribute('property') ?? meta.getAttribute('itemprop') ?? meta.getAttribute('name');
    const date = Date.parse(meta.getAttribute('content') ?? '');
    if (name && !Number.isNaN(date)) said.set(name.toLowerCase(), date);
  }
  for (const name of DATES) if (said.has(name)) return said.get(name);
  const date = Date.parse(document.querySelector('time[datetime]')?.getAttribute('datetime') ?? '');
  return Number.isNaN(date) ? undefined : date;
}

/** By its mark, by what its head claims (HTML 13.2.3.2 looks at the first 1,024 bytes), or as any text. */
export function decodeHtml(bytes: Uint8Array): string {
  const marked = (bytes[0] === 0xef && bytes[1] === 0xbb) || bytes[0]! >= 0xfe;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1');
  const claimed =
    /<meta[^>]+charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(head)?.[1] ??
    /^<\?xml[^>]*encoding=["']([\w-]+)/.exec(head)?.[1];
  if (claimed && !marked && !/^utf-?(?:8|16)/i.test(claimed))
    try {
      return new TextDecoder(claimed).decode(bytes);
    } catch {
      // Not a label of the Encoding Standard.
    }
  return decode(bytes);
}

/** Words alone. Each pattern is bounded by its own end, so it passes once over the text. */
const stripped = (html: string): string =>
  html
    .replace(/<(script|style|noscript|template)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, '')
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/<(?:\/?(?:p|div|li|tr|h[1-6]|br|section|article|table|ul|ol|pre|dt|dd)\b)[^<>]*>/gi, '\n')
    .replace(/<\/t[dh]\b[^<>]*>/gi, ' ')
    .replace(/<\/?[a-z][^<>]*>/gi, '')
    .replace(/&(nbsp|amp|lt|gt|quot);/g, (_whole, name: string) => ENTITIES[name]!)
    .replace(/[ \t]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n');
const ENTITIES: Readonly<Record<string, string>> = { nbsp: ' ', amp: '&', lt: '<', gt: '>', quot: '"' };
