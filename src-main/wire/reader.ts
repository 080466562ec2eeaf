/** The reading end of a stream: items wait here in order, credit goes back as they are read, leaving tells the far side. */
import { type Fault } from './fault.ts';
import { CREDIT } from './frame.ts';
import type { Response } from './guard.ts';

export interface ReaderOptions {
  /** Asks; called with the first `next()`. May throw. */
  open(on: (frame: Response) => void): { more(n: number): void; leave(): void };
  /** The far side sent more than it had credit for. */
  flooded(): void;
  toFault(frame: Extract<Response, { t: 'fail' }>): Fault;
  readonly signal: AbortSignal | undefined;
}

interface Waiting {
  resolve(result: IteratorResult<unknown, undefined>): void;
  reject(reason: unknown): void;
}
const DONE = { done: true, value: undefined } as const;

/**
 * Written by hand, not as a generator: a generator's `return()` waits for the pending `next()`, so a reader that leaves
 * a silent stream would leave it running.
 */
export function makeReader({
  open,
  flooded,
  toFault,
  signal,
}: ReaderOptions): AsyncIterableIterator<unknown, undefined> {
  let link: ReturnType<ReaderOptions['open']> | undefined;
  let over = false;
  let failed: { reason: unknown } | undefined;
  let taken = 0;
  const items: unknown[] = [];
  const waiting: Waiting[] = [];

  const end = (reason?: { reason: unknown }) => {
    if (over) return;
    over = true;
    signal?.removeEventListener('abort', abort);
    const first = waiting.shift();
    if (first && reason) first.reject(reason.reason);
    else {
      first?.resolve(DONE);
      failed = reason;
    }
    for (const one of waiting.splice(0)) one.resolve(DONE);
  };
  const leave = (reason?: { reason: unknown }) => {
    items.length = 0;
    end(reason);
    link?.leave();
  };
  const abort = () => leave({ reason: signal!.reason as unknown });

  const on = (frame: Response) => {
    if (frame.t === 'done') return end();
    if (frame.t === 'fail') return end({ reason: toFault(frame) });
    const first = waiting.shift();
    if (first) {
      credit();
      first.resolve({ done: false, value: frame.value });
    } else if (items.push(frame.value) > CREDIT) flooded();
  };
  // Half a window at a time: one credit frame for many items, and the far side never runs dry.
  const credit = () => {
    if (++taken < CREDIT / 2 || over) return;
    link!.more(taken);
    taken = 0;
  };
  const begin = () => {
    if (signal?.aborted) return abort();
    try {
      link = open(on);
      signal?.addEventListener('abort', abort);
    } catch (reason) {
      end({ reason });
    }
  };

  return {
    async next() {
      if (!link && !over) begin();
      if (items.length > 0) {
        credit();
        return { done: false, value: items.shift() };
      }
      if (failed) {
        const { reason } = failed;
        failed = undefined;
        throw reason;
      }
      if (over) return DONE;
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    async return() {
      failed = undefined;
      leave();
      return DONE;
    },
    async throw(reason) {
      failed = undefined;
      leave();
      throw reason;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
