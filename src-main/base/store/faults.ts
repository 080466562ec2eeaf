/** Turns what SQLite and the file system throw into Faults; everything else passes as it is. */
import { basename } from 'node:path';
import { Fault } from '../../wire/index.ts';
import { diskFull, isFull } from '../files.ts';
import { newestBackup } from './backup.ts';

/** @param file the database, whose newest backup a report of damage names */
export function asFault(error: unknown, file: string): unknown {
  if (error instanceof Fault || !(error instanceof Error)) return error;
  if (isFull(error)) return diskFull(error);
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return error;
  if (code === 'SQLITE_FULL') return diskFull(error);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return new Fault(
      'database-busy',
      'Another program holds the database, so this was not saved. What was saved earlier is safe. Close the other daimon, then try again.',
      { cause: error },
    );
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return damaged(file, error);
  if (/^SQLITE_(?:IOERR|CANTOPEN|PERM|READONLY|AUTH|PROTOCOL)/.test(code))
    return new Fault(
      'database-unreachable',
      'The database file could not be read or written, so this was not saved. What was saved earlier is safe. Look whether its disk is connected and allows writing, then open daimon again.',
      { cause: error, details: { sqlite: code } },
    );
  return error;
}

export function damaged(file: string, cause?: unknown): Fault {
  const backup = newestBackup(file);
  const next = backup
    ? `The newest sealed backup is ${basename(backup.path)} of ${new Date(backup.at).toISOString().slice(0, 16).replace('T', ' ')} UTC, in the same folder. To go back to it, close daimon, move ${basename(file)} aside and give a copy of the backup its name.`
    : 'There is no backup here that daimon made; a copy of your own of the data folder would help.';
  return new Fault('database-damaged', `The database file is damaged. Nothing was overwritten. ${next}`, {
    cause,
    details: backup ? { backup: basename(backup.path) } : {},
  });
}

export const wrongKey = (cause: unknown): Fault =>
  new Fault(
    'database-key',
    'This database belongs to another vault: its key is not the one in vault.json. Nothing was changed. Put back the vault.json and daimon.db that belong together.',
    { cause },
  );

export const newer = (room: string, has: number, knows: number): Fault =>
  new Fault(
    'database-newer',
    'This data was written by a newer daimon. Nothing was changed. Install the newest daimon and open it again.',
    { details: { room, has, knows } },
  );

export const closedFault = (): Fault =>
  new Fault(
    'database-closed',
    'The database was closed before this was done. What was saved is safe; open daimon again.',
  );
