/** A model on its way: bytes are hashed as they are written, and only the right ones ever get the model's name. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isFull, syncFolder } from '../../base/files.ts';
import { diskFull, hashMismatch } from './faults.ts';

export interface Want {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}
export interface Part {
  /** Bytes that are there. */
  readonly have: () => number;
  /** Whether an earlier run wrote some of them. */
  readonly resumed: boolean;
  /** @throws `hash-mismatch` when there are more bytes than were stated, `disk-full` */
  write(bytes: Uint8Array): Promise<void>;
  /** Forgets what is there. */
  restart(): Promise<void>;
  /** Checks size and hash, makes it last, and gives it its name. @throws `hash-mismatch` (the bytes are gone then) */
  finish(target: string): Promise<void>;
  /** Leaves the file as it is, to go on another day. */
  close(): Promise<void>;
}

/**
 * Opens `path`, going on after what an earlier run left there. The file is named after the hash that is wanted, which is
 * a stronger validator than any ETag: bytes of another version are found out at the end, and then all come anew.
 *
 * @param from the host, for the sentence
 */
export async function openPart(path: string, want: Want, from: string, signal?: AbortSignal): Promise<Part> {
  await mkdir(dirname(path), { recursive: true });
  let hash: Hash = createHash('sha256');
  let have = 0;
  const there = await stat(path).catch(() => undefined);
  if (there && there.size > 0 && there.size <= want.size) {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) })) {
      hash.update(chunk as Buffer);
      have += (chunk as Buffer).length;
    }
  } else if (there) await rm(path);
  const file: FileHandle = await open(path, have > 0 ? 'r+' : 'w', 0o600);
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await file.close();
  };
  const refuse = async (): Promise<never> => {
    await close();
    await rm(path, { force: true });
    throw hashMismatch(from);
  };
  return {
    have: () => have,
    resumed: have > 0,
    async write(bytes) {
      if (have + bytes.length > want.size) await refuse();
      try {
        for (let at = 0; at < bytes.length;)
          at += (await file.write(bytes, at, bytes.length - at, have + at)).bytesWritten;
      } catch (error) {
        throw isFull(error) ? diskFull(error) : error;
      }
      hash.update(bytes);
      have += bytes.length;
    },
    async restart() {
      await file.truncate(0);
      hash = createHash('sha256');
      have = 0;
    },
    async finish(target) {
      if (have !== want.size || hash.digest('hex') !== want.sha256) await refuse();
      await file.sync();
      await close();
      await rename(path, target);
      syncFolder(dirname(target));
    },
    close,
  };
}
