/** One text in, one vector out: an embedding context of llama.cpp, whose vectors are given length 1 here. */
import type { LlamaModel } from './llama.ts';
import { noMemory, unreadable } from './load-faults.ts';

export interface Reader {
  /** A vector of length 1 (the library's have lengths of 1 to 7). Texts follow each other. @throws `model-unreadable` */
  read(text: string): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** A piece of a word has at most so many characters; what lies behind them cannot count. */
const CHARACTERS_A_TOKEN = 32;

/**
 * @param options `contextSize`: tokens of a text that count, its marks among them; the rest is cut off
 * @throws Fault `no-memory`
 */
export async function openReader(
  model: LlamaModel,
  { contextSize, threads }: { readonly contextSize: number; readonly threads: number },
): Promise<Reader> {
  // The library refuses texts that fill a context to the last place, so there is one more.
  const size = contextSize + 1;
  const context = await model
    .createEmbeddingContext({ contextSize: size, batchSize: size, threads })
    .catch((cause: unknown) => {
      throw noMemory(cause);
    });
  const begin = model.tokens.bos;
  return {
    async read(text) {
      const beginning = text.slice(0, contextSize * CHARACTERS_A_TOKEN).toWellFormed();
      // Marks in a text are characters like others. Two places are those of its own marks.
      const tokens = model.tokenize(beginning, false).slice(0, contextSize - 2);
      // Of nothing the library would make nothing: the marks alone have a vector too.
      const { vector } = await context.getEmbeddingFor(tokens.length > 0 || begin === null ? tokens : [begin]);
      return unit(vector);
    },
    dispose: () => context.dispose(),
  };
}

/** Divides by the Euclidean norm; a network of damaged weights gives none. */
function unit(vector: readonly number[]): Float32Array {
  const norm = Math.sqrt(vector.reduce((sum, one) => sum + one * one, 0));
  if (!(norm > 0 && norm < Infinity)) throw unreadable(undefined);
  return Float32Array.from(vector, (one) => one / norm);
}
