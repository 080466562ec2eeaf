/** The contract between the core and the reader process: bytes go in, text, parts or conversations come out; never a path. */
import * as v from 'valibot';
import { call, schema, stream } from '../wire/index.ts';
import { document, documentKind } from './door.ts';
import type { Told as ToldPart, Part } from './parts.ts';
import type { Parsed, ParsedConversation } from './ports.ts';
import type { Reading } from './readers/reading.ts';

/** Bytes of one `reader.feed`. */
export const CHUNK = 1 << 20;
/** UTF-16 units of one document's text; the rest is left out, and its note says so. */
export const MOST_CHARACTERS = 5_000_000;
/** UTF-16 units of one part's text: two bytes each fit into a frame. A longer document is told in several. */
export const MOST_PART = 4_000_000;
/** UTF-16 units of conversations or parts that may be on their way to whoever stores them, besides the one that is being read. */
export const MOST_UNTAKEN = 4_000_000;

/** Quotes of one answer. */
export const MOST_SOURCES = 100;

/** Codes that may come from the process; whatever else it says is taken for a crash. */
export const FAULTS: ReadonlySet<string> = new Set([
  ...['unknown-kind', 'too-large', 'unreadable', 'encrypted-file', 'no-text', 'not-an-export', 'picture'],
  // Of the core's own, on the way to and from it.
  ...['reader-timeout', 'reader-crashed', 'file-missing', 'bad-upload', 'closed'],
]);

const time = v.exactOptional(v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(8.64e15)));
const short = v.pipe(v.string(), v.maxLength(1000));

const source = v.object({
  n: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(999)),
  file: v.pipe(v.string(), v.maxLength(4096)),
  name: short,
  title: v.exactOptional(short),
  kind: documentKind,
  page: v.exactOptional(v.pipe(v.number(), v.safeInteger())),
  heading: v.exactOptional(short),
  date: time,
  quote: v.pipe(v.string(), v.maxLength(2000)),
  cited: v.exactOptional(v.boolean()),
  gone: v.exactOptional(v.boolean()),
  weight: v.exactOptional(v.picklist(['much', 'little', 'none'])),
});
const message = v.object({
  id: short,
  parent: v.nullable(short),
  role: v.picklist(['user', 'assistant']),
  text: v.string(),
  at: time,
  model: v.exactOptional(short),
  attachments: v.exactOptional(v.array(v.object({ name: short, text: v.exactOptional(v.string()) }))),
  sources: v.exactOptional(
    v.pipe(
      v.array(source),
      v.maxLength(MOST_SOURCES),
      v.check((all) => new Set(all.map(({ n }) => n)).size === all.length, 'has a number twice'),
    ),
  ),
  state: v.exactOptional(v.picklist(['stopped', 'cut-off', 'failed'])),
});
const conversation: v.GenericSchema<ParsedConversation> = v.object({
  from: v.picklist(['chatgpt', 'claude', 'daimon']),
  id: short,
  title: v.string(),
  createdAt: time,
  changedAt: time,
  messages: v.array(message),
  tip: v.exactOptional(short),
  folder: v.exactOptional(short),
  pinned: v.exactOptional(v.boolean()),
});
/** A document with the place of each page in its text. */
export const reading = v.object({
  ...document.entries,
  text: v.pipe(v.string(), v.maxLength(MOST_CHARACTERS)),
  note: v.exactOptional(v.pipe(v.string(), v.maxLength(1000))),
  pages: v.exactOptional(schema.count),
  anchors: v.exactOptional(v.array(v.object({ at: schema.count, page: schema.count }))),
  title: v.exactOptional(short),
  date: time,
  language: v.exactOptional(v.pipe(v.string(), v.regex(/^[a-z]{3}$/))),
});

const part: v.GenericSchema<Part> = v.object({
  kind: documentKind,
  text: v.pipe(v.string(), v.maxLength(MOST_PART)),
  title: v.exactOptional(short),
  date: time,
  pages: v.exactOptional(schema.count),
  anchors: v.exactOptional(v.array(v.object({ at: schema.count, page: schema.count }))),
  language: v.exactOptional(v.pipe(v.string(), v.maxLength(8))),
  note: v.exactOptional(short),
});

const progress = { done: v.number(), total: v.number() };
export const parsed: v.GenericSchema<Parsed> = v.variant('kind', [
  v.object({ kind: v.literal('conversation'), conversation, ...progress }),
  v.object({ kind: v.literal('refused'), why: v.string(), ...progress }),
]);

const refused = v.object({ kind: v.literal('refused'), why: short, ...progress });
export const partTold: v.GenericSchema<ToldPart & { done: number; total: number }> = v.variant('kind', [
  v.object({ kind: v.literal('part'), part, ...progress }),
  refused,
]);

/** What a parser of exports says of the next conversation; the process adds how far it has read. */
export type Told =
  | { readonly kind: 'conversation'; readonly conversation: ParsedConversation }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * How the process calls the parser of exports (`exports/parse.ts`), once for each export, in the confined process: no
 * file, no network, Node's modules replaced by refusals (`confine.ts` holds the list of those that are left).
 *
 * `bytes` is the whole file from its beginning, in chunks of at most 1 MiB; each is asked for when the parser asks, so
 * that a parser which reads slowly keeps nothing waiting in memory. It may be read once. Leaving it early is fine (the
 * core then stops sending). When the person stops, or the core goes, `bytes` throws and the iterator's `return` is
 * called: a `finally` runs, and nothing need be cleaned up besides, since the process may be killed at any point.
 * `name` is the file's own name without folder: a hint only, the bytes decide.
 *
 * Yield each conversation as soon as it is complete: the process waits with `next()` while what was yielded has not
 * been stored (at most `MOST_UNTAKEN` units of text ahead). A conversation that cannot be read is yielded as `refused`
 * with one plain sentence, and the others go on; a file that is no export throws Fault `not-an-export`. Whatever else is
 * thrown reaches the person as `unreadable`. A parser that yields nothing and asks for no bytes for 60 s is killed.
 */
export type ParseExport = (bytes: AsyncIterable<Uint8Array>, name: string) => AsyncIterable<Told>;

export interface GivenFile {
  /** As for `ParseExport`: once, from the beginning, asked for when wanted. */
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly name: string;
  readonly size: number;
}
/** How the process calls what reads all documents of a file (`parts-read.ts`); what stands at `ParseExport` holds here. */
export type ReadParts = (
  file: GivenFile & { readonly ocr: boolean; readonly attached: boolean },
) => AsyncIterable<ToldPart>;
/** The same file as one text, of which a large archive gives its beginning. */
export type ReadWhole = (file: GivenFile) => Promise<Reading>;

const bytes = v.pipe(
  v.custom<Uint8Array>((value) => value instanceof Uint8Array, 'is not bytes'),
  v.check((value) => value.length <= CHUNK, 'must have at most 1 MiB'),
);
const file = v.strictObject({ name: schema.text(1000), size: schema.count });

/** One `reader.document`, `reader.conversations` or `reader.parts` at a time; it is asked first, then fed. */
export const readerDoor = {
  'reader.document': call('Reads one document from the bytes that are fed.', file, reading),
  'reader.conversations': stream('Reads the conversations of one export from the bytes that are fed.', file, parsed),
  'reader.parts': stream(
    'Reads all documents of one file from the bytes that are fed: one, or those of a mail archive, an export, a chat.',
    v.strictObject({ ...file.entries, ocr: v.boolean(), attached: v.boolean() }),
    partTold,
  ),
  'reader.feed': call(
    'Hands over the next bytes; answers when there is room for more, or `enough` when no more are wanted.',
    v.strictObject({ bytes, last: v.boolean() }),
    v.object({ enough: v.boolean() }),
  ),
  'reader.taken': call(
    'The oldest conversation or part that was not yet told of is stored.',
    schema.empty,
    schema.empty,
  ),
  'reader.confinement': call(
    'What the process finds closed to itself.',
    schema.empty,
    v.object({ permissions: v.boolean(), network: v.boolean() }),
  ),
} as const;
