/** Argon2id by hash-wasm, for machines that the native binary does not fit. */
import { argon2id } from 'hash-wasm';
import type { Kdf } from './kdf.ts';

export const wasmKdf: Kdf = {
  async derive(password, salt, { memoryKiB, passes, lanes }) {
    const key = await argon2id({
      password,
      salt,
      memorySize: memoryKiB,
      iterations: passes,
      parallelism: lanes,
      hashLength: 32,
      outputType: 'binary',
    });
    return Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  },
};
