/** The reading contexts of a model that measures likeness: one for questions, others for work behind, made when needed. */
import type { Weights } from './llama.ts';
import type { Reader } from './reader.ts';

export interface Vectors {
  /** @param behind at most `lanes` texts at once; a question never waits for one of them */
  read(text: string, behind: boolean): Promise<Float32Array>;
  /** Makes the context for questions. */
  warm(): Promise<void>;
  /** Texts that are read at once behind. */
  readonly lanes: number;
  dispose(): Promise<void>;
}

/** More would keep a large machine's fans busy, and the store behind them writes no faster. */
const MOST_LANES = 8;

/**
 * Texts are read beside each other by one thread each, since two threads on one text gain little (measured at 16, 128 and
 * 256 tokens: .8, 1.5 and 1.8 times as fast, two texts at once 1.9 to 2 times). One thread is left to the rest of the
 * machine, and to a question.
 */
export function openVectors({
  weights,
  contextSize,
  threads,
}: {
  readonly weights: Pick<Weights, 'openReader'>;
  readonly contextSize: number;
  readonly threads: number;
}): Vectors {
  const lanes = Math.min(MOST_LANES, Math.max(1, threads - 1));
  const open = () => weights.openReader({ contextSize, threads: 1 });
  let urgent: Promise<Reader> | undefined;
  const all: Lane[] = [];
  const free: Lane[] = [];
  const waiting: ((lane: Lane) => void)[] = [];

  const question = () =>
    (urgent ??= open().catch((error: unknown) => {
      urgent = undefined;
      throw error;
    }));
  const take = async (): Promise<Lane> => {
    const mine = free.pop();
    if (mine) return mine;
    if (all.length >= lanes) return new Promise((resolve) => waiting.push(resolve));
    const fresh: Lane = { reader: undefined };
    all.push(fresh);
    return fresh;
  };
  const give = (lane: Lane) => {
    const next = waiting.shift();
    if (next) next(lane);
    else free.push(lane);
  };
  return {
    lanes,
    warm: async () => void (await question()),
    async read(text, behind) {
      if (!behind) return (await question()).read(text);
      const lane = await take();
      try {
        lane.reader ??= await open();
        return await lane.reader.read(text);
      } finally {
        give(lane);
      }
    },
    async dispose() {
      const readers = [...all.splice(0).map(({ reader }) => reader), await urgent?.catch(() => undefined)];
      urgent = undefined;
      free.length = 0;
      for (const reader of readers) await reader?.dispose();
    },
  };
}

interface Lane {
  reader: Reader | undefined;
}
