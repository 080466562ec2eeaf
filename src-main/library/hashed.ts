/** The SHA-256 of bytes that someone else reads, perhaps not to their end. */
import { createHash } from 'node:crypto';

export interface Hashed {
  /** The chunks, each hashed before it is handed on; leaving early is fine. */
  chunks(): AsyncGenerator<Uint8Array>;
  /** Reads what was left, and gives the hash of everything, in hex. */
  end(signal?: AbortSignal): Promise<string>;
}

export function hashed(bytes: AsyncIterable<Uint8Array>): Hashed {
  const hash = createHash('sha256');
  const source = bytes[Symbol.asyncIterator]();
  async function* chunks() {
    for (let next = await source.next(); !next.done; next = await source.next()) {
      hash.update(next.value);
      yield next.value;
    }
  }
  return {
    chunks,
    async end(signal) {
      for await (const _ of chunks()) signal?.throwIfAborted();
      return hash.digest('hex');
    },
  };
}
