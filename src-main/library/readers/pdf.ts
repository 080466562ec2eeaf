/** PDF: the text of each page in its order, with the place where the page begins (the one user of unpdf). */
import { getDocumentProxy } from 'unpdf';
import { Fault } from '../../wire/index.ts';
import { MOST_CHARACTERS } from '../process-door.ts';
import { paragraphs, type Run } from './lines.ts';
import { joinPages } from './pages.ts';
import { tidy } from './tidy.ts';
import type { Given, Raw } from './reading.ts';

/** The process is ended after 60 s; what was read until here is better than nothing. */
const ENOUGH_MS = 45_000;
/** A directory may claim a billion pages; after so many in a row that cannot be read we believe none. */
const MOST_BROKEN = 20;
const QUIET = 0;

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;
interface TextItem {
  readonly str: string;
  /** Scale, rotation, place. */
  readonly transform: readonly unknown[];
  readonly height: number;
  readonly hasEOL: boolean;
}

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
    return {
      kind: 'pdf',
      ...joinPages(pages),
      pages: pages.length,
      ...(await about(pdf)),
      note: notes(pages, broken, pdf.numPages),
    };
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
    return tidy(paragraphs(items.flatMap((item) => ('str' in item ? [runOf(item)] : [])))).trim();
  } catch {
    return undefined;
  }
}

const runOf = ({ str, transform, height, hasEOL }: TextItem): Run => ({
  text: str,
  x: Number(transform[4]),
  y: Number(transform[5]),
  size: height,
  ends: hasEOL,
});

/** What the file says of itself; both are often nonsense of the program that made it, so only what looks right is kept. */
async function about(pdf: Pdf): Promise<{ title?: string; date?: number }> {
  try {
    const info = (await pdf.getMetadata()).info as Record<string, unknown>;
    const title = typeof info['Title'] === 'string' ? info['Title'].trim() : '';
    const date = pdfDate(info['ModDate']) ?? pdfDate(info['CreationDate']);
    return {
      ...(title !== '' && !FILE_NAME.test(title) && { title }),
      ...(date !== undefined && { date }),
    };
  } catch {
    return {};
  }
}
const FILE_NAME = /^(?:untitled|microsoft word - .*|.*\.(?:docx?|dvi|tex|indd|qxd|pptx?|xlsx?|ps|pmd))$/i;

/** `D:20180110135959+01'00'`: all after the year may be missing (ISO 32000-1, 7.9.4). */
export function pdfDate(text: unknown): number | undefined {
  const found = typeof text === 'string' ? DATE.exec(text) : null;
  if (!found) return undefined;
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', sign, h = '00', m = '00'] = found;
  const zone = sign === '+' || sign === '-' ? `${sign}${h}:${m}` : 'Z';
  const date = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  return Number.isNaN(date) ? undefined : date;
}
const DATE =
  /^(?:D:)?(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)?)?)?)?)?)?(?:([Z+-])(?:(\d\d)'?(\d\d)?'?)?)?/;

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
