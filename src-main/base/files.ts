/** Writes a file so that a reader sees the old content or the new one, never a part, also after a power cut. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fault } from '../wire/index.ts';

/** What writing needs of the system; a test hands in one that fails (disk full) at any of its steps. */
export interface WritePort {
  open(path: string, flags: string, mode: number): number;
  /** Writes all of `bytes`. */
  write(file: number, bytes: Uint8Array): void;
  sync(file: number): void;
  close(file: number): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
}

export const systemWrites: WritePort = {
  open: openSync,
  write(file, bytes) {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
  },
  sync: fsyncSync,
  close: closeSync,
  rename: renameSync,
  remove: unlinkSync,
};

/**
 * Replaces the file at `path` by `bytes`, mode 0600: a temporary file in the same folder, fsync, rename, fsync of the
 * folder (POSIX keeps a rename across a power cut only after that).
 *
 * @throws Fault `disk-full`; other errors as they are. The old file stands in every case.
 */
export function writeAtomic(path: string, bytes: Uint8Array, port: WritePort = systemWrites): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  let file: number | undefined;
  try {
    file = port.open(temporary, 'wx', 0o600);
    port.write(file, bytes);
    port.sync(file);
    const done = file;
    file = undefined;
    port.close(done);
    port.rename(temporary, path);
  } catch (error) {
    if (file !== undefined) quietly(() => port.close(file!));
    quietly(() => port.remove(temporary));
    throw isFull(error) ? diskFull(error) : error;
  }
  syncFolder(dirname(path), port);
}

/** Makes a rename, a new name or a removal in `folder` last. Windows has no such call and needs none (NTFS journals). */
export function syncFolder(folder: string, port: WritePort = systemWrites): void {
  if (process.platform === 'win32') return;
  const handle = port.open(folder, 'r', 0);
  try {
    port.sync(handle);
  } finally {
    port.close(handle);
  }
}

export const isFull = (error: unknown): boolean =>
  error instanceof Error && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes((error as NodeJS.ErrnoException).code ?? '');

export const diskFull = (cause: unknown): Fault =>
  new Fault(
    'disk-full',
    'The disk is full, so this was not saved. Everything saved earlier is safe. Make room, then try again.',
    { cause },
  );

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // The first error is the one that matters; the temporary file may not exist.
  }
}
