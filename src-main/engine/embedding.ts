/** Vectors in the engine process: a question's at once, those of work behind between answers, one text after the other. */
import type { Pool } from './pool.ts';
import type { Precedence } from './precedence.ts';
import type { Load } from './process-door.ts';

/** How long the weights stay after the last text. Bringing them back takes a quarter of a second. */
const REST_MS = 5 * 60_000;

export interface EmbeddingNeeds {
  readonly models: Pick<Pool, 'use' | 'rest'>;
  readonly precedence: Precedence;
  readonly restMs?: number;
}

export function openEmbedding({ models, precedence, restMs = REST_MS }: EmbeddingNeeds) {
  /** Calls under way, of all such models; there is one as a rule. */
  let calls = 0;
  let timer: NodeJS.Timeout | undefined;
  const restLater = (sha256: string) => {
    if (calls > 0) return;
    timer = setTimeout(() => void models.rest(sha256), restMs).unref();
  };

  /** @returns vectors of length 1, in the order of `texts` */
  return async function embed(
    load: Load,
    texts: readonly string[],
    behind: boolean,
    signal: AbortSignal,
  ): Promise<Float32Array[]> {
    calls++;
    clearTimeout(timer);
    const vectors: Float32Array[] = [];
    let next = 0;
    const readOn = async () => {
      for (let i = next++; i < texts.length; i = next++) {
        signal.throwIfAborted();
        if (behind) await precedence.clear('behind', signal);
        // Held for one text only: a model that needs the memory need not wait for all of them, which wait for it.
        vectors[i] = await models.use(load, signal, ({ vectors }) => vectors.read(texts[i]!, behind));
      }
    };
    try {
      if (texts.length === 0) return vectors;
      // The weights are not loaded beside an answer either.
      if (behind) await precedence.clear('behind', signal);
      const lanes =
        behind && texts.length > 1 ? await models.use(load, signal, async ({ vectors }) => vectors.lanes) : 1;
      await Promise.all(Array.from({ length: Math.min(lanes, texts.length) }, readOn));
    } finally {
      calls--;
      restLater(load.sha256);
    }
    return vectors;
  };
}
