/** Moves a handler's items to the wire, and ends the handler's iterator in every way that a stream can end. */
import * as v from 'valibot';
import type { Stream } from './contract.ts';
import type { Outlet } from './credit.ts';

export interface PumpOptions {
  readonly output: Stream['output'];
  readonly items: AsyncIterable<unknown>;
  readonly outlet: Outlet;
  readonly signal: AbortSignal;
}

/**
 * Resolves when every item has left, or after a stop once the iterator has ended.
 *
 * On a stop `return()` is called at once, also while `next()` is pending: a generator that waits for something the
 * signal ends then runs its `finally`. Rejects with what the iterator, the output schema or the sending threw.
 */
export async function pump({ output, items, outlet, signal }: PumpOptions): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  let left: Promise<unknown> | undefined;
  const leave = () => (left ??= (async () => iterator.return?.())());
  // Its error is reported below, where `leave` is awaited.
  const stop = () => void leave().catch(() => {});
  signal.addEventListener('abort', stop, { once: true });
  let ended = false;
  try {
    while (!signal.aborted) {
      let step: IteratorResult<unknown>;
      try {
        step = await iterator.next();
      } catch (error) {
        ended = true;
        throw error;
      }
      if (step.done) {
        ended = true;
        await outlet.empty();
        return;
      }
      if (signal.aborted) return;
      const wait = outlet.push(v.parse(output, step.value));
      if (wait) await wait;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    if (!ended || left) await leave();
  }
}
