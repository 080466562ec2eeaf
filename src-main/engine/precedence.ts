/** Who computes first in the engine process: answers, then scores that a person asked for, then work behind. */

/** The lower one waits for all above it. */
const RANKS = ['answer', 'score', 'behind'] as const;
export type Rank = (typeof RANKS)[number];

export interface Precedence {
  /** Work of this rank is under way or waits to begin; call what it returns when it has ended. */
  enter(rank: Rank): () => void;
  /** Resolves when nothing of a higher rank is under way; rejects when `signal` aborts. */
  clear(rank: Rank, signal: AbortSignal): Promise<void>;
}

/** Work of a lower rank asks before each small part of it, so that a question waits for one part at most. */
export function openPrecedence(): Precedence {
  const inside: Record<Rank, number> = { answer: 0, score: 0, behind: 0 };
  let waiting: (() => void)[] = [];
  const isClear = (rank: Rank) => RANKS.slice(0, RANKS.indexOf(rank)).every((higher) => inside[higher] === 0);
  return {
    enter(rank) {
      inside[rank]++;
      let entered = true;
      return () => {
        if (!entered) return;
        entered = false;
        if (--inside[rank] > 0) return;
        const all = waiting;
        waiting = [];
        for (const go of all) go();
      };
    },
    async clear(rank, signal) {
      while (!isClear(rank)) {
        signal.throwIfAborted();
        await new Promise<void>((resolve) => {
          const go = () => {
            signal.removeEventListener('abort', go);
            resolve();
          };
          waiting.push(go);
          signal.addEventListener('abort', go, { once: true });
        });
      }
      signal.throwIfAborted();
    },
  };
}
