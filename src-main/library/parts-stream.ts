/** The parts of one stream that holds many: mails, conversations with an assistant, chats. */
import { Fault } from '../wire/index.ts';
import type { Told } from './parts.ts';
import type { MailOptions } from './mails/parts.ts';
import type { Sniffed } from './sniff.ts';

export interface StreamOptions extends MailOptions {
  /** The file's own: a chat may have its name from it. */
  readonly name: string;
}
export type Many = Exclude<Sniffed, 'document' | 'zip'>;

/** What has no good end to be cut at is read as a whole. */
const WHOLE = 64 << 20;
/** Apple Mail: the mail's length in bytes, the mail, what Mail noted about it. */
const EMLX = /^(\d{1,12})[ \t]*\r?\n/;

/**
 * Reads the stream as the kind that `sniff` said. Each reader is loaded when a file of its kind comes.
 *
 * @throws Fault `not-an-export` before the first part, when a stream of JSON holds no conversation
 */
export async function* partsOfStream(
  kind: Many,
  bytes: AsyncIterable<Uint8Array>,
  options: StreamOptions,
): AsyncGenerator<Told> {
  switch (kind) {
    case 'mbox':
      yield* (await import('./mails/parts.ts')).partsOfMbox(bytes, options);
      return;
    case 'mail':
      yield* (await import('./mails/parts.ts')).partsOfMail(unwrapped(await wholeOf(bytes)), options);
      return;
    case 'whatsapp':
      yield* (await import('./messengers/whatsapp.ts')).partsOfWhatsapp(await wholeOf(bytes), options.name);
      return;
    case 'telegram':
      yield* (await import('./messengers/telegram.ts')).partsOfTelegram(bytes);
      return;
    case 'conversations': {
      const { parseWith } = await import('./exports/parse.ts');
      yield* (await import('./exports/as-parts.ts')).partsOfConversations(parseWith(bytes));
      return;
    }
  }
}

async function wholeOf(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > WHOLE) throw new Fault('too-large', 'This mail or chat has more than 64 MB, so it was not read.');
    chunks.push(chunk.slice());
  }
  return Buffer.concat(chunks, size);
}

function unwrapped(mail: Uint8Array): Uint8Array {
  const head = Buffer.from(mail.subarray(0, 32)).toString('latin1');
  const found = EMLX.exec(head);
  return found ? mail.subarray(found[0].length, found[0].length + Number(found[1])) : mail;
}
