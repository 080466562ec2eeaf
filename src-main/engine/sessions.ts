/** Conversations share the weights; a few of them have a live KV cache, the least recently used gives way. */
import { openKept, type Kept } from './kept.ts';
import { LIVE } from './fit.ts';
import type { Sequence, Weights } from './llama.ts';

export interface Session {
  readonly sequence: Sequence;
  readonly kept: Kept;
  /** Lets the next request on. */
  release(): void;
}

export interface Sessions {
  /** Waits until the session's former request has ended and a sequence is free; rejects when `signal` aborts. */
  acquire(session: string, signal: AbortSignal): Promise<Session>;
  /** Makes the first sequence, so that the first question finds one. */
  warm(): Promise<Sequence>;
  dispose(): Promise<void>;
}

interface Slot {
  readonly sequence: Promise<Sequence>;
  session: string | undefined;
  busy: boolean;
  used: number;
}

export interface SessionsOptions {
  readonly weights: Pick<Weights, 'openSequence'>;
  readonly contextSize: number;
  readonly threads: number;
  /** Live sequences. Each has a KV cache of its own, made when first needed: this bounds the memory. */
  readonly most?: number;
}

/** Conversations whose answers' tokens are remembered though their cache is gone. */
const REMEMBERED = 16;

/**
 * A sequence for each of the last `most` conversations. One that comes back after it gave way is evaluated again, except
 * for what its prompt has in common with the one that took its place (the system prompt).
 */
export function openSessions({ weights, contextSize, threads, most = LIVE }: SessionsOptions): Sessions {
  let slots: Slot[] = [];
  const kept = new Map<string, Kept>();
  let waiting: (() => void)[] = [];
  let uses = 0;

  const open = (): Slot => {
    const sequence = weights.openSequence({ contextSize, threads });
    const slot: Slot = { sequence, session: undefined, busy: false, used: 0 };
    slots.push(slot);
    sequence.catch(() => {
      slots = slots.filter((one) => one !== slot);
      wake();
    });
    return slot;
  };
  /** A slot that this session may have now, or undefined: it has to wait. */
  const pick = (session: string): Slot | undefined => {
    const own = slots.find((slot) => slot.session === session);
    // A second request of one session waits for the first: they would write over each other's cache.
    if (own) return own.busy ? undefined : own;
    const free = slots.filter((slot) => !slot.busy).sort((a, b) => a.used - b.used);
    const spare = free.find((slot) => slot.session === undefined);
    return spare ?? (slots.length < most ? open() : free[0]);
  };
  /** Those who wait try again, in the order in which they came. */
  const wake = () => {
    const all = waiting;
    waiting = [];
    for (const go of all) go();
  };
  const remember = (session: string) => {
    const mine = kept.get(session) ?? openKept(contextSize * 2);
    kept.delete(session);
    kept.set(session, mine);
    if (kept.size > REMEMBERED) kept.delete(kept.keys().next().value!);
    return mine;
  };

  return {
    async acquire(session, signal) {
      for (;;) {
        signal.throwIfAborted();
        const slot = pick(session);
        if (!slot) {
          await new Promise<void>((go) => {
            waiting.push(go);
            signal.addEventListener('abort', () => go(), { once: true });
          });
          continue;
        }
        slot.busy = true;
        slot.session = session;
        slot.used = ++uses;
        const sequence = await slot.sequence;
        return {
          sequence,
          kept: remember(session),
          release() {
            slot.busy = false;
            wake();
          },
        };
      }
    },
    warm: () => (slots[0] ?? open()).sequence,
    async dispose() {
      for (const { sequence } of slots.splice(0)) await (await sequence).dispose();
    },
  };
}
