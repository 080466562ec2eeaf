/** PDF: the text of each page in its order, with the place where the page begins (the one user of unpdf). */
import { getDocumentProxy, getResolvedPDFJS } from 'unpdf';
import { Fault } from '../../wire/index.ts';
import { MOST_CHARACTERS } from '../process-door.ts';
import { paragraphs, type Run } from './lines.ts';
import { joinPages } from './pages.ts';
import { about } from './pdf-about.ts';
import { recognise, scanOf, type Recognised } from './pdf-scan.ts';
import { MOST_PIXELS, unread } from './picture.ts';
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
 * @throws Fault `encrypted-file`, `no-text`, `picture` for a scan where recognition is off, `unreadable`
 */
export async function readPdf(
  { bytes, ocr, letters }: Given,
  now: () => number = () => performance.now(),
): Promise<Raw> {
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
    const scans = pages.flatMap((text, index) => (text === '' ? [index + 1] : []));
    const recognised =
      ocr && letters && scans.length > 0
        ? await recognise(scans, {
            letters: letters(),
            picture: (number) => pictureOf(pdf, number),
            enough: () => now() - began > ENOUGH_MS,
          })
        : undefined;
    for (const [number, text] of recognised?.texts ?? []) pages[number - 1] = text;
    if (pages.every((text) => text === '')) throw recognised ? nothing() : await wordless(pdf);
    return {
      kind: 'pdf',
      ...joinPages(pages),
      pages: pages.length,
      ...about(await metadata(pdf)),
      note: notes(pages, broken, pdf.numPages, recognised),
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
      maxImageSize: MOST_PIXELS,
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

async function metadata(pdf: Pdf): Promise<Record<string, unknown>> {
  try {
    return (await pdf.getMetadata()).info as Record<string, unknown>;
  } catch {
    return {};
  }
}

const pictureOf = async (pdf: Pdf, number: number) =>
  scanOf(await pdf.getPage(number), (await getResolvedPDFJS()).OPS).catch(() => undefined);

/** A PDF without text is a scan if it shows pictures. */
async function wordless(pdf: Pdf): Promise<Fault> {
  for (let number = 1; number <= Math.min(pdf.numPages, LOOKED_AT); number++)
    if (await pictureOf(pdf, number).catch(() => undefined))
      return unread('holds pictures of pages and no text, as a scan does');
  return nothing();
}
const LOOKED_AT = 3;
const nothing = () => new Fault('no-text', 'This PDF holds no text, or none that daimon can make out.');

function notes(pages: readonly string[], broken: number, all: number, recognised: Recognised | undefined): string {
  const empty = pages.filter((page) => page === '').length - broken;
  return [
    'Pictures and layout are left out.',
    empty > 0 && `${empty} of ${pages.length} pages hold no text.`,
    recognised !== undefined &&
      recognised.texts.size > 0 &&
      `The text of ${recognised.texts.size} of ${pages.length} pages was recognised in pictures, so some letters may be wrong.`,
    recognised !== undefined &&
      recognised.left > 0 &&
      `${recognised.left} more pages are pictures and were not read, for want of time.`,
    broken > 0 && `${broken} of ${pages.length} pages are damaged and were left out.`,
    pages.length < all &&
      `Only the first ${pages.length.toLocaleString('en')} of ${all.toLocaleString('en')} pages were read.`,
  ]
    .filter((sentence) => sentence !== false)
    .join(' ');
}
