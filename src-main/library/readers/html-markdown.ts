/** A tree of HTML to Markdown: headings, lists, tables, code; links and pictures by their words alone (turndown's one user). */
import Turndown from 'turndown';
import type { PageElement, PageNode } from './html-dom.ts';
import { rowLine } from './rows.ts';

const turndown = new Turndown({
  headingStyle: 'atx',
  codeBlockStyle: 'fenced',
  bulletListMarker: '-',
  emDelimiter: '*',
  hr: '---',
});
// What is quoted shall read as on the page: a backslash before every `_` and `[` helps no reader.
turndown.escape = (text) => text;
// An address is not followed, not searched for and not shown; the words of the link are.
turndown.addRule('link', { filter: 'a', replacement: (content) => content });
turndown.addRule('picture', {
  filter: ['img'],
  replacement: (_content, node) => {
    const said = (node as unknown as PageElement).getAttribute('alt')?.replace(/\s+/g, ' ').trim();
    return said ? `[picture: ${said}]` : '';
  },
});
turndown.addRule('item', {
  filter: 'li',
  replacement: (content, node) => {
    const { parentNode: list } = node as unknown as PageElement;
    const ordered = list?.nodeName === 'OL';
    const mark = ordered ? `${Number((list as PageElement).getAttribute('start') ?? 1) + before(node as never)}.` : '-';
    const text = content.trim().replace(/\n(?=.)/g, `\n${' '.repeat(mark.length + 1)}`);
    return text === '' ? '' : `${mark} ${text}\n`;
  },
});
turndown.addRule('cell', {
  filter: ['td', 'th'],
  replacement: (content) => `${content.replace(/\s*\n\s*/g, ' ').trim()}\u{e000}`,
});
turndown.addRule('row', {
  filter: 'tr',
  replacement: (content) => `\n${rowLine(content.split('\u{e000}').slice(0, -1))}`,
});
turndown.addRule('rows', { filter: ['tbody', 'thead', 'tfoot'], replacement: (content) => content });
turndown.addRule('table', { filter: 'table', replacement: (content) => `\n\n${content.trim()}\n\n` });
turndown.addRule('term', { filter: 'dt', replacement: (content) => `\n\n${content.trim()}\n` });
turndown.addRule('meaning', {
  filter: 'dd',
  replacement: (content) => `\n${content.trim().replace(/^/gm, '  ').replace(/^ +$/gm, '')}\n`,
});
/** Items of the list that stand before this one. */
function before(item: PageNode): number {
  let count = 0;
  for (let node = item.previousSibling; node; node = node.previousSibling) if (node.nodeName === 'LI') count++;
  return count;
}
turndown.remove(['script', 'style', 'noscript', 'template', 'iframe', 'object', 'canvas', 'svg' as never]);
turndown.remove(['button', 'select', 'textarea', 'input', 'dialog']);

/** @param node a tree no deeper than what may call itself */
export const markdownOf = (node: PageElement): string =>
  turndown
    .turndown(node as unknown as PageElement)
    .replaceAll('\u{e000}', ' ')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
