/** Whose file it is that may hold many documents: told by its first bytes, and by its name among files of text. */
import { isMbox } from './mails/mbox.ts';
import { isWhatsapp } from './messengers/whatsapp.ts';
import { isBinary } from './readers/decode.ts';

export type Sniffed = 'mbox' | 'mail' | 'zip' | 'conversations' | 'telegram' | 'whatsapp' | 'document';

/** Bytes that are looked at. */
export const PEEK = 64 << 10;

/** Headers that every mail has some of, and hardly any other text that begins with "Name: value". */
const MAIL =
  /^(?:From|Date|Message-ID|Received|Return-Path|MIME-Version|Delivered-To|X-[\w-]+|DKIM-Signature|To|Subject)$/i;
const HEADER = /^([\x21-\x39\x3b-\x7e]+):(?:[ \t]|$)/;
const FOLDED = /^[ \t]/;
/** An exported patch begins as an archive of mails does, and is code. */
const NO_MAIL = new Set(['patch', 'diff', 'md', 'markdown', 'html', 'htm', 'json', 'csv', 'http', 'yaml', 'yml']);

export function sniff(head: Uint8Array, name: string): Sniffed {
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  const text = textOf(head);
  if (text === undefined) return head[0] === 0x50 && head[1] === 0x4b ? 'zip' : 'document';
  if (/^\s*[[{]/.test(text)) return jsonOf(text);
  if (NO_MAIL.has(extension)) return 'document';
  if (isMbox(text)) return 'mbox';
  if (isMail(text, extension === 'eml' || extension === 'emlx')) return 'mail';
  return isWhatsapp(text, name) ? 'whatsapp' : 'document';
}

function textOf(head: Uint8Array): string | undefined {
  const [a, b] = head;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(head);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(head);
  return isBinary(head) ? undefined : new TextDecoder().decode(head);
}

/** What each export has near its beginning. Who takes it looks more closely, and may still say that it is none. */
function jsonOf(head: string): Sniffed {
  if (/"(?:mapping|chat_messages)"\s*:/.test(head) || /"daimon"\s*:\s*"conversation"/.test(head))
    return 'conversations';
  const telegram =
    /"type"\s*:\s*"(?:personal_chat|private_\w+|public_\w+|bot_chat|saved_messages)"/.test(head) ||
    (/"personal_information"\s*:/.test(head) && /"about"\s*:/.test(head));
  return telegram ? 'telegram' : 'document';
}

function isMail(head: string, named: boolean): boolean {
  let known = 0;
  let who = false;
  const lines = head.replace(/^\d+[ \t]*\r?\n/, '').split(/\r?\n/, 200);
  for (const [i, line] of lines.entries()) {
    if (line === '') break;
    if (i > 0 && FOLDED.test(line)) continue;
    const name = HEADER.exec(line)?.[1];
    if (name === undefined) return false;
    if (MAIL.test(name)) known++;
    who ||= /^(?:From|Received|Return-Path|Message-ID|MIME-Version)$/i.test(name);
  }
  return named ? known > 0 : known >= 3 && who;
}
