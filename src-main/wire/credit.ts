/** The way out of a stream: items leave while the reader has credit; without it they are joined, or the producer waits. */
import type { Merge } from './contract.ts';
import { CREDIT } from './frame.ts';

export interface Outlet {
  /** Takes an item. Undefined: go on at once; otherwise wait for the promise, which rejects when sending failed. */
  push(value: unknown): Promise<void> | undefined;
  /** The reader gives credit for `n` more items; what is held leaves now, even if the producer is silent. */
  more(n: number): void;
  /** Resolves when nothing is held any more, or when the stream was stopped. Rejects when sending failed. */
  empty(): Promise<void> | undefined;
}

export interface OutletOptions {
  readonly credit: number;
  readonly merge: Merge<unknown> | undefined;
  readonly signal: AbortSignal;
  /** Sends an item; may throw. */
  readonly post: (value: unknown) => void;
}

/**
 * Joins that make a page. Pages are joined with what waited before them only when they are full: joining each token
 * with all the text before it would copy that text a million times, or keep a million ropes alive. After a page the
 * event loop gets a turn: a producer that never waits must still hear `stop` and `more`.
 */
const PAGE = 512;

/** Holds at most two items (all full pages, and the newest), and credit for at most CREDIT. */
export function makeOutlet({ credit, merge, signal, post }: OutletOptions): Outlet {
  let left = credit;
  const held: unknown[] = [];
  /** Joins in the newest item; PAGE when it is full. */
  let joins = 0;
  let failed: { error: unknown } | undefined;
  let wake = () => {};
  signal.addEventListener('abort', () => wake(), { once: true });

  /** Resolves when at most `most` items are held. */
  const until = async (most: number) => {
    while (held.length > most && !failed && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
    if (failed) throw failed.error;
  };
  const hold = async (value: unknown) => {
    await until(0);
    if (signal.aborted) return;
    // Whoever woke us may have used only one credit of many.
    if (left > 0) {
      left--;
      post(value);
      return;
    }
    held.push(value);
    joins = 0;
    if (!merge) await until(0);
  };
  const fold = () => {
    const joined = held.length > 1 ? merge!(held[0], held[1]) : undefined;
    if (joined !== undefined) held.splice(0, 2, joined);
  };
  const turnPage = async () => {
    fold();
    if (held.length > 1) await until(1);
    else await new Promise((resolve) => setTimeout(resolve));
  };

  return {
    push(value) {
      if (merge && held.length > 0) {
        if (joins === PAGE) {
          held.push(value);
          joins = 0;
          return undefined;
        }
        const joined = merge(held.at(-1), value);
        if (joined !== undefined) {
          held[held.length - 1] = joined;
          return ++joins === PAGE ? turnPage() : undefined;
        }
      }
      if (held.length > 0 || failed || left === 0) return hold(value);
      left--;
      post(value);
      return undefined;
    },
    more(n) {
      // An honest reader never gives more than it read, so the sum stays within one window; a flood is cut here.
      left = Math.min(left + n, CREDIT);
      try {
        if (left > 0) fold();
        for (; left > 0 && held.length > 0; left--) post(held.shift());
      } catch (error) {
        held.length = 0;
        failed = { error };
      }
      wake();
    },
    empty: () => (held.length > 0 || failed ? until(0) : undefined),
  };
}
