/** vault.json on disk: read whole, written whole or not at all, 0600, the version before it kept beside it. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../wire/fault.ts';

/** What a write needs of the file system; tests fail each step in turn. */
export interface FileSystem {
  readonly mkdir: typeof mkdir;
  readonly open: typeof open;
  readonly readFile: typeof readFile;
  readonly rename: typeof rename;
  readonly unlink: typeof unlink;
}
export const realFiles: FileSystem = { mkdir, open, readFile, rename, unlink };

export interface VaultDisk {
  /** The bytes of vault.json, or undefined where there is none. */
  read(): Promise<Buffer | undefined>;
  readBackup(): Promise<Buffer | undefined>;
  /**
   * When it resolves, the new file is on disk; when it throws `vault-not-written`, the old one is. The file before it
   * becomes the backup if it is `worthKeeping`.
   */
  write(bytes: Uint8Array, worthKeeping?: (before: Uint8Array) => boolean): Promise<void>;
}

/** @param folder the data folder; made 0700 with the first write */
export function vaultDisk(folder: string, files: FileSystem = realFiles): VaultDisk {
  const path = join(folder, 'vault.json');
  const backup = `${path}.backup`;

  const readIf = async (from: string) => {
    try {
      return await files.readFile(from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  /** Durable: data and inode are on disk before the name is. */
  const put = async (to: string, bytes: Uint8Array) => {
    const handle = await files.open(to, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  };
  const syncFolder = async () => {
    // Windows cannot open a folder; NTFS journals the rename itself.
    if (process.platform === 'win32') return;
    const handle = await files.open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  };

  return {
    read: () => readIf(path),
    readBackup: () => readIf(backup),
    async write(bytes, worthKeeping = () => true) {
      const fresh = `${path}.${randomBytes(6).toString('hex')}`;
      const old = `${fresh}.old`;
      try {
        await files.mkdir(folder, { recursive: true, mode: 0o700 });
        const before = await readIf(path);
        await put(fresh, bytes);
        if (before && worthKeeping(before)) {
          // Not a hard link: the backup must survive a tool that writes into vault.json in place.
          await put(old, before);
          await files.rename(old, backup);
        }
        await files.rename(fresh, path);
      } catch (cause) {
        for (const left of [fresh, old]) await files.unlink(left).catch(() => {});
        throw new Fault(
          'vault-not-written',
          'The vault could not be written; the one before it is untouched and still opens. Is the disk full, or the folder read-only?',
          { cause },
        );
      }
      await syncFolder().catch(() => {});
    },
  };
}
