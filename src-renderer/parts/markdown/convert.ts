/** Turns marked's tokens into our nodes: entities decoded once, unsafe links and all pictures as text. */
import { addressOf, isBare } from './address.ts';
import { clean, literal, prose } from './clean.ts';
import { decode } from './entities.ts';
import { languageOf } from './languages.ts';
import { cutNear, type Lexed } from './lexer.ts';
import type { Align, Block, Inline, Item } from './nodes.ts';

/** One paragraph, list or table row group that a browser lays out well within a frame. */
const PARAGRAPH = 8000;
const ITEMS = 100;
export const ROWS = 100;

const words = (text: string) => prose(clean(decode(text)));

const addText = (out: Inline[], text: string) => {
  if (!text) return;
  const last = out.at(-1);
  if (last?.kind === 'text') out[out.length - 1] = { kind: 'text', text: last.text + text };
  else out.push({ kind: 'text', text });
};

export function inlines(tokens: readonly Lexed[], cell = false): Inline[] {
  const out: Inline[] = [];
  for (const token of tokens) addInline(out, token, cell);
  return out;
}

function addInline(out: Inline[], token: Lexed, cell: boolean): void {
  const text = token.text ?? '';
  switch (token.type) {
    case 'text':
      if (token.tokens) return (out.push(...inlines(token.tokens, cell)), undefined);
      if (!cell) return addText(out, words(text));
      // Tables have no other way to break a line, and models write it; everywhere else <br> stays text.
      return text.split(/<br ?\/?>/i).forEach((part, i) => {
        if (i > 0) out.push({ kind: 'break' });
        addText(out, words(part));
      });
    case 'escape':
      return addText(out, text);
    case 'codespan':
      return (out.push({ kind: 'code', text: literal(text) }), undefined);
    case 'em':
    case 'strong':
      return (out.push({ kind: token.type, children: inlines(token.tokens ?? [], cell) }), undefined);
    case 'del':
      return (out.push({ kind: 'strike', children: inlines(token.tokens ?? [], cell) }), undefined);
    case 'br':
      return (out.push({ kind: 'break' }), undefined);
    case 'image':
      return (
        out.push({ kind: 'image', alt: words(text), address: literal(clean(decode(token.href ?? ''))) }),
        undefined
      );
    case 'link': {
      const to = addressOf(decode(token.href ?? ''));
      const children = inlines(token.tokens ?? [], cell);
      // An address that may not be opened is shown as it was written.
      if (!to) return addText(out, words(token.raw));
      // A link in a link, or a picture as a link's words, would hide where the click goes.
      return (out.push({ kind: 'link', to, bare: isBare(plain(children), to), children: flat(children) }), undefined);
    }
    case 'formula':
      return (
        out.push({ kind: 'formula', source: text, display: token.display === true, raw: literal(token.raw) }),
        undefined
      );
    case 'checkbox':
      return;
    default:
      return addText(out, words(token.raw));
  }
}

const flat = (nodes: readonly Inline[]): Inline[] =>
  nodes.flatMap((node) =>
    node.kind === 'link'
      ? flat(node.children)
      : node.kind === 'em' || node.kind === 'strong' || node.kind === 'strike'
        ? [{ kind: node.kind, children: flat(node.children) }]
        : [node],
  );

/** The words of nodes without their marks. */
export const plain = (nodes: readonly Inline[]): string =>
  nodes
    .map((node) =>
      node.kind === 'text' || node.kind === 'code'
        ? node.text
        : node.kind === 'formula'
          ? node.raw
          : node.kind === 'image'
            ? node.alt
            : node.kind === 'break'
              ? '\n'
              : plain(node.children),
    )
    .join('');

/** Our blocks for marked's blocks; long ones become several, so that each is small for the browser. */
export const blocks = (tokens: readonly Lexed[]): Block[] => tokens.flatMap(block);

function block(token: Lexed): Block[] {
  switch (token.type) {
    case 'space':
    case 'checkbox':
      return [];
    case 'paragraph':
      return paragraphs(token, false);
    case 'heading':
      return [
        {
          kind: 'heading',
          level: Math.min((token.depth ?? 1) + 2, 6) as 3 | 4 | 5 | 6,
          children: inlines(token.tokens ?? []),
        },
      ];
    case 'code':
      return [{ kind: 'code', language: languageOf(token.lang ?? ''), text: token.text ?? '' }];
    case 'formula':
      return [{ kind: 'formula', source: token.text ?? '', raw: literal(token.raw.trim()) }];
    case 'blockquote':
      return [{ kind: 'quote', children: blocks(token.tokens ?? []) }];
    case 'list':
      return lists(token);
    case 'table':
      return [
        {
          kind: 'table',
          align: (token.align ?? []).map(alignOf),
          head: (token.header ?? []).map((cell) => inlines(cell.tokens ?? [], true)),
          rows: (token.rows ?? []).map((row) => row.map((cell) => inlines(cell.tokens ?? [], true))),
        },
      ];
    case 'hr':
      return [{ kind: 'rule' }];
    default:
      return paragraphs(token, true);
  }
}

function paragraphs(token: Lexed, tight: boolean): Block[] {
  const children = token.tokens
    ? inlines(token.tokens)
    : [{ kind: 'text' as const, text: words(token.text ?? token.raw) }];
  if (token.raw.length <= PARAGRAPH) return [{ kind: 'paragraph', tight, children }];
  const out: Block[] = [];
  let held: Inline[] = [];
  let size = 0;
  const flush = () => {
    if (held.length > 0) out.push({ kind: 'paragraph', tight: false, children: held });
    held = [];
    size = 0;
  };
  for (const node of children) {
    const pieces = node.kind === 'text' ? cut(node.text).map((text) => ({ kind: 'text' as const, text })) : [node];
    for (const piece of pieces) {
      const length = plain([piece]).length;
      if (size + length > PARAGRAPH) flush();
      held.push(piece);
      size += length;
    }
  }
  flush();
  return out;
}

function cut(text: string): string[] {
  const out: string[] = [];
  let rest = text;
  while (rest.length > PARAGRAPH) {
    const at = cutNear(rest, PARAGRAPH);
    out.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return [...out, rest];
}

function lists(token: Lexed): Block[] {
  const items = (token.items ?? []).map((item): Item => ({
    checked: item.task ? item.checked === true : undefined,
    children: blocks(item.tokens ?? []),
  }));
  const first = typeof token.start === 'number' && Number.isSafeInteger(token.start) ? token.start : 1;
  const out: Block[] = [];
  for (let i = 0; i < items.length; i += ITEMS)
    out.push({ kind: 'list', ordered: token.ordered === true, start: first + i, items: items.slice(i, i + ITEMS) });
  return out;
}

const alignOf = (align: 'left' | 'center' | 'right' | null): Align =>
  align === 'right' ? 'end' : align === 'center' ? 'center' : 'start';
