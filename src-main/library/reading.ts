/** Reads the person's files in the reader process: one document, one export, or all the documents of one file. */
import * as v from 'valibot';
import type { Host } from '../base/host.ts';
import type { Log } from '../base/ports.ts';
import { Fault, type Handlers } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import type { Document, libraryDoor } from './door.ts';
import { fitting } from './fitting.ts';
import type { Parsed, Reading, Source } from './ports.ts';
import { parsed, reading } from './process-door.ts';
import { openFile, refuseLarger, type Bytes } from './source.ts';
import { openSupervisor, type Loan, type SupervisorOptions } from './supervisor.ts';
import { openUploads, type UploadOptions } from './uploads.ts';

export interface ReadingPart extends Reading {
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
  /** How long the parser of an export may be silent: no conversation, and no byte asked for. */
  readonly silenceMs: number;
}
const LIMITS: Limits = {
  documentBytes: 64 * 2 ** 20,
  exportBytes: 4 * 2 ** 30,
  documentMs: 30_000,
  pdfMs: 60_000,
  silenceMs: 60_000,
};

export function openReading({ host, log, ids, limits, process, uploads: some }: ReadingOptions): ReadingPart {
  const { documentBytes, exportBytes, documentMs, pdfMs, silenceMs } = { ...LIMITS, ...limits };
  const uploads = openUploads({ ids, ...some });
  // Two, so that a file can be attached while a large history is brought in.
  const documents = openSupervisor({ host, log, ...process });
  const exports = openSupervisor({ host, log, yielding: true, ...process });

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

  async function* conversations(source: Source, signal?: AbortSignal): AsyncGenerator<Parsed> {
    const file = await open(source, { bytes: exportBytes, what: 'exports' });
    try {
      const loan = await exports.borrow(signal);
      let well = false;
      try {
        const { name, size } = file;
        // While whoever stores the conversations takes their time, nobody blames the process.
        let waiting = true;
        const alive = () => loan.within(waiting ? silenceMs : undefined);
        alive();
        const items = loan.reader['reader.conversations']({ name: name.slice(0, 1000), size });
        const fed = feed(loan, file, alive);
        fed.catch((error: unknown) => loan.fail(error));
        for await (const item of items) {
          waiting = false;
          alive();
          yield checked(parsed, item);
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
    } finally {
      await file.close();
    }
  }

  return {
    read,
    conversations,
    handlers: {
      'library.read': async (source, signal) => fitting(await read(source, signal)),
      'library.offer': (file) => ({ upload: uploads.offer(file) }),
      'library.give': ({ upload, bytes }) => ({ received: uploads.give(upload, bytes) }),
    },
    rest() {
      uploads.forget();
      documents.rest();
      exports.rest();
    },
    async close() {
      uploads.forget();
      await Promise.all([documents.close(), exports.close()]);
    },
  };
}

/** Hands the file over as fast as the process takes it; ends early when it wants no more. */
async function feed({ reader }: Loan, file: Bytes, onChunk: (bytes: Uint8Array) => void): Promise<void> {
  let left = file.size;
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
