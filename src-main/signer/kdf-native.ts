/** Argon2id by @node-rs/argon2: N-API binary, threads of its own, so that the process goes on answering. */
import { hashRaw } from '@node-rs/argon2';
import type { Kdf } from './kdf.ts';

/** Algorithm.Argon2id and Version.V0x13; the library declares them as const enums, which erasable syntax cannot read. */
const ARGON2ID = 2;
const V0x13 = 1;

export const nativeKdf: Kdf = {
  derive: (password, salt, { memoryKiB, passes, lanes }) =>
    hashRaw(password, {
      algorithm: ARGON2ID,
      version: V0x13,
      memoryCost: memoryKiB,
      timeCost: passes,
      parallelism: lanes,
      outputLen: 32,
      salt,
    }),
};
