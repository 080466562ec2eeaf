/** An embedder without a model: a text's vector is the sum of its words' (equal words, equal directions), of length 1. */
import { createHash } from 'node:crypto';
import type { Embedder } from '../../src-main/library/ports.ts';

const DIMENSIONS = 384;
const known = new Map<string, Float32Array>();

function ofWord(word: string): Float32Array {
  let vector = known.get(word);
  if (!vector) {
    const hash = createHash('shake256', { outputLength: DIMENSIONS }).update(word).digest();
    vector = Float32Array.from({ length: DIMENSIONS }, (_, i) => hash[i]! - 127.5);
    known.set(word, vector);
  }
  return vector;
}

export interface FakeMeaning extends Embedder {
  /** Texts that were embedded so far. */
  readonly embedded: string[];
  use(id: string | undefined): void;
}

/** @param same words that mean the same: each is taken for the first of its group */
export function fakeMeaning({ id = 'fake', same = [] }: { id?: string; same?: readonly string[][] } = {}): FakeMeaning {
  const meaning = new Map(same.flatMap(([first, ...others]) => others.map((other) => [other, first!])));
  const embedded: string[] = [];
  const listeners = new Set<() => void>();
  let now: string | undefined = id;
  return {
    embedded,
    use(next) {
      now = next;
      for (const listener of listeners) listener();
    },
    embedderNow: () => (now === undefined ? undefined : { id: now, dimensions: DIMENSIONS }),
    async embed(texts) {
      embedded.push(...texts);
      return texts.map((text) => {
        const sum = new Float32Array(DIMENSIONS);
        for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
          const meant = meaning.get(word) ?? word;
          // Short words are most of a text and say nothing of it.
          if (meant.length < 4) continue;
          const one = ofWord(meant);
          for (let i = 0; i < DIMENSIONS; i++) sum[i]! += one[i]!;
        }
        const length = Math.hypot(...sum) || 1;
        return sum.map((value) => value / length);
      });
    },
    onEmbedder(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
