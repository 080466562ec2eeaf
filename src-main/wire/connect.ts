/** The caller's end of a wire: a door's verbs as functions; streams are async iterables that give credit as they are read. */
import type { Client, Door } from './contract.ts';
import { Fault } from './fault.ts';
import { CREDIT, type Wire } from './frame.ts';
import { isResponse, type Response } from './guard.ts';

const closedFault = () =>
  new Fault('closed', 'The connection to the core has ended. What was saved is safe; open daimon again.');

/**
 * Makes a client for `door` over `wire`.
 *
 * Every verb rejects with a Fault (`closed` when the wire ends first) or, when its own signal aborts, with the signal's
 * reason. Leaving a stream early stops the far side.
 */
export function connect<D extends Door>(door: D, wire: Wire): Client<D> {
  let next = 1;
  let closed = false;
  const pending = new Map<number, (frame: Response) => void>();
  const end = () => {
    closed = true;
    for (const [id, on] of [...pending]) on({ t: 'fail', id, ...asFail(closedFault()) });
    pending.clear();
  };
  wire.listen((frame) => {
    if (!isResponse(frame)) return wire.close();
    const on = pending.get(frame.id);
    if (frame.t !== 'item') pending.delete(frame.id);
    on?.(frame);
  }, end);

  /** Sends an ask; the returned function forgets it and stops the far side unless it has ended. */
  const ask = (verb: string, input: unknown, credit: number | undefined, on: (frame: Response) => void) => {
    if (closed) throw closedFault();
    const id = next++;
    pending.set(id, on);
    wire.post({ t: 'ask', id, verb, input, ...(credit !== undefined && { credit }) });
    return {
      id,
      leave() {
        if (pending.delete(id)) wire.post({ t: 'stop', id });
      },
    };
  };

  const callVerb = async (verb: string, input: unknown, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    return new Promise<unknown>((resolve, reject) => {
      const abort = () => {
        sent.leave();
        reject(signal!.reason as Error);
      };
      const sent = ask(verb, input, undefined, (frame) => {
        signal?.removeEventListener('abort', abort);
        if (frame.t === 'done') resolve(frame.value);
        else if (frame.t === 'fail') reject(toFault(frame));
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
  };

  async function* streamVerb(verb: string, input: unknown, signal?: AbortSignal) {
    signal?.throwIfAborted();
    const queue: Response[] = [];
    let wake = () => {};
    let taken = 0;
    const sent = ask(verb, input, CREDIT, (frame) => {
      queue.push(frame);
      wake();
    });
    const abort = () => wake();
    signal?.addEventListener('abort', abort);
    try {
      for (;;) {
        while (queue.length === 0 && !signal?.aborted) await new Promise<void>((resolve) => (wake = resolve));
        signal?.throwIfAborted();
        const frame = queue.shift()!;
        if (frame.t === 'fail') throw toFault(frame);
        if (frame.t === 'done') return;
        // Half a window at a time: one credit frame for many items, and the far side never runs dry.
        if (++taken >= CREDIT / 2) {
          wire.post({ t: 'more', id: sent.id, n: taken });
          taken = 0;
        }
        yield frame.value;
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      sent.leave();
    }
  }

  const client: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, verb] of Object.entries(door)) {
    client[name] =
      verb.kind === 'call'
        ? (input: unknown, signal?: AbortSignal) => callVerb(name, input, signal)
        : (input: unknown, signal?: AbortSignal) => streamVerb(name, input, signal);
  }
  return client as Client<D>;
}

type Fail = Extract<Response, { t: 'fail' }>;
const asFail = (fault: Fault) => ({ code: fault.code, message: fault.message });
const toFault = ({ code, message, details }: Fail) => new Fault(code, message, details ? { details } : {});
