/** The parts of mails: each mail is one, and so is each document that hangs on it, of the kinds that are read. */
import { isFault } from '../../wire/index.ts';
import type { Told } from '../parts.ts';
import { oneLine, partOf } from '../parts-finish.ts';
import type { ReadDocument } from '../readers/reading.ts';
import { human } from '../size.ts';
import { readMail, type Attached, type Mail } from './mail.ts';
import { envelopeDate, mailsOf } from './mbox.ts';

export interface MailOptions {
  readonly readDocument: ReadDocument;
  readonly ocr: boolean;
  /** Whether documents that hang on mails are read. */
  readonly attached: boolean;
}

/** Providers carry 25 to 50 MB; base64 makes four bytes of three. */
export const MOST_MAIL = 64 << 20;
/** Of one attached document, and how many of one mail: an archive has thousands of mails to get through. */
const MOST_ATTACHED = 8 << 20;
const MOST_READ = 20;
/** Mails within mails. */
const DEEPEST = 3;
const LONGEST_MS = 20_000;
/** What hangs on mails and is no document: its name stands in the mail, and that is all there is to say. */
const SILENT = new Set(['unknown-kind', 'no-text', 'picture', 'too-large']);

/** @param envelope of an mbox: says when the mail came, where the mail does not */
export async function* partsOfMail(
  bytes: Uint8Array,
  options: MailOptions,
  { envelope = '', within = '', depth = 0 } = {},
): AsyncGenerator<Told> {
  let mail: Mail | undefined;
  try {
    mail = await readMail(bytes);
  } catch {
    // What it says may quote the mail.
  }
  if (!mail || mail.text === '') {
    yield { kind: 'refused', why: 'This mail is damaged, or none: no sender, date or subject could be found in it.' };
    return;
  }
  const date = mail.date ?? envelopeDate(envelope);
  const title = oneLine([within, mail.title].filter((one) => one !== '').join(' › '));
  const dated = date !== undefined ? { date } : {};
  yield* partOf({ kind: 'mail', text: mail.text, title, ...dated, ...(mail.note && { note: mail.note }) });
  for (const attached of mail.attached.slice(0, MOST_READ)) {
    if (attached.bytes.length === 0 || attached.bytes.length > MOST_ATTACHED) continue;
    if (attached.isMail && depth < DEEPEST)
      yield* partsOfMail(attached.bytes, options, { within: title, depth: depth + 1 });
    else if (options.attached) yield* documentOf(attached, { ...options, title, ...dated });
  }
}

async function* documentOf(
  { name, bytes }: Attached,
  { readDocument, ocr, title, date }: MailOptions & { readonly title: string; readonly date?: number },
): AsyncGenerator<Told> {
  const named = [title, name].filter((one) => one !== '').join(' › ');
  try {
    const { characters: _, ...found } = await soon(readDocument({ bytes, name, ...(ocr && { ocr }) }));
    yield* partOf({ ...found, title: named, ...(date !== undefined && { date }) });
  } catch (error) {
    if (isFault(error) && SILENT.has(error.code)) return;
    const why = isFault(error) ? error.message : 'It took too long to read, or is damaged.';
    yield { kind: 'refused', why: `${name}, attached to a mail: ${why}` };
  }
}

function soon<T>(reading: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('late')), LONGEST_MS);
    reading.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** All mails of an mbox, as it streams by. */
export async function* partsOfMbox(chunks: AsyncIterable<Uint8Array>, options: MailOptions): AsyncGenerator<Told> {
  for await (const piece of mailsOf(chunks, MOST_MAIL)) {
    if (piece.kind === 'mail') yield* partsOfMail(piece.bytes, options, { envelope: piece.envelope });
    else yield { kind: 'refused', why: `A mail is larger than ${human(MOST_MAIL)}.` };
  }
}
