/** Opens a file of this machine for reading, and nothing that only looks like one: no device, pipe, socket or folder. */
import { constants, type Stats } from 'node:fs';
import { lstat, open, readlink, realpath, stat, type FileHandle } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import { Fault } from '../wire/index.ts';
import { samePath } from './indexing/paths.ts';
import { CHUNK } from './process-door.ts';
import { refuseLarger } from './size.ts';

/** Something to read, once. */
export interface Bytes {
  readonly name: string;
  readonly size: number;
  /** At most 1 MiB each; throws Fault `unreadable` when they cannot be had. */
  chunks(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
  /** Whether the file was written, or went away, since it was opened; what was read may be half of each. */
  changed?(): Promise<boolean>;
  /** Whether what was opened lies at the very path that was named, with no link on the way. */
  isThere?(path: string): Promise<boolean>;
}

// Windows has neither, and no FIFO in its file system.
const { O_RDONLY, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants;

/**
 * Looked at twice: before opening, since opening a device or a pipe may already do something or never return, and after
 * it, since another file may have taken the name in between. A link is followed, to a regular file only. What is read is
 * what the file held when it was opened: it may grow meanwhile, and not shrink.
 *
 * @throws Fault `bad-source`, `file-missing`, `unreadable`, `unknown-kind` (not a file), `too-large`
 */
export async function openFile(path: string, most: { readonly bytes: number; readonly what: string }): Promise<Bytes> {
  if (!isAbsolute(path)) throw new Fault('bad-source', 'Name the file by its whole path, from the root of the disk.');
  let handle: FileHandle | undefined;
  try {
    refuseOthers(await stat(path));
    handle = await open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    const opened = await handle.stat();
    refuseOthers(opened);
    refuseLarger(opened.size, most);
    return { name: basename(path), size: opened.size, ...reading(handle, opened) };
  } catch (error) {
    await handle?.close();
    throw error instanceof Fault ? error : told(error);
  }
}

function refuseOthers(found: { isFile(): boolean; isDirectory(): boolean }): void {
  if (found.isFile()) return;
  throw new Fault(
    'unknown-kind',
    found.isDirectory()
      ? 'This is a folder; choose the files in it.'
      : 'This is a device or a pipe and not a file; it was not opened.',
  );
}

function reading(handle: FileHandle, { size, mtimeMs, ino, dev }: Stats): Omit<Bytes, 'name' | 'size'> {
  return {
    async changed() {
      const now = await handle.stat();
      return now.size !== size || now.mtimeMs !== mtimeMs || now.nlink === 0;
    },
    async isThere(path) {
      // Linux tells it of the opened file itself, so that no moment is left in which a link could come and go.
      const opened = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
      if (opened !== undefined) return opened === path;
      const [real, named] = await Promise.all([realpath(path), lstat(path)]).catch(() => []);
      return named !== undefined && named.ino === ino && named.dev === dev && samePath(real, path);
    },
    async *chunks() {
      for (let at = 0; at < size;) {
        // Of its own: it travels to another process while the next one is filled.
        const chunk = new Uint8Array(Math.min(CHUNK, size - at));
        const { bytesRead } = await handle.read(chunk, 0, chunk.length, at).catch((error: unknown) => {
          throw told(error);
        });
        if (bytesRead === 0)
          throw new Fault(
            'unreadable',
            'The file became shorter while it was read, so nothing of it was taken. Try again.',
          );
        at += bytesRead;
        yield chunk.subarray(0, bytesRead);
      }
    },
    close: () => handle.close(),
  };
}

/** The system's errors in our words; the path stays out of them. */
function told(error: unknown): Fault {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'].includes(code))
    return new Fault('file-missing', 'There is no file under this name; it may have been moved or renamed.', {
      cause: error,
    });
  if (['EACCES', 'EPERM'].includes(code))
    return new Fault(
      'unreadable',
      'Your system does not let daimon read this file; change its permissions, or copy it.',
      {
        cause: error,
      },
    );
  return new Fault('unreadable', 'The disk could not read this file. Nothing else is affected.', { cause: error });
}
