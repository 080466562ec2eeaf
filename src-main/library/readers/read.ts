/** Which reader takes a file: its bytes decide, its name only among kinds of text. */
import { Fault } from '../../wire/index.ts';
import { magic } from './magic.ts';
import { finish } from './tidy.ts';
import type { Given, Raw, ReadDocument } from './reading.ts';

/**
 * Reads one document. Each reader is loaded when a file of its kind comes.
 *
 * @throws Fault `unknown-kind`, `encrypted-file`, `no-text`, `too-large`, `unreadable`
 */
export const readDocument: ReadDocument = async (given) => {
  let raw: Raw;
  try {
    raw = await read(given);
  } catch (error) {
    throw error instanceof Fault ? error : damaged(error);
  }
  if (raw.text.trim() === '') throw new Fault('no-text', 'This file is empty: there is no text in it.');
  return finish(raw);
};

async function read(given: Given): Promise<Raw> {
  const { bytes, name } = given;
  const extension = extensionOf(name);
  const found = magic(bytes, extension);
  switch (found.is) {
    case 'pdf':
      return (await import('./pdf.ts')).readPdf(given);
    case 'zip':
      return readZip(given);
    case 'ole':
      throw ole(bytes);
    case 'other':
      throw new Fault('unknown-kind', `This file is ${found.what}.`);
    case 'text':
      if (extension === 'pdf' || extension === 'docx')
        throw new Fault('unknown-kind', `This file is named ${extension.toUpperCase()}, but is none; it was not read.`);
      if (extension === 'csv' || extension === 'tsv') return (await import('./csv.ts')).readCsv(given);
      return (await import('./text.ts')).readText(given, extension);
  }
}

/** By a part that each of these has and the others have not. */
const ZIPPED: readonly {
  readonly has: RegExp;
  readonly read?: (given: Given) => Promise<Raw>;
  readonly what?: string;
}[] = [
  { has: /^word\/document\.xml$/, read: async (given) => (await import('./docx.ts')).readDocx(given) },
  { has: /^ppt\//, what: 'a presentation' },
  { has: /^xl\//, what: 'a spreadsheet' },
  { has: /^META-INF\/container\.xml$/, what: 'an e-book' },
  { has: /^content\.xml$/, what: 'an OpenDocument file' },
];

async function readZip(given: Given): Promise<Raw> {
  const { namesIn } = await import('./unpack.ts');
  const names = namesIn(given.bytes);
  const found = ZIPPED.find(({ has }) => names.some((name) => has.test(name)));
  if (found?.read) return found.read(given);
  throw new Fault(
    'unknown-kind',
    found?.what
      ? `This file is ${found.what}, which daimon does not read yet; save it as PDF and attach that.`
      : 'This file is an archive, not a document; unpack it and attach what is inside.',
  );
}

/** Word before 2007, or a newer document that is locked: Office wraps those in the old container ([MS-OFFCRYPTO] 2.3.4). */
function ole(bytes: Uint8Array): Fault {
  const name = Buffer.from('EncryptedPackage', 'utf16le');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(name)
    ? new Fault('encrypted-file', 'This document is locked with a password. Save a copy without it, and attach that.')
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
