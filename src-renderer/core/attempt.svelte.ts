/** One thing at a time that may fail: whether it is under way, and the notice if it failed. */
import type { Pending } from '../../src-main/vault/door.ts';
import { notify, type Notified } from './notify.ts';

export interface Attempt {
  readonly busy: boolean;
  readonly fault: Notified | undefined;
  /** Does nothing while the last one is under way; a Fault becomes `fault`. @returns whether it was done */
  run(work: () => Promise<unknown>): Promise<boolean>;
  clear(): void;
}

export function openAttempt(): Attempt {
  let busy = $state(false);
  let fault = $state.raw<Notified>();
  return {
    get busy() {
      return busy;
    },
    get fault() {
      return fault;
    },
    async run(work) {
      if (busy) return false;
      busy = true;
      fault = undefined;
      try {
        await work();
        return true;
      } catch (error) {
        fault = notify(error);
        return false;
      } finally {
        busy = false;
      }
    },
    clear() {
      fault = undefined;
    },
  };
}

type Confirmed = { kind: 'pending'; pending: Pending } | { kind: 'done' };

export interface Confirmation<D> extends Omit<Attempt, 'run'> {
  /** What waits in the confirm window. */
  readonly pending: Pending | undefined;
  /** Asks, and waits for the decision there. @returns what was done, or undefined after a fault or `cancel` */
  run(ask: (signal: AbortSignal) => AsyncIterable<D | { kind: 'pending'; pending: Pending }>): Promise<D | undefined>;
  /** Takes the request back. */
  cancel(): void;
}

/** A verb whose decision falls in the confirm window. Call it while a component is set up: leaving takes the request back. */
export function openConfirmation<D extends Confirmed>(): Confirmation<Extract<D, { kind: 'done' }>> {
  const attempt = openAttempt();
  let pending = $state.raw<Pending>();
  let stop: AbortController | undefined;
  $effect(() => () => stop?.abort());
  return {
    get busy() {
      return attempt.busy;
    },
    get fault() {
      return attempt.fault;
    },
    get pending() {
      return pending;
    },
    clear: attempt.clear,
    async run(ask) {
      let done: Extract<D, { kind: 'done' }> | undefined;
      await attempt.run(async () => {
        stop = new AbortController();
        try {
          for await (const item of ask(stop.signal))
            if (item.kind === 'pending') pending = (item as { pending: Pending }).pending;
            else done = item;
        } finally {
          pending = undefined;
        }
      });
      return done;
    },
    cancel() {
      stop?.abort();
    },
  };
}
