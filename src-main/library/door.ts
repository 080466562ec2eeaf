/** The library's verbs: the person's files are added, read, found, quoted and taken out. */
import * as v from 'valibot';
import { call, schema, stream } from '../wire/index.ts';

/** What a document is. `conversation`: one of an export, or of a messenger; `image`: text that was recognised in it. */
export const documentKind = v.picklist([
  ...(['text', 'markdown', 'code', 'csv', 'json', 'pdf', 'docx', 'pptx', 'xlsx', 'odt'] as const),
  ...(['html', 'epub', 'mail', 'conversation', 'image'] as const),
]);
export type DocumentKind = v.InferOutput<typeof documentKind>;

export const document = v.object({
  /** The file's own name, without its folder. */
  name: v.string(),
  kind: documentKind,
  text: v.string(),
  /** UTF-16 units of `text`. */
  characters: v.number(),
  pages: v.optional(v.number()),
  /** One sentence, such as what of the file could not be read. */
  note: v.optional(v.string()),
});
export type Document = v.InferOutput<typeof document>;

/** How many files are how far. Each is in exactly one of waiting, read, meaning, refused. */
export const counts = v.object({
  files: v.number(),
  /** Not read yet. */
  waiting: v.number(),
  /** Findable by word, not yet by meaning. */
  read: v.number(),
  /** Findable by word and by meaning. */
  meaning: v.number(),
  refused: v.number(),
});
export type Counts = v.InferOutput<typeof counts>;

/** A folder, a single file, or what has no place on disk: pasted text, and files that the window handed over. */
export const place = v.object({
  id: schema.id,
  kind: v.picklist(['folder', 'file', 'given']),
  name: v.string(),
  path: v.optional(v.string()),
  addedAt: v.number(),
  paused: v.boolean(),
  /** Whether text in pictures and scanned pages is recognised. */
  ocr: v.boolean(),
  /** Patterns as in .gitignore, besides the standing ones and the folder's own ignore files. */
  ignore: v.array(v.string()),
  /** `yes`: changes are seen at once; `by-turns`: the system does not tell, so the folder is looked through now and then. */
  watched: v.picklist(['yes', 'by-turns', 'no']),
  counts,
  /** A mail archive has many documents in one file. */
  documents: v.number(),
  /** Refused only because text recognition is off. */
  pictures: v.number(),
  /** One sentence, such as that the folder is not there now. */
  note: v.optional(v.string()),
});
export type LibraryPlace = v.InferOutput<typeof place>;

export const libraryState = v.object({
  places: v.array(place),
  counts,
  /** The running job, if any (`jobs.pause`, `jobs.stop` work too). */
  job: v.optional(schema.id),
  /** What it does now. */
  phase: v.picklist(['idle', 'looking', 'reading', 'meaning', 'paused']),
  passages: v.number(),
  /** Passages that have no vector yet. */
  bare: v.number(),
  /** Files (reading) or passages (meaning) a second, over the last seconds. */
  rate: v.optional(v.number()),
  secondsLeft: v.optional(v.number()),
  /** Whether there is a model that finds by meaning. */
  meaning: v.picklist(['ready', 'absent', 'failed']),
  note: v.optional(v.string()),
});
export type LibraryState = v.InferOutput<typeof libraryState>;

export const libraryFile = v.object({
  id: v.number(),
  place: schema.id,
  /** The whole path; of given files the name alone. */
  path: v.string(),
  name: v.string(),
  state: v.picklist(['waiting', 'read', 'meaning', 'refused']),
  /** Of a refused one: a stable code, and a sentence for the person. */
  code: v.optional(v.string()),
  why: v.optional(v.string()),
  kind: v.optional(documentKind),
  size: v.number(),
  changedAt: v.number(),
  readAt: v.optional(v.number()),
  pages: v.optional(v.number()),
  documents: v.number(),
  passages: v.number(),
  language: v.optional(v.string()),
  note: v.optional(v.string()),
  /** The first of its documents, for `library.open`. */
  document: v.optional(v.number()),
});
export type LibraryFile = v.InferOutput<typeof libraryFile>;

/** From, to, in UTF-16 units of `text`. */
const span = v.tuple([v.number(), v.number()]);

/** A document, and the file that it is or is in. */
const whence = {
  document: v.number(),
  /** The whole path; of given files the name alone. */
  file: v.string(),
  name: v.string(),
  /** Of one document among several in a file: a mail's subject, a conversation's title; or a document's own title. */
  title: v.optional(v.string()),
  kind: documentKind,
  /** The document's own date (a mail's), else the file's. */
  date: v.optional(v.number()),
};
/** A passage, and where it stands. */
export const passageWhence = {
  ...whence,
  passage: v.number(),
  /** Page, slide or sheet. */
  page: v.optional(v.number()),
  /** Path of headings: 'Setting up › Keys'. */
  heading: v.optional(v.string()),
};

export const hit = v.object({
  ...passageWhence,
  place: schema.id,
  text: v.string(),
  /** 0 to 1: how well it fits, calibrated; comparable between questions. */
  score: v.number(),
  /** Fits too badly to count; only with `weak`. */
  weak: v.optional(v.literal(true)),
  by: v.picklist(['word', 'meaning', 'both', 'name']),
  /** Words of the query in `text`. */
  words: v.array(span),
  /** The sentence of `text` that fits best. */
  sentence: span,
});
export type Hit = v.InferOutput<typeof hit>;

export const searchRequest = v.strictObject({
  query: schema.text(2000),
  limit: schema.limit(50, 10),
  places: v.optional(v.pipe(v.array(schema.id), v.maxLength(1000))),
  kinds: v.optional(v.array(documentKind)),
  /** Milliseconds since 1970, of the document's date. */
  since: v.optional(v.number()),
  until: v.optional(v.number()),
  /** Also what fits too badly to count. */
  weak: v.optional(v.boolean()),
});

/** A stretch of a document for reading. */
export const opened = v.object({
  ...whence,
  place: schema.id,
  pages: v.optional(v.number()),
  language: v.optional(v.string()),
  note: v.optional(v.string()),
  /** All passages of the document. */
  total: v.number(),
  /** Neighbours in order; together their texts are the document's text of this stretch. */
  passages: v.array(
    v.object({
      id: v.number(),
      /** 0, 1, 2 … within the document. */
      n: v.number(),
      text: v.string(),
      page: v.optional(v.number()),
      heading: v.optional(v.string()),
    }),
  ),
});
export type Opened = v.InferOutput<typeof opened>;

export const counting = v.object({
  files: v.number(),
  folders: v.number(),
  bytes: v.number(),
  /** Left out by ignore rules, links, and kinds that are never read. */
  left: v.number(),
  /** Folders that may not be looked into. */
  closed: v.number(),
  done: v.boolean(),
});
export type Counting = v.InferOutput<typeof counting>;

export const waiting = v.variant('kind', [
  v.object({
    kind: v.literal('progress'),
    counts,
    passages: v.number(),
    bare: v.number(),
    rate: v.optional(v.number()),
    secondsLeft: v.optional(v.number()),
  }),
  v.object({
    kind: v.literal('done'),
    counts,
    passages: v.number(),
    /** False: there is no model that finds by meaning; `note` says what to do. */
    meaning: v.boolean(),
    note: v.optional(v.string()),
  }),
]);
export type LibraryWaiting = v.InferOutput<typeof waiting>;

const path = schema.text(4096);
/** What was taken out of a folder is a pattern too, as long as its path and the signs that make it literal. */
const patterns = v.pipe(v.array(schema.text(9000)), v.maxLength(5000));
const which = v.strictObject({ place: v.optional(schema.id) });

export const libraryDoor = {
  'library.count': stream(
    'Counts what a folder holds, before it is added.',
    v.strictObject({ path, ignore: v.optional(patterns) }),
    counting,
    (_older, newer) => newer,
  ),
  'library.add': call(
    'Adds a file, a folder (watched from now on), an export, a file that the window handed over, or pasted text.',
    v.strictObject({
      path: v.optional(path),
      upload: v.optional(schema.id),
      text: v.optional(schema.text(5_000_000)),
      /** Of pasted text. */
      name: v.optional(schema.text(200)),
      ignore: v.optional(patterns),
      ocr: v.optional(v.boolean()),
      /** Of a folder with very many files: that they are meant (Fault `many-files` asks). */
      sure: v.optional(v.boolean()),
    }),
    v.object({
      place: schema.id,
      name: v.string(),
      /** It was here, or is part of a place that was. */ known: v.boolean(),
    }),
  ),
  'library.change': call(
    'Changes how a place is read: text recognition, ignore rules.',
    v.strictObject({ place: schema.id, ocr: v.optional(v.boolean()), ignore: v.optional(patterns) }),
    place,
  ),
  'library.pause': call('Pauses reading, of one place or of all.', which, libraryState),
  'library.resume': call('Goes on with reading, of one place or of all.', which, libraryState),
  'library.again': call(
    'Tries refused files again: one, or all of a place.',
    v.strictObject({ file: v.optional(v.number()), place: v.optional(schema.id) }),
    v.object({ again: v.number() }),
  ),
  'library.state': call('Every place, and how far it is.', schema.empty, libraryState),
  'library.watch': stream(
    'The same, now and whenever it changes.',
    schema.empty,
    libraryState,
    (_older, newer) => newer,
  ),
  'library.files': call(
    'Files of a place or of all, by path, with the state of each.',
    v.strictObject({
      place: v.optional(schema.id),
      state: v.optional(v.picklist(['waiting', 'read', 'meaning', 'refused'])),
      /** Part of the path. */
      name: v.optional(schema.text(200)),
      /** The path that the page before ended with. */
      after: v.optional(v.string()),
      limit: schema.limit(500, 100),
    }),
    v.object({ files: v.array(libraryFile), total: v.number(), more: v.boolean() }),
  ),
  'library.wait': stream('Shows progress until everything is findable.', schema.empty, waiting, (older, newer) =>
    older.kind === 'progress' ? newer : undefined,
  ),
  'library.search': call(
    'Finds passages by word and by meaning, best first; an empty list: nothing fits well enough.',
    searchRequest,
    v.array(hit),
  ),
  'library.open': call(
    'A stretch of a document around a passage, or from its beginning.',
    v.strictObject({
      document: v.optional(v.number()),
      passage: v.optional(v.number()),
      /** The first passage of the stretch; without it the stretch has `passage` in its middle. */
      from: v.optional(schema.count),
      limit: schema.limit(200, 40),
    }),
    opened,
  ),
  'library.remove': call(
    'Takes a place, a file or a folder out: passages, vectors and quotes are gone for good. Files on disk are left alone.',
    v.strictObject({ path: v.optional(path), place: v.optional(schema.id), file: v.optional(v.number()) }),
    v.object({ files: v.number(), passages: v.number() }),
  ),
  'library.read': call(
    'Reads the text of a document, without keeping it.',
    v.strictObject({ path: v.optional(schema.text(4096)), upload: v.optional(schema.id) }),
    document,
  ),
  'library.offer': call(
    'Announces a file that the window holds; its bytes follow with `library.give`, and stay in memory only.',
    v.strictObject({ name: schema.text(1000), size: schema.count }),
    v.object({ upload: schema.id }),
  ),
  'library.give': call(
    'Hands over the next bytes of an announced file, in order.',
    v.strictObject({
      upload: schema.id,
      bytes: v.pipe(
        v.custom<Uint8Array>((value) => value instanceof Uint8Array, 'is not bytes'),
        v.check((bytes) => bytes.length > 0 && bytes.length <= 1 << 20, 'must have 1 byte to 1 MiB'),
      ),
    }),
    v.object({ received: v.number() }),
  ),
} as const;
