/** PDF: the text of each page in its order, with the place where the page begins (the one user of unpdf). */
import { getDocumentProxy } from 'unpdf';
import { Fault } from '../../wire/index.ts';
import { MOST_CHARACTERS } from '../process-door.ts';
import { tidy } from './tidy.ts';
import type { Anchor, Given, Raw } from './reading.ts';

/** The process is ended after 60 s; what was read until here is better than nothing. */
const ENOUGH_MS = 45_000;
/** A directory may claim a billion pages; after so many in a row that cannot be read we believe none. */
const MOST_BROKEN = 20;
const QUIET = 0;

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;

/**
 * Scripts, forms, attachments and links are not looked at: pdf.js runs none of them by itself.
 *
 * @throws Fault `encrypted-file`, `no-text`, `unreadable`
 */
export async function readPdf({ bytes }: Given, now: () => number = () => performance.now()): Promise<Raw> {
  const began = now();
  const pdf = await open(bytes);
  try {
    const pages: string[] = [];
    let broken = 0;
    let inARow = 0;
    let length = 0;
    for (let number = 1; number <= pdf.numPages; number++) {
      if (now() - began > ENOUGH_MS || length > MOST_CHARACTERS || inARow > MOST_BROKEN) break;
      const text = await pageText(pdf, number);
      pages.push(text ?? '');
      length += text?.length ?? 0;
      inARow = text === undefined ? inARow + 1 : 0;
      broken += text === undefined ? 1 : 0;
    }
    if (broken === pages.length)
      throw new Fault('unreadable', 'No page of this PDF could be read; it is damaged. Nothing else is affected.');
    if (length === 0)
      throw new Fault(
        'no-text',
        'This PDF holds pictures of pages and no text, as a scan does. daimon cannot read pictures yet; run text recognition over it elsewhere first.',
      );
    return { kind: 'pdf', ...join(pages), pages: pages.length, note: notes(pages, broken, pdf.numPages) };
  } finally {
    await pdf.loadingTask.destroy();
  }
}

async function open(bytes: Uint8Array): Promise<Pdf> {
  try {
    return await getDocumentProxy(new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length), {
      useSystemFonts: false,
      disableFontFace: true,
      enableXfa: false,
      verbosity: QUIET,
    });
  } catch (error) {
    if ((error as Error).name === 'PasswordException')
      throw new Fault('encrypted-file', 'This PDF is locked with a password. Save a copy without it, and attach that.');
    throw error;
  }
}

/** Undefined for a page that cannot be read. */
async function pageText(pdf: Pdf, number: number): Promise<string | undefined> {
  try {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    page.cleanup();
    const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
    return tidy(text).trim();
  } catch {
    return undefined;
  }
}

/** Pages stand apart by an empty line. */
function join(pages: readonly string[]): { text: string; anchors: Anchor[] } {
  const anchors: Anchor[] = [];
  let at = 0;
  for (const [index, page] of pages.entries()) {
    anchors.push({ at, page: index + 1 });
    at += page.length + 2;
  }
  return { text: pages.join('\n\n'), anchors };
}

function notes(pages: readonly string[], broken: number, all: number): string {
  const empty = pages.filter((page) => page === '').length - broken;
  return [
    'Pictures and layout are left out.',
    empty > 0 && `${empty} of ${pages.length} pages hold no text.`,
    broken > 0 && `${broken} of ${pages.length} pages are damaged and were left out.`,
    pages.length < all &&
      `Only the first ${pages.length.toLocaleString('en')} of ${all.toLocaleString('en')} pages were read.`,
  ]
    .filter((sentence) => sentence !== false)
    .join(' ');
}
