/** Passages of a document as blocks to draw, each begun by its page or heading where that changes. */
import type { DocumentKind, Opened } from '../../../src-main/library/door.ts';

type Passage = Opened['passages'][number];

/** `markdown`: headings, lists and tables stand as Markdown has them; `mono`: columns matter. */
export type Look = 'markdown' | 'mono' | 'plain';

const looks: Readonly<Partial<Record<DocumentKind, Look>>> = {
  markdown: 'markdown',
  docx: 'markdown',
  odt: 'markdown',
  pptx: 'markdown',
  html: 'markdown',
  epub: 'markdown',
  code: 'mono',
  csv: 'mono',
  json: 'mono',
  xlsx: 'mono',
};
export const lookOf = (kind: DocumentKind): Look => looks[kind] ?? 'plain';

export interface Block {
  /** Of its first passage. */
  readonly id: number;
  readonly passages: readonly Passage[];
  readonly text: string;
  /** Only where it is another one than before. */
  readonly page?: number;
  readonly heading?: string;
}

/** A code block that is still open goes on in the next passage; each half alone would read as something else. */
const opensFence = (text: string): boolean => {
  let fence: string | undefined;
  for (const [, sign] of text.matchAll(/^ {0,3}(`{3,}|~{3,})/gm)) {
    if (fence === undefined) fence = sign!;
    else if (sign!.startsWith(fence)) fence = undefined;
  }
  return fence !== undefined;
};
/** At most so many passages in one block, should a fence never be closed. */
const MOST_JOINED = 20;

/** In order; their texts together are the passages' texts. */
export function blocksOf(passages: readonly Passage[], look: Look): Block[] {
  const blocks: Block[] = [];
  let page: number | undefined;
  let heading: string | undefined;
  let open: Passage[] = [];
  const close = () => {
    const [first] = open;
    if (!first) return;
    blocks.push({
      id: first.id,
      passages: open,
      text: open.map(({ text }) => text).join(''),
      ...(first.page !== undefined && first.page !== page && { page: first.page }),
      ...(first.heading && first.heading !== heading && { heading: first.heading }),
    });
    page = open.at(-1)!.page;
    heading = open.at(-1)!.heading;
    open = [];
  };
  for (const passage of passages) {
    open.push(passage);
    const joined = open.map(({ text }) => text).join('');
    if (look !== 'markdown' || open.length >= MOST_JOINED || !opensFence(joined)) close();
  }
  close();
  return blocks;
}
