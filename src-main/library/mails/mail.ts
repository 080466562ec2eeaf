/** One mail: its headers in clear words, its text, and the files that hang on it (the one user of mailparser). */
import { simpleParser, type AddressObject, type Attachment, type EmailAddress, type ParsedMail } from 'mailparser';
import { oneLine } from '../parts-finish.ts';
import { tidy } from '../readers/tidy.ts';

export interface Mail {
  readonly title: string;
  /** Milliseconds since 1970, as its Date header says. */
  readonly date?: number;
  /** Headers, an empty line, what was written. */
  readonly text: string;
  readonly note?: string;
  readonly attached: readonly Attached[];
}
export interface Attached {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** A mail within the mail. */
  readonly isMail: boolean;
}

/**
 * Nothing is made of a mail but its text: as HTML, with links found and pictures inlined, 400 a second became 310.
 * `checksumAlgo: false`: no hash is needed, and the process has none.
 */
const OPTIONS = {
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
  keepCidLinks: true,
  checksumAlgo: false as const,
  maxHtmlLengthToParse: 4 << 20,
  maxHeadSize: 1 << 20,
};
/** A mail that its parser never ends with costs itself alone; the whole archive has a minute of silence. */
const LONGEST_MS = 20_000;
const MOST_ADDRESSES = 30;
/** Addresses of links as html-to-text writes them: those of newsletters are longer than their text, and say nothing. */
const LINKS = / ?\[(?:https?|mailto|cid|data|tel):[^\]\s]{0,4000}\]/gi;
const KNOWN = ['from', 'to', 'subject', 'date', 'message-id', 'received', 'sender', 'cc', 'bcc', 'delivered-to'];

/** @returns undefined for what is no mail, or so damaged that none of its headers can be found; throws mailparser's errors */
export async function readMail(bytes: Uint8Array): Promise<Mail | undefined> {
  const mail = await within(
    LONGEST_MS,
    simpleParser(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), OPTIONS),
  );
  if (!mail.headers || !KNOWN.some((name) => mail.headers.has(name))) return undefined;
  const title = oneLine(mail.subject ?? '');
  const written = dateLine(mail);
  const date = Date.parse(written.replace(/\([^)]*\)/g, ' '));
  const attached = mail.attachments.filter(({ related }) => !related).map(attachedOf);
  const html = typeof mail.html === 'string';
  const body = tidy(mail.text ?? '');
  const lines = [
    ['From', addresses(mail.from ?? addressesOf(mail, 'sender'))],
    ['To', addresses(mail.to)],
    ['Cc', addresses(mail.cc)],
    ['Date', written],
    ['Subject', title],
    ['Attachments', attached.map(({ name }) => name).join(', ')],
  ].flatMap(([name, value]) => (value ? [`${name}: ${value}`] : []));
  return {
    title,
    ...(Number.isFinite(date) && { date }),
    text: `${lines.join('\n')}\n\n${(html ? body.replace(LINKS, '') : body).trim()}`.trim(),
    ...(mail.textConversionError && { note: 'Its text is HTML that is too large or too deep to be read.' }),
    attached,
  };
}

async function within(ms: number, parsing: Promise<ParsedMail>): Promise<ParsedMail> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the parser does not end')), ms);
  });
  try {
    return await Promise.race([parsing, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The header as it stands. What mailparser makes of a date that it cannot read is today's. */
function dateLine({ headerLines }: ParsedMail): string {
  const line = headerLines?.find(({ key }) => key === 'date')?.line ?? '';
  return oneLine(line.slice(line.indexOf(':') + 1), 100);
}

const addressesOf = (mail: ParsedMail, name: string) => mail.headers.get(name) as AddressObject | undefined;

function addresses(found: AddressObject | readonly AddressObject[] | undefined): string {
  const all = [found ?? []].flat().flatMap(({ value }) => value ?? []);
  const named = all.slice(0, MOST_ADDRESSES).map(address);
  return named.join(', ') + (all.length > named.length ? ` and ${all.length - named.length} more` : '');
}
function address({ name, address, group }: EmailAddress): string {
  if (group) return `${oneLine(name)}: ${group.slice(0, MOST_ADDRESSES).map(one).join(', ')}`;
  return one({ name, ...(address && { address }) });
}
const one = ({ name, address = '' }: Pick<EmailAddress, 'name' | 'address'>) =>
  oneLine(name && address ? `${name} <${address}>` : name || address);

function attachedOf({ filename, contentType, content }: Attachment, i: number): Attached {
  const isMail = contentType === 'message/rfc822';
  return { name: oneLine(filename ?? '') || (isMail ? 'a mail' : `attachment ${i + 1}`), bytes: content, isMail };
}
