/** Which reader takes a file: its bytes decide, its name only among kinds of text. */
import { Fault } from '../../wire/index.ts';
import { magic } from './magic.ts';
import { lockedDocument } from './refusals.ts';
import { finish } from './tidy.ts';
import type { Given, Raw, ReadDocument } from './reading.ts';

/** Unpacked: no larger than a file that comes as it is. */
const MOST_GUNZIPPED = 64 << 20;

/**
 * Reads one document. Each reader is loaded when a file of its kind comes.
 *
 * @throws Fault `unknown-kind`, `encrypted-file`, `no-text`, `too-large`, `unreadable`, `picture`
 */
export const readDocument: ReadDocument = async (given) => {
  let raw: Raw;
  try {
    raw = await read(given);
  } catch (error) {
    throw error instanceof Fault ? error : damaged(error);
  }
  if (raw.text.trim() === '') throw new Fault('no-text', 'This file is empty: there is no text in it.');
  return finish(raw, (await import('./language.ts')).languageOf);
};

async function read(given: Given, unpacked = false): Promise<Raw> {
  const { bytes, name } = given;
  const extension = extensionOf(name);
  const found = magic(bytes, extension);
  switch (found.is) {
    case 'pdf':
      return (await import('./pdf.ts')).readPdf(given);
    case 'zip':
      return readZip(given);
    case 'gzip': {
      // A bomb in a bomb: one layer is what documentation has.
      if (unpacked) throw archive();
      const { gunzip } = await import('./unpack.ts');
      const inside = gunzip(bytes, MOST_GUNZIPPED);
      return read({ ...given, bytes: inside, name: name.replace(/\.(?:gz|tgz|svgz)$/i, '') }, true);
    }
    case 'picture':
      return (await import('./picture.ts')).readPicture(given);
    case 'ole':
      throw ole(bytes);
    case 'other':
      throw new Fault('unknown-kind', `This file is ${found.what}.`);
    case 'text':
      return readWords(given, extension);
  }
}

/** Kinds that are none without their bytes. */
const NEVER_TEXT = new Set(['pdf', 'docx', 'pptx', 'xlsx', 'odt', 'ods', 'odp', 'epub']);
const HTML = new Set(['html', 'htm', 'xhtml', 'xht', 'shtml']);
/** A page under a name that says nothing. */
const HTML_HEAD = /^\ufeff?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)?<(?:!doctype\s+html|html)[\s>]/i;

/** Kinds of text: here the name has a say. A file that is not what its name says is text as any other. */
async function readWords(given: Given, extension: string): Promise<Raw> {
  if (NEVER_TEXT.has(extension))
    throw new Fault('unknown-kind', `This file is named ${extension.toUpperCase()}, but is none; it was not read.`);
  const { readText } = await import('./text.ts');
  const { bytes, name } = given;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096)).toString('latin1');
  if (HTML.has(extension) || (HTML_HEAD.test(head) && !/^(?:md|markdown|php|erb|j2|vue|svelte)$/.test(extension)))
    return (await import('./html.ts')).readHtml(given);
  if (extension === 'csv' || extension === 'tsv') return (await import('./csv.ts')).readCsv(given);
  if (extension === 'ipynb') {
    const book = (await import('./notebook.ts')).readNotebook(given);
    if (book) return book;
  }
  if (JSON_NAMED.has(extension)) return (await import('./json.ts')).readJson(given) ?? readText(given, extension);
  if (extension === 'srt' || extension === 'vtt')
    return (await import('./subtitles.ts')).readSubtitles(given) ?? readText(given, extension);
  const { isMarkup, readMarkup } = await import('./markup.ts');
  if (isMarkup(extension)) return readMarkup(given, extension);
  const { isManual, readManual } = await import('./man.ts');
  return isManual(name, head) ? readManual(given) : readText(given, extension);
}
const JSON_NAMED = new Set(['json', 'jsonl', 'ndjson', 'geojson', 'ipynb', 'webmanifest']);

/** By a part that each of these has and the others have not. */
const ZIPPED: readonly {
  readonly has: RegExp;
  readonly read?: (given: Given) => Promise<Raw>;
  readonly what?: string;
}[] = [
  { has: /^word\/document\.xml$/, read: async (given) => (await import('./docx.ts')).readDocx(given) },
  { has: /^ppt\/presentation\.xml$/, read: async (given) => (await import('./pptx.ts')).readPptx(given) },
  { has: /^xl\/workbook\.xml$/, read: async (given) => (await import('./xlsx.ts')).readXlsx(given) },
  { has: /^xl\/workbook\.bin$/, what: 'a binary workbook, which daimon does not read; save it as XLSX' },
  { has: /^META-INF\/container\.xml$/, read: async (given) => (await import('./epub.ts')).readEpub(given) },
  {
    has: /^encrypted-package$/,
    read: () => Promise.reject(lockedDocument()),
  },
  { has: /^content\.xml$/, read: async (given) => (await import('./odf.ts')).readOdf(given) },
];

async function readZip(given: Given): Promise<Raw> {
  const { namesIn } = await import('./unpack.ts');
  const names = namesIn(given.bytes);
  const found = ZIPPED.find(({ has }) => names.some((name) => has.test(name)));
  if (found?.read) return found.read(given);
  throw found?.what ? new Fault('unknown-kind', `This file is ${found.what}.`) : archive();
}

const archive = () =>
  new Fault('unknown-kind', 'This file is an archive, not a document; unpack it and attach what is inside.');

/** Word before 2007, or a newer document that is locked: Office wraps those in the old container ([MS-OFFCRYPTO] 2.3.4). */
function ole(bytes: Uint8Array): Fault {
  const name = Buffer.from('EncryptedPackage', 'utf16le');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(name)
    ? lockedDocument()
    : new Fault('unknown-kind', 'This is a document of an old Office, which daimon does not read; save it as DOCX.');
}

/** `Report.PDF` → `pdf`; a file without an extension gives its name: `Makefile` → `makefile`, `.env` → `env`. */
const extensionOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase();

const damaged = (cause: unknown) =>
  new Fault(
    'unreadable',
    'This file is damaged, or not what its name says, and could not be read. Nothing else is affected.',
    {
      cause,
    },
  );
