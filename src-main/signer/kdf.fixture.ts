/** A KDF for tests that costs nothing: same interface, same dependence on every input, no protection at all. */
import { createHash, hkdfSync } from 'node:crypto';
import type { Kdf } from './kdf.ts';

export const cheapKdf: Kdf = {
  derive: (password, salt, { memoryKiB, passes, lanes }) =>
    Promise.resolve(
      Buffer.from(
        hkdfSync('sha256', createHash('sha256').update(password).digest(), salt, `${memoryKiB} ${passes} ${lanes}`, 32),
      ),
    ),
};
