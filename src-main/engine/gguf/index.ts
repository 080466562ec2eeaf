/** Checks a model file before llama.cpp sees it: reads the header in growing pieces, never the weights. */
import { open } from 'node:fs/promises';
import { Fault } from '../../wire/index.ts';
import { Short } from './cursor.ts';
import { damaged, notGguf } from './faults.ts';
import { parseHeader, type GgufInfo } from './header.ts';
import { LIMITS } from './limits.ts';

export { parseHeader, type GgufInfo } from './header.ts';

/** Enough for a small vocabulary; four times as much at each further attempt. */
const FIRST = 1 << 20;

/**
 * Reads and checks the header of a file.
 * @throws `model-missing`, `not-a-gguf`, `gguf-damaged`, `gguf-unsupported`
 */
export async function readGguf(path: string, signal?: AbortSignal): Promise<GgufInfo> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new Fault('model-missing', 'The model file cannot be opened: it was moved or deleted. Choose it again.', {
      cause,
    });
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw notGguf();
    for (let want = FIRST; ; want *= 4) {
      signal?.throwIfAborted();
      const data = new Uint8Array(Math.min(want, stat.size, LIMITS.header));
      let have = 0;
      while (have < data.length) {
        const { bytesRead } = await file.read(data, have, data.length - have, have);
        if (bytesRead === 0) break;
        have += bytesRead;
      }
      try {
        return parseHeader(data.subarray(0, have), stat.size);
      } catch (error) {
        if (!(error instanceof Short)) throw error;
        if (have < 4) throw notGguf();
        if (have === stat.size || have < data.length) throw damaged('it ends in the middle of its description');
        if (have === LIMITS.header) throw damaged('its description is longer than 64 MiB');
      }
    }
  } finally {
    await file.close();
  }
}
