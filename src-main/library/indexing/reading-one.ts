/** Reads one file whose turn it is: its hash first, since what is here already need not be read again. */
import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import type { Log, Statement, Store } from '../../base/ports.ts';
import { Fault, isFault } from '../../wire/index.ts';
import type { Delivered, Told } from '../parts.ts';
import type { Source } from '../ports.ts';
import type { ReadingPart } from '../reading.ts';
import { PICTURE } from '../schema.ts';
import type { Kept, Key, Shelf } from '../shelf.ts';
import { human } from '../size.ts';
import { openFile } from '../source.ts';
import { pictureSentence, same, sentenceOf, type Files, type Next, type Seen } from './files.ts';
import type { Given } from './given.ts';
import { mayBeLarge, mayHavePictures } from './rules.ts';

/** More is refused before a byte is read. */
const MOST = 4 * 2 ** 30;
const MOST_DOCUMENT = 64 * 2 ** 20;
/** How often a file may end its reader. */
const MOST_TRIES = 2;

export interface ReadingOneNeeds {
  readonly store: Store;
  readonly log: Log;
  readonly reading: Pick<ReadingPart, 'parts' | 'handlers'>;
  readonly shelf: Shelf;
  readonly files: Files;
  readonly given: Given;
  /** Of the readers: files that an older version read are read again. */
  readonly version: string;
}
/** `changing`: it was written while it was read, so it is read again when it rests. */
export type Outcome = 'read' | 'refused' | 'gone' | 'changing' | 'later';

/** How a file's bytes are read; the same bytes read otherwise are another content. */
export const howRead = (version: string, { path, ocr }: { readonly path: string; readonly ocr: boolean }): string =>
  ocr && mayHavePictures(path) ? `${version}+ocr` : version;

export function openReadingOne({ store, log, reading, shelf, files, given, version }: ReadingOneNeeds) {
  const write = (...statements: Statement[]) => store.background.batch(statements);

  /** @throws Fault of the file or of the store; the signal's reason */
  const contentOf = async (file: Next, source: () => Promise<Source>, hash: string, signal: AbortSignal) => {
    const key: Key = { hash, how: howRead(version, file) };
    const here = shelf.find(key);
    if (here) return here;
    const parts = reading.parts(await source(), { ocr: file.ocr }, signal);
    return shelf.keep(key, verified(parts, hash), signal);
  };
  const finish = async (file: Next, kept: Kept, read: Seen): Promise<Outcome> => {
    if (kept.documents > 0) {
      await write(...files.read(file, kept.content, read));
      return 'read';
    }
    await write(files.refused(file, 'no-text', kept.why ?? 'There is no text in this file.', read));
    return 'refused';
  };

  const readGiven = async (file: Next, signal: AbortSignal): Promise<Outcome> => {
    const found = store.get<{ hash: string }>('SELECT hash FROM given_hash WHERE file = ?', file.id);
    const source = async (): Promise<Source> => {
      const { upload } = await reading.handlers['library.offer']({ name: file.path, size: file.size }, signal);
      for await (const bytes of given.chunks(file.id, signal))
        await reading.handlers['library.give']({ upload, bytes }, signal);
      return { upload };
    };
    return finish(file, await contentOf(file, source, found?.hash ?? '', signal), file);
  };

  const readOnDisk = async (file: Next, before: Seen, signal: AbortSignal): Promise<Outcome> => {
    const hash = await hashOf(file.path, signal);
    const kept = await contentOf(file, () => Promise.resolve({ path: file.path }), hash, signal);
    const after = await seenOf(file.path);
    if (after && same(before, after)) return finish(file, kept, before);
    // The content is that of its bytes then, and findable; it waits for what it has now.
    if (kept.documents > 0) await write(files.read(file, kept.content, before)[1]!);
    return 'changing';
  };

  /** What the failure says of the file; thrown on when it says nothing of it. */
  const failed = async (file: Next, error: unknown, before: Seen, signal: AbortSignal): Promise<Outcome> => {
    signal.throwIfAborted();
    if (!isFault(error)) {
      log.unexpected(error, 'library.index');
      await write(files.refused(file, 'internal', 'Something unexpected went wrong while it was read.', before));
      return 'refused';
    }
    const { code } = error;
    if (code === 'disk-full' || code === 'closed' || code.startsWith('database-')) throw error;
    if (file.kind !== 'given') {
      const after = await seenOf(file.path);
      if (!after) return gone(file);
      if (!same(before, after)) return 'changing';
    }
    if ((code === 'reader-crashed' || code === 'reader-timeout') && file.tries + 1 < MOST_TRIES) {
      await write(files.later(file, { failed: true }));
      return 'later';
    }
    const picture = code === 'no-text' && !file.ocr && mayHavePictures(file.path);
    await write(files.refused(file, picture ? PICTURE : code, picture ? pictureSentence : sentenceOf(error), before));
    return 'refused';
  };
  const gone = async (file: Next): Promise<Outcome> => {
    // A single file that was added stays in the list: it may come back.
    const why = 'This file is not there now. When it is back, it is read again.';
    await write(file.kind === 'folder' ? files.gone([file.id]) : files.refused(file, 'file-missing', why, file));
    return 'gone';
  };

  /**
   * The row says in every case what came of it, and nothing is half done when it throws.
   *
   * @throws Fault of the store (`disk-full`, `database-…`), `closed`; the signal's reason: the file goes on waiting
   */
  return async (file: Next, signal: AbortSignal): Promise<Outcome> => {
    const before = file.kind === 'given' ? file : await seenOf(file.path);
    if (!before) return gone(file);
    try {
      refuseAtOnce(file, before.size);
      return await (file.kind === 'given' ? readGiven(file, signal) : readOnDisk(file, before, signal));
    } catch (error) {
      return failed(file, error, before, signal);
    }
  };
}

/** Told by name and size alone. */
function refuseAtOnce({ path }: Next, size: number): void {
  if (size === 0) throw new Fault('no-text', 'This file is empty: there is no text in it.');
  const most = mayBeLarge(path) ? MOST : MOST_DOCUMENT;
  if (size > most)
    throw new Fault(
      'too-large',
      `This file has ${human(size)}; of its kind, files of at most ${human(most)} are read.`,
    );
}

/** Undefined when it is not there, or is no file any more: a link that took its name is not followed. */
async function seenOf(path: string): Promise<Seen | undefined> {
  const found = await lstat(path).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Fault('unreadable', 'The disk could not read this file. Nothing else is affected.', { cause: error });
  });
  return found?.isFile() ? { size: found.size, changedAt: found.mtimeMs, inode: found.ino } : undefined;
}

async function hashOf(path: string, signal: AbortSignal): Promise<string> {
  const file = await openFile(path, { bytes: MOST, what: 'files' });
  try {
    // What is read afterwards has the same hash, so it is enough to look once: no link is followed out of a place.
    if (!(await file.isThere!(path)))
      throw new Fault('unknown-kind', 'There is a link to something else on the way to this file; it was not read.');
    const hash = createHash('sha256');
    for await (const chunk of file.chunks()) {
      signal.throwIfAborted();
      hash.update(chunk);
    }
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}

/** The parts, if they are those of the bytes that were hashed: else the shelf would keep them under a wrong name. */
async function* verified(parts: AsyncIterable<Delivered>, hash: string): AsyncGenerator<Told> {
  for await (const item of parts) {
    if (item.kind !== 'end') yield item;
    else if (item.hash !== hash) throw changed();
    else return;
  }
  throw changed();
}
const changed = () =>
  new Fault('unreadable', 'The file changed while it was read, so nothing of it was taken. Try again.');
