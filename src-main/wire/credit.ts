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

/** Joins after which the event loop gets a turn: a producer that never waits must still hear `stop` and `more`. */
const TURN = 4096;

/** Holds at most one item, and credit for at most CREDIT. */
export function makeOutlet({ credit, merge, signal, post }: OutletOptions): Outlet {
  let left = credit;
  let held: { value: unknown } | undefined;
  let joins = 0;
  let failed: { error: unknown } | undefined;
  let wake = () => {};
  signal.addEventListener('abort', () => wake(), { once: true });

  const empty = async () => {
    while (held && !failed && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
    if (failed) throw failed.error;
  };
  const hold = async (value: unknown) => {
    await empty();
    if (signal.aborted) return;
    // Whoever woke us may have used only one credit of many.
    if (left > 0) {
      left--;
      post(value);
    } else {
      held = { value };
      if (!merge) await empty();
    }
  };

  return {
    push(value) {
      if (held && merge) {
        const joined = merge(held.value, value);
        if (joined !== undefined) {
          held.value = joined;
          if (++joins % TURN === 0) return new Promise((resolve) => setTimeout(resolve));
          return undefined;
        }
      }
      if (held || failed || left === 0) return hold(value);
      left--;
      post(value);
      return undefined;
    },
    more(n) {
      // An honest reader never gives more than it read, so the sum stays within one window; a flood is cut here.
      left = Math.min(left + n, CREDIT);
      if (!held || left === 0) return;
      left--;
      const { value } = held;
      held = undefined;
      try {
        post(value);
      } catch (error) {
        failed = { error };
      }
      wake();
    },
    empty: () => (held || failed ? empty() : undefined),
  };
}
