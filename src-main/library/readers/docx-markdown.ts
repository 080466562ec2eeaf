/** A Word document's tree, as mammoth reads it, to Markdown: what stands where, not how it looks. */

/** The part of mammoth's tree that is looked at (`documents.js`, 1.13). */
export interface Node {
  readonly type: string;
  readonly children?: readonly Node[];
  readonly value?: string;
  readonly styleName?: string | null;
  readonly numbering?: { readonly isOrdered: boolean; readonly level: string | number } | null;
  readonly isBold?: boolean;
  readonly isItalic?: boolean;
  readonly href?: string;
  readonly checked?: boolean;
  readonly altText?: string;
  readonly noteType?: string;
  readonly noteId?: string;
  readonly body?: readonly Node[];
  readonly notes?: { resolve(reference: Node): Node | null };
}

interface Writing {
  readonly root: Node;
  /** Footnotes and endnotes in the order of their marks. */
  readonly notes: Node[];
  /** The last item of each level that is open, and its number if it has one. */
  readonly levels: { ordered: boolean; number: number }[];
  pictures: number;
}

/** Deeper lists are indented no further. */
const DEEPEST = 8;

export function documentMarkdown(root: Node): { text: string; pictures: number } {
  const writing: Writing = { root, notes: [], levels: [], pictures: 0 };
  const text = blocks(root.children ?? [], writing);
  // A note may carry notes: the list grows while it is written.
  const notes: string[] = [];
  for (let i = 0; i < writing.notes.length; i++)
    notes.push(`[^${i + 1}]: ${oneLine(blocks(writing.notes[i]!.body ?? [], writing))}`);
  return { text: [text, ...notes].filter(Boolean).join('\n\n'), pictures: writing.pictures };
}

function blocks(nodes: readonly Node[], writing: Writing): string {
  let text = '';
  let listBefore = false;
  for (const node of nodes) {
    const block = node.type === 'table' ? table(node, writing) : paragraph(node, writing);
    const list = node.type === 'paragraph' && node.numbering != null;
    if (!list) writing.levels.length = 0;
    if (block.trim() === '') continue;
    text += text === '' ? block : (list && listBefore ? '\n' : '\n\n') + block;
    listBefore = list;
  }
  return text;
}

function paragraph(node: Node, writing: Writing): string {
  const text = inline(node.children ?? [], writing).trim();
  if (text === '') return '';
  // Built-in styles have English names in every language of Word (ISO/IEC 29500-1, 17.7.4.9).
  const level = /^heading ([1-6])$/i.exec(node.styleName ?? '')?.[1] ?? (/^title$/i.test(node.styleName ?? '') && 1);
  if (level) return `${'#'.repeat(Number(level))} ${oneLine(text)}`;
  if (!node.numbering) return text;
  const depth = Math.max(0, Math.min(Number(node.numbering.level) || 0, DEEPEST));
  const ordered = node.numbering.isOrdered;
  const last = writing.levels[depth];
  const number = last?.ordered === ordered ? last.number + 1 : 1;
  writing.levels.length = depth;
  writing.levels[depth] = { ordered, number };
  const mark = ordered ? `${number}.` : '-';
  return `${'  '.repeat(depth)}${mark} ${text.replaceAll('\n', `\n${'  '.repeat(depth + 1)}`)}`;
}

function inline(nodes: readonly Node[], writing: Writing): string {
  return nodes.map((node) => one(node, writing)).join('');
}

function one(node: Node, writing: Writing): string {
  const inside = () => inline(node.children ?? [], writing);
  switch (node.type) {
    case 'text':
      return node.value ?? '';
    case 'tab':
      return '\t';
    case 'break':
      return '\n';
    case 'run':
      return emphasise(inside(), node);
    case 'checkbox':
      return node.checked ? '[x] ' : '[ ] ';
    case 'image':
      writing.pictures++;
      return node.altText ? `[picture: ${oneLine(node.altText)}]` : '';
    case 'noteReference': {
      const note = writing.root.notes?.resolve(node);
      if (!note) return '';
      const known = writing.notes.indexOf(note);
      return `[^${known >= 0 ? known + 1 : writing.notes.push(note)}]`;
    }
    case 'table':
      return table(node, writing);
    case 'commentReference':
    case 'bookmarkStart':
      return '';
    default:
      // A link's text says what the person reads; its address is not followed and not shown as one.
      return inside();
  }
}

/** Marks hug the words: Markdown does not see `** bold **`. */
function emphasise(text: string, { isBold, isItalic }: Node): string {
  const mark = `${isBold ? '**' : ''}${isItalic ? '*' : ''}`;
  const core = text.trim();
  if (mark === '' || core === '' || /[*\n]/.test(core)) return text;
  const at = text.indexOf(core);
  const closing = [...mark].reverse().join('');
  return `${text.slice(0, at)}${mark}${core}${closing}${text.slice(at + core.length)}`;
}

function table(node: Node, writing: Writing): string {
  const rows = (node.children ?? []).map((row) =>
    (row.children ?? []).map((cell) => oneLine(blocks(cell.children ?? [], writing)).replaceAll('|', '\\|')),
  );
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  if (width === 0) return '';
  const line = (cells: readonly string[]) => `| ${[...cells, ...Array(width - cells.length).fill('')].join(' | ')} |`;
  const [head = [], ...rest] = rows;
  return [line(head), `|${' --- |'.repeat(width)}`, ...rest.map(line)].join('\n');
}

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim();
