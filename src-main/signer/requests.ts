/** What waits for the person: each request with its digest, until it is approved, refused, withdrawn or expired. */
import { idFactory } from '../base/id.ts';
import type { Clock } from '../base/ports.ts';
import { Fault, type schema } from '../wire/index.ts';
import type { Draft } from './sheets.ts';

/** What the person gives with their approval; only restoring needs anything. */
export interface Given {
  readonly phrase?: Uint8Array;
}
export interface Waiting extends Draft {
  readonly id: schema.Id;
  readonly expiresAt: number;
  /** When a confirm window was first given it; Approve counts from here, whatever the window claims. */
  handedOutAt: number | undefined;
}
interface Held extends Waiting {
  readonly perform: (given: Given) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (fault: Fault) => void;
  readonly end: () => void;
  performing: boolean;
}

const LASTS_MS = 10 * 60_000;

const refused = () => new Fault('refused', 'You refused; nothing was signed, shown or changed.');
const expired = () =>
  new Fault('expired', 'Nobody answered within ten minutes, so nothing was done. Ask again when you are ready.');
const gone = () =>
  new Fault('request-gone', 'This request has ended: it was answered, withdrawn, or is older than ten minutes.');

export type Requests = ReturnType<typeof openRequests>;

export function openRequests({ clock }: { readonly clock: Clock }) {
  const ids = idFactory(clock);
  const held = new Map<string, Held>();
  let version = 1;
  let wakes: (() => void)[] = [];
  const changed = () => {
    version++;
    for (const wake of wakes.splice(0)) wake();
  };
  const remove = (one: Held) => {
    if (!held.delete(one.id)) return false;
    one.end();
    changed();
    return true;
  };
  const find = (id: string) => {
    const one = held.get(id);
    if (!one) throw gone();
    return one;
  };

  return {
    /**
     * Lets a request wait. `perform` runs when the person approves; if it throws, the request goes on waiting (24 words
     * may be mistyped). The outcome rejects with Fault `refused` or `expired`, or the signal's reason.
     */
    add<T>(
      draft: Draft,
      perform: (given: Given) => Promise<T>,
      signal: AbortSignal,
    ): { waiting: Waiting; outcome: Promise<T> } {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      // Whoever asked may have left before the first await.
      promise.catch(() => {});
      const timer = setTimeout(() => remove(one) && reject(expired()), LASTS_MS);
      const withdraw = () => remove(one) && reject(signal.reason as Error);
      const one: Held = {
        ...draft,
        id: ids(),
        expiresAt: clock.now() + LASTS_MS,
        handedOutAt: undefined,
        performing: false,
        perform,
        resolve: resolve as (value: unknown) => void,
        reject,
        end() {
          clearTimeout(timer);
          signal.removeEventListener('abort', withdraw);
        },
      };
      signal.addEventListener('abort', withdraw, { once: true });
      held.set(one.id, one);
      changed();
      return { waiting: one, outcome: promise };
    },
    get: (id: string): Waiting => find(id),
    has: (id: string) => held.has(id),
    /** The oldest request, if any. */
    first: (): Waiting | undefined => held.values().next().value,
    get size() {
      return held.size;
    },
    get version() {
      return version;
    },
    /** Resolves when something was added or ended, or when the signal aborts. */
    change: (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        wakes.push(resolve);
        signal.addEventListener(
          'abort',
          () => {
            wakes = wakes.filter((wake) => wake !== resolve);
            resolve();
          },
          { once: true },
        );
      }),
    /** Does what was asked. Once: a second approval of the same request finds it gone. */
    async approve(id: string, given: Given = {}): Promise<void> {
      const one = find(id);
      if (one.performing) throw gone();
      one.performing = true;
      try {
        const value = await one.perform(given);
        if (remove(one)) one.resolve(value);
      } finally {
        one.performing = false;
      }
    },
    refuse(id: string): void {
      const one = find(id);
      if (remove(one)) one.reject(refused());
    },
    /** Refuses all that waits, but for what was approved and is being done: it can no longer be said to be undone. */
    refuseWaiting(): void {
      for (const one of [...held.values()]) if (!one.performing && remove(one)) one.reject(refused());
    },
  };
}
