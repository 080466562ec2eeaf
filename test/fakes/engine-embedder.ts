/** An embedder without a model: texts that share letters in threes lie close to each other. */
import type { Embedder } from '../../src-main/engine/ports.ts';
import { Fault } from '../../src-main/wire/index.ts';

const DIMENSIONS = 256;
/** Words that count of a text. */
const READS = 200;

/** Of length 1; the same for the same text. */
export function fakeVector(text: string): Float32Array {
  const vector = new Float32Array(DIMENSIONS);
  // Of nothing there is a vector too.
  vector[0] = 0.01;
  const words =
    text
      .toWellFormed()
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  for (const word of words.slice(0, READS))
    for (let i = 0; i + 3 <= word.length + 2; i++) {
      let hash = 0;
      for (const character of ` ${word} `.slice(i, i + 3)) hash = (Math.imul(hash, 31) + character.codePointAt(0)!) | 0;
      vector[1 + ((hash >>> 0) % (DIMENSIONS - 1))]! += 1;
    }
  const norm = Math.hypot(...vector);
  return vector.map((one) => one / norm);
}

export interface FakeEmbedder extends Embedder {
  /** The model comes or goes. */
  have(here: boolean): void;
  /** The next text makes the engine crash. */
  crash(): void;
}

export function fakeEmbedder(id = 'fake'): FakeEmbedder {
  const listeners = new Set<() => void>();
  let here = true;
  let crashes = false;
  return {
    embedderNow: () => (here ? { id, dimensions: DIMENSIONS } : undefined),
    async embed(texts, _how, signal) {
      if (!here) throw new Fault('no-embedder', 'The model that finds by meaning is not here.');
      const vectors: Float32Array[] = [];
      for (const text of texts) {
        await new Promise((resolve) => setImmediate(resolve));
        signal?.throwIfAborted();
        if (crashes) {
          crashes = false;
          throw new Fault('engine-crashed', 'The engine stopped unexpectedly and is starting again.');
        }
        vectors.push(fakeVector(text));
      }
      return vectors;
    },
    onEmbedder(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    have(now) {
      here = now;
      for (const listener of listeners) listener();
    },
    crash: () => void (crashes = true),
  };
}
