/** The conversations of an export, whoever made it; called in the reader process as `../process-door.ts` says. */
import { Fault, isFault } from '../../wire/index.ts';
import type { ParsedConversation } from '../ports.ts';
import type { ParseExport, Told } from '../process-door.ts';
import { fromChatgpt, isChatgpt } from './chatgpt.ts';
import { fromClaude, isClaude } from './claude.ts';
import { elements, type Element, type ElementLimits } from './elements.ts';
import { asUtf8 } from './encoding.ts';
import { fromOurs, isOurs } from './ours.ts';
import { pullFrom } from './pull.ts';
import { isObject, listOf } from './values.ts';
import { entriesOf, ZIP_LIMITS, type ZipLimits } from './zip.ts';

/**
 * JSON of one conversation: the largest real ones have some megabytes. A mapping of a million nodes has two million
 * parts; the worst that fits was read with the reader's heap of 512 MB.
 */
const ELEMENT_LIMITS: ElementLimits = { most: 64 << 20, deepest: 200, parts: 2_500_000 };
/** The same limit as for a message that is written here; screens and search are made for it. */
const LONGEST_MESSAGE = 1_500_000;
/** Text of one attachment, as the reader of documents gives it. */
const LONGEST_ATTACHMENT = 5_000_000;
/** With one message; each is two rows that are kept at once, while an answer may be waiting for the database. */
const MOST_ATTACHMENTS = 1000;
/** A file whose first so many values are no conversations is no export, however much follows. */
const STRANGERS = 20;

/** As it lies in the archive: `conversations.json`, `conversations-000.json`, our own `.jsonl`; in any folder. */
const CONVERSATIONS = /(?:^|[/\\])(?:conversations(?:-\d+)?\.json|[^/\\]*\.jsonl)$/i;

const notAnExport = () =>
  new Fault(
    'not-an-export',
    'This is not an export of conversations that daimon knows. It reads: the ZIP file of ChatGPT (Settings → Data controls → Export data), the ZIP file of Claude (Settings → Privacy → Export data), conversations.json out of either, and the JSON Lines file that daimon itself exports. Nothing was changed.',
  );

const cutOff = () =>
  new Fault(
    'unreadable',
    'This file ends in the middle of its first conversation, so nothing was brought. Download the export again.',
  );

const tooLarge = () =>
  new Fault(
    'too-large',
    'Nothing in this file could be read: what it holds is larger than 64 MB, and no single conversation is. Nothing was changed.',
  );

/** @throws Fault `not-an-export`, `unreadable`, `encrypted-file`, `too-large` */
export const parseExport: ParseExport = (bytes) => parseWith(bytes);

/** `parseExport` with limits that a test can reach. */
export async function* parseWith(
  bytes: AsyncIterable<Uint8Array>,
  limits: { readonly element?: ElementLimits; readonly zip?: ZipLimits } = {},
): AsyncGenerator<Told> {
  const pull = pullFrom(bytes);
  try {
    const head = (await pull.exactly(4)).slice();
    pull.putBack(head);
    const readText = (text: AsyncIterable<Uint8Array>) => conversationsOf(text, limits.element ?? ELEMENT_LIMITS);
    if (head[0] !== 0x50 || head[1] !== 0x4b) {
      yield* readText(pull.rest());
      return;
    }
    let found = false;
    try {
      for await (const entry of entriesOf(pull, (name) => CONVERSATIONS.test(name), limits.zip ?? ZIP_LIMITS)) {
        try {
          for await (const told of readText(entry.bytes)) {
            found = true;
            yield told;
          }
        } catch (error) {
          // Some other program's file of that name, beside the ones that we know.
          if (!isFault(error, 'not-an-export')) throw error;
        }
      }
    } catch (error) {
      if (!found || !isFault(error)) throw error;
      yield { kind: 'refused', why: error.message };
    }
    if (!found) throw notAnExport();
  } finally {
    await pull.close();
  }
}

async function* conversationsOf(text: AsyncIterable<Uint8Array>, limits: ElementLimits): AsyncGenerator<Told> {
  let known = false;
  let strangers = 0;
  let large = false;
  for await (const element of elements(jsonOnly(asUtf8(text)), limits)) {
    if (element.kind === 'cut' && !known) throw cutOff();
    const value = valueOf(element);
    for (const told of toldOf(element, value)) {
      // Before the first conversation nothing is said: this may be any file.
      if (told.kind === 'conversation' || isConversation(value)) known = true;
      if (known) {
        for (; strangers > 0; strangers--) yield STRANGER;
        yield told;
      } else if (element.kind === 'too-large') {
        large = true;
        strangers++;
      } else if (++strangers >= STRANGERS) throw notAnExport();
    }
  }
  if (!known) throw large ? tooLarge() : notAnExport();
}

/** Passes on what begins as our JSON does; a film of 2 GB is not scanned to its end. */
async function* jsonOnly(text: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let begun = false;
  for await (const chunk of text) {
    if (!begun) {
      const first = chunk.find((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
      if (first !== undefined && first !== 0x5b && first !== 0x7b) throw notAnExport();
      begun = first !== undefined;
    }
    yield chunk;
  }
}

const STRANGER = { kind: 'refused', why: 'It is not a conversation, or damaged.' } as const;
const REASONS: Record<Exclude<Element['kind'], 'value'>, string> = {
  'too-large': 'It is larger than 64 MB, or has more parts than any conversation.',
  'too-deep': 'It is nested more deeply than any conversation.',
  cut: 'The file ends in the middle of it; download the export again.',
};

const isConversation = (value: unknown) => isOurs(value) || isChatgpt(value) || isClaude(value);

function valueOf(element: Element): unknown {
  if (element.kind !== 'value') return undefined;
  try {
    return JSON.parse(element.text);
  } catch {
    return undefined;
  }
}

function* toldOf(element: Element, value: unknown): Generator<Told> {
  if (element.kind !== 'value') {
    yield { kind: 'refused', why: REASONS[element.kind] };
    return;
  }
  // Some programs wrap the array into an object.
  const wrapped = isObject(value) && !isConversation(value) ? listOf(value, 'conversations') : [];
  if (wrapped.length > 0) for (const one of wrapped) yield check(read(one));
  else yield check(read(value));
}

function read(value: unknown): ParsedConversation | string {
  try {
    if (isOurs(value)) return fromOurs(value);
    if (isChatgpt(value)) return fromChatgpt(value);
    if (isClaude(value)) return fromClaude(value);
  } catch {
    // What nobody thought of costs this conversation alone.
  }
  return STRANGER.why;
}

function check(read: ParsedConversation | string): Told {
  if (typeof read === 'string') return { kind: 'refused', why: read };
  const { messages } = read;
  if (messages.length === 0) return { kind: 'refused', why: 'Nothing was said in it.' };
  if (messages.some(({ text }) => text.length > LONGEST_MESSAGE))
    return { kind: 'refused', why: 'A message in it is longer than 1,500,000 characters.' };
  if (messages.some(({ attachments = [] }) => attachments.length > MOST_ATTACHMENTS))
    return { kind: 'refused', why: 'A message in it has more than 1,000 files.' };
  if (messages.some(({ attachments }) => attachments?.some(({ text = '' }) => text.length > LONGEST_ATTACHMENT)))
    return { kind: 'refused', why: 'A document in it is longer than 5,000,000 characters.' };
  // Ids of strangers are only as long as what keeps them allows.
  return { kind: 'conversation', conversation: { ...read, id: read.id.slice(0, 500) } };
}
