/** Sealed backups of the database: byte copies, so their pages are encrypted as they are in the file itself. */
import {
  copyFileSync,
  constants,
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '../files.ts';
import type { Connection } from './driver.ts';

const KEEP = 3;
const TRIES = 50;

export interface Backup {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Backups of `file` that migrations left, newest first. */
export function backupsOf(file: string): Backup[] {
  const prefix = `${basename(file)}.before-`;
  const folder = dirname(file);
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && !name.endsWith('.tmp'))
    .map((name) => {
      const path = join(folder, name);
      return { path, at: statSync(path).mtimeMs };
    })
    .sort((a, b) => b.at - a.at || (a.path < b.path ? 1 : -1));
}

export function newestBackup(file: string): Backup | undefined {
  try {
    return backupsOf(file)[0];
  } catch {
    // Asked while something else is being reported: that matters more than a folder that cannot be listed.
    return undefined;
  }
}

/**
 * Copies the database to `<file>.before-<what>` while this connection holds the write lock.
 *
 * The write-ahead log is moved into the file first; the copy is taken only when the lock is held and the log is empty,
 * so the copied file is whole by itself. It replaces an older backup of the same name in one rename.
 *
 * @throws library errors; `SQLITE_BUSY` when other readers keep the log from being emptied
 */
export function backUp(db: Connection, file: string, what: string, keep?: string): string {
  const to = `${file}.before-${what}`;
  const temporary = `${to}.tmp`;
  lockWithEmptyLog(db, file);
  try {
    // A file system with copy-on-write (Btrfs, XFS, APFS) shares the blocks: no time and no room are spent.
    copyFileSync(file, temporary, constants.COPYFILE_FICLONE);
    chmodSync(temporary, 0o600);
    const handle = openSync(temporary, 'r+');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, to);
    syncFolder(dirname(file));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    db.exec('rollback');
  }
  prune(file, keep ?? to);
  return to;
}

/** Keeps the newest three; `first`, the state before an upgrade began, is one of them however many rooms follow it. */
function prune(file: string, first: string): void {
  const others = backupsOf(file).filter(({ path }) => path !== first);
  for (const { path } of others.slice(KEEP - 1)) rmSync(path, { force: true });
}

function lockWithEmptyLog(db: Connection, file: string): void {
  for (let left = TRIES; ; left--) {
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.exec('begin immediate');
    const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
    if (!log || log.size === 0) return;
    db.exec('rollback');
    if (left === 0)
      throw Object.assign(new Error('The write-ahead log could not be emptied.'), { code: 'SQLITE_BUSY' });
  }
}
