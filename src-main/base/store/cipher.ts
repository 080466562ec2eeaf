/** Moves the whole database to another cipher, for those who trust SQLCipher's age more than AEGIS's speed. */
import { backUp } from './backup.ts';
import { connectDatabase, type Cipher } from './driver.ts';
import { asFault } from './faults.ts';

export interface ChangeCipherOptions {
  /** The store on it must be closed. */
  readonly file: string;
  readonly key: Uint8Array;
  readonly from: Cipher;
  readonly to: Cipher;
}

/**
 * Encrypts every page anew under the same key; a sealed backup `…before-cipher-<to>` in the old cipher is left.
 * The vault writes the new name to its header after this returned; if it could not, the backup still opens with the old.
 *
 * @throws Faults as openStore; SQLite's rollback journal (encrypted as the file is) keeps the old state when it fails
 */
export function changeCipher({ file, key, from, to }: ChangeCipherOptions): void {
  try {
    const db = connectDatabase({ file, key, cipher: from });
    try {
      backUp(db, file, `cipher-${to}`);
      // A write-ahead log cannot change its cipher half way.
      db.pragma('journal_mode = DELETE');
      db.rekey(key, to);
    } finally {
      db.close();
    }
    // Opening turns the write-ahead log on again; reading every page proves the new cipher.
    const changed = connectDatabase({ file, key, cipher: to });
    try {
      const said = changed.pragma('integrity_check(1)');
      if (said !== 'ok') throw Object.assign(new Error('The new file is not whole.'), { code: 'SQLITE_CORRUPT' });
    } finally {
      changed.close();
    }
  } catch (error) {
    throw asFault(error, file);
  }
}
