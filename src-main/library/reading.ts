/** Reads the person's files in the reader process: one document, one export, or all the documents of one file. */
import * as v from 'valibot';
import type { Host } from '../base/host.ts';
import type { Log } from '../base/ports.ts';
import { Fault, type Handlers } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import type { Document, libraryDoor } from './door.ts';
import { fitting } from './fitting.ts';
import { hashed } from './hashed.ts';
import type { Delivered, PartsOptions } from './parts.ts';
import type { Parsed, Reading, Source } from './ports.ts';
import { parsed, partTold, reading } from './process-door.ts';
import { refuseLarger } from './size.ts';
import { openFile, type Bytes } from './source.ts';
import { openSupervisor, type Loan, type Supervisor, type SupervisorOptions } from './supervisor.ts';
import { openUploads, type UploadOptions } from './uploads.ts';

export interface ReadingPart extends Reading {
  /**
   * Reads all documents of one file: one, or the many of a mail archive, an export or a chat, each as soon as it is read.
   * The last item is the end, with the SHA-256 of the bytes that were read. One file at a time, in a process of its own
   * for this: an attachment never waits for it. Faults as `read`; also `unreadable` when the file changed meanwhile.
   */
  parts(source: Source, options: PartsOptions, signal?: AbortSignal): AsyncIterable<Delivered>;
  /** The bytes of a file that the window handed over, to keep them. @throws Fault `bad-upload` */
  take(upload: Id): Bytes;
  readonly handlers: Pick<Handlers<typeof libraryDoor>, 'library.read' | 'library.offer' | 'library.give'>;
  /** Drops what the window handed over and the idle process: daimon sleeps. */
  rest(): void;
  close(): Promise<void>;
}

export interface ReadingOptions {
  readonly host: Pick<Host, 'start'>;
  readonly log: Log;
  readonly ids: () => Id;
  /** Tests are less patient, and have smaller files. */
  readonly limits?: Partial<Limits>;
  readonly process?: Pick<SupervisorOptions, 'idleMs' | 'mostMemory'>;
  readonly uploads?: Omit<UploadOptions, 'ids'>;
}
export interface Limits {
  readonly documentBytes: number;
  readonly exportBytes: number;
  readonly documentMs: number;
  readonly pdfMs: number;
  /** How long the parser of an export, or of parts, may be silent: nothing told, and no byte asked for. */
  readonly silenceMs: number;
  /** The same where text in pictures is recognised, at some seconds a page. */
  readonly ocrMs: number;
}
interface Streamed<T> {
  readonly file: Pick<Bytes, 'name' | 'size' | 'chunks'>;
  /** Milliseconds of silence. */
  readonly most: number;
  readonly item: v.GenericSchema<unknown, T>;
  ask(reader: Loan['reader'], named: { readonly name: string; readonly size: number }): AsyncIterable<unknown>;
}
const LIMITS: Limits = {
  documentBytes: 64 * 2 ** 20,
  exportBytes: 4 * 2 ** 30,
  documentMs: 30_000,
  pdfMs: 60_000,
  silenceMs: 60_000,
  ocrMs: 10 * 60_000,
};

export function openReading({ host, log, ids, limits, process, uploads: some }: ReadingOptions): ReadingPart {
  const { documentBytes, exportBytes, documentMs, pdfMs, silenceMs, ocrMs } = { ...LIMITS, ...limits };
  const uploads = openUploads({ ids, ...some });
  // Three, so that a file can be attached while a large history is brought in, and while folders are read.
  const documents = openSupervisor({ host, log, ...process });
  const exports = openSupervisor({ host, log, yielding: true, ...process });

  const folders = openSupervisor({ host, log, yielding: true, ...process });

  const open = async ({ path, upload }: Source, most: { bytes: number; what: string }): Promise<Bytes> => {
    if ((path === undefined) === (upload === undefined))
      throw new Fault('bad-source', 'Name one file: by its path, or as an upload; not both, and not neither.');
    if (path !== undefined) return openFile(path, most);
    const bytes = uploads.take(upload!);
    try {
      refuseLarger(bytes.size, most);
      return bytes;
    } catch (error) {
      await bytes.close();
      throw error;
    }
  };

  const readWith = async (loan: Loan, file: Bytes): Promise<Document> => {
    const { name, size } = file;
    loan.within(documentMs);
    let first = true;
    const answer = loan.reader['reader.document']({ name: name.slice(0, 1000), size });
    const fed = feed(loan, file, (bytes) => {
      if (first && Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-')) loan.within(pdfMs);
      first = false;
    });
    // When one fails the process is ended, and with it the other.
    const [told] = await Promise.all([answer, fed]);
    const { kind, text, pages, note } = checked(reading, told);
    return {
      name,
      kind,
      text,
      characters: text.length,
      ...(pages !== undefined && { pages }),
      ...(note !== undefined && { note }),
    };
  };

  const read = async (source: Source, signal?: AbortSignal): Promise<Document> => {
    const file = await open(source, { bytes: documentBytes, what: 'documents' });
    try {
      const loan = await documents.borrow(signal);
      let well = false;
      try {
        const document = await readWith(loan, file);
        well = true;
        return document;
      } catch (error) {
        throw loan.explain(error);
      } finally {
        loan.release(well);
      }
    } finally {
      await file.close();
    }
  };

  /** Borrows a process, feeds it the file, and gives what it tells, checked; each is acknowledged when it was taken. */
  async function* streamed<T>(
    supervisor: Supervisor,
    { file, most, item, ask }: Streamed<T>,
    signal?: AbortSignal,
  ): AsyncGenerator<T> {
    const loan = await supervisor.borrow(signal);
    let well = false;
    try {
      // While whoever stores the items takes their time, nobody blames the process.
      let waiting = true;
      const alive = () => loan.within(waiting ? most : undefined);
      alive();
      const items = ask(loan.reader, { name: file.name.slice(0, 1000), size: file.size });
      const fed = feed(loan, file, alive);
      fed.catch((error: unknown) => loan.fail(error));
      for await (const told of items) {
        waiting = false;
        alive();
        yield checked(item, told);
        waiting = true;
        alive();
        loan.reader['reader.taken']({}).catch(() => {});
      }
      await fed;
      well = true;
    } catch (error) {
      throw loan.explain(error);
    } finally {
      loan.release(well);
    }
  }

  async function* conversations(source: Source, signal?: AbortSignal): AsyncGenerator<Parsed> {
    const file = await open(source, { bytes: exportBytes, what: 'exports' });
    try {
      const ask: Streamed<Parsed>['ask'] = (reader, named) => reader['reader.conversations'](named);
      yield* streamed(exports, { file, most: silenceMs, item: parsed, ask }, signal);
    } finally {
      await file.close();
    }
  }

  async function* parts(
    source: Source,
    { ocr, attached = true }: PartsOptions,
    signal?: AbortSignal,
  ): AsyncGenerator<Delivered> {
    const file = await open(source, { bytes: exportBytes, what: 'files' });
    try {
      // What a parser had no need of (the pictures of an export) belongs to the file as well.
      const bytes = hashed(file.chunks());
      yield* streamed(
        folders,
        {
          file: { ...file, chunks: bytes.chunks },
          most: ocr ? ocrMs : silenceMs,
          item: partTold,
          ask: (reader, named) => reader['reader.parts']({ ...named, ocr, attached }),
        },
        signal,
      );
      const hash = await bytes.end(signal);
      if (await file.changed?.())
        throw new Fault('unreadable', 'The file changed while it was read, so nothing of it was taken. Try again.');
      yield { kind: 'end', hash, done: file.size, total: file.size };
    } finally {
      await file.close();
    }
  }

  return {
    read,
    conversations,
    parts,
    take: uploads.take,
    handlers: {
      'library.read': async (source, signal) => fitting(await read(source, signal)),
      'library.offer': (file) => ({ upload: uploads.offer(file) }),
      'library.give': ({ upload, bytes }) => ({ received: uploads.give(upload, bytes) }),
    },
    rest() {
      uploads.forget();
      documents.rest();
      exports.rest();
      folders.rest();
    },
    async close() {
      uploads.forget();
      await Promise.all([documents.close(), exports.close(), folders.close()]);
    },
  };
}

/** Hands the file over as fast as the process takes it; ends early when it wants no more. */
async function feed(
  { reader }: Loan,
  file: Pick<Bytes, 'size' | 'chunks'>,
  onChunk: (bytes: Uint8Array) => void,
): Promise<void> {
  let left = file.size;
  // A stream is asked with its first `next()`, right after this is called; bytes that came before it would be nobody's.
  await Promise.resolve();
  if (left === 0) await reader['reader.feed']({ bytes: new Uint8Array(), last: true });
  for await (const bytes of file.chunks()) {
    left -= bytes.length;
    onChunk(bytes);
    const { enough } = await reader['reader.feed']({ bytes, last: left === 0 });
    if (enough) return;
  }
}

/** What comes from the process is a stranger's as well: a parser may have been taken over. */
function checked<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const { success, output } = v.safeParse(schema, value);
  if (success) return output as T;
  throw new Fault(
    'reader-crashed',
    'The reader gave an answer that makes no sense, so it was ended. Nothing else is affected.',
  );
}
