/** What vault.json says in clear, for the lock screen: read before any signer runs, and believed by nobody. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseVault } from '../signer/vault-file.ts';
import type { SignerStatus } from '../signer/door.ts';

/** A file that cannot be read is a vault that is locked: unlocking says what is wrong with it. */
export function lookAt(dataFolder: string): SignerStatus {
  try {
    const { name, seal, wordsSeen } = parseVault(readFileSync(join(dataFolder, 'vault.json')));
    return { state: 'locked', name, seal: `0x${seal}`, wordsSeen } as SignerStatus;
  } catch (error) {
    return { state: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : 'locked' };
  }
}
