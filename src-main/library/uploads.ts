/** Bytes that the window hands over: in memory only, in order, for ten minutes at most. */
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import { human, refuseLarger } from './size.ts';
import type { Bytes } from './source.ts';

export interface Uploads {
  /** @throws Fault `too-large` */
  offer(file: { readonly name: string; readonly size: number }): Id;
  /** @throws Fault `bad-upload`, `too-large`; the upload is dropped then */
  give(upload: Id, bytes: Uint8Array): number;
  /** Hands the bytes over and forgets them; each chunk is freed as it is read. @throws Fault `bad-upload` */
  take(upload: Id): Bytes;
  /** Drops everything that was not taken. */
  forget(): void;
}

export interface UploadOptions {
  readonly ids: () => Id;
  /** Of one, and of all together. */
  readonly most?: number;
  readonly keepMs?: number;
}

interface Upload {
  readonly name: string;
  readonly size: number;
  readonly chunks: Uint8Array[];
  readonly timer: NodeJS.Timeout;
  received: number;
}

const MOST = 2 ** 30;
const KEEP_MS = 10 * 60_000;
const MOST_OFFERS = 1000;

export function openUploads({ ids, most = MOST, keepMs = KEEP_MS }: UploadOptions): Uploads {
  const offered = new Map<Id, Upload>();
  /** Bytes in memory, also of those that are being read. */
  let held = 0;

  const drop = (id: Id) => {
    const upload = offered.get(id);
    if (!upload) return;
    clearTimeout(upload.timer);
    offered.delete(id);
    held -= upload.received;
  };
  const find = (id: Id): Upload => {
    const upload = offered.get(id);
    if (upload) return upload;
    throw new Fault(
      'bad-upload',
      'These bytes are no longer here: they are kept for ten minutes and used once. Attach the file again.',
    );
  };

  return {
    offer({ name, size }) {
      refuseLarger(size, { bytes: most, what: 'files from the window' });
      if (offered.size >= MOST_OFFERS) throw tooMany(most);
      const id = ids();
      const timer = setTimeout(() => drop(id), keepMs).unref();
      // The window's path, if it sent one, is none of ours.
      offered.set(id, { name: name.split(/[\\/]/).at(-1) || 'file', size, chunks: [], timer, received: 0 });
      return id;
    },
    give(id, bytes) {
      const upload = find(id);
      if (upload.received + bytes.length > upload.size) {
        drop(id);
        throw new Fault('bad-upload', 'More bytes came than were announced, so the file was dropped. Attach it again.');
      }
      if (held + bytes.length > most) {
        drop(id);
        throw tooMany(most);
      }
      // A view would keep the whole message alive.
      upload.chunks.push(bytes.buffer.byteLength > bytes.length ? bytes.slice() : bytes);
      upload.received += bytes.length;
      held += bytes.length;
      return upload.received;
    },
    take(id) {
      const upload = find(id);
      const { name, size, chunks, received } = upload;
      if (received < size)
        throw new Fault('bad-upload', 'The file has not arrived whole yet; hand over the rest of it first.');
      clearTimeout(upload.timer);
      offered.delete(id);
      return {
        name,
        size,
        async *chunks() {
          for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
            held -= chunk.length;
            yield chunk;
          }
        },
        async close() {
          for (const chunk of chunks.splice(0)) held -= chunk.length;
        },
      };
    },
    forget() {
      for (const id of [...offered.keys()]) drop(id);
    },
  };
}

const tooMany = (most: number) =>
  new Fault(
    'too-large',
    `Files that wait to be read may have ${human(most)} together; wait for those before, then try again.`,
  );
