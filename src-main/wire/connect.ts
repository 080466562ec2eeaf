/** The caller's end of a wire: a door's verbs as functions; streams are async iterables that give credit as they are read. */
import type { Client, Door } from './contract.ts';
import { Fault } from './fault.ts';
import { CREDIT, type Wire } from './frame.ts';
import { isResponse, type Response } from './guard.ts';
import { makeReader } from './reader.ts';

/**
 * Makes a client for `door` over `wire`.
 *
 * A call is asked at once, a stream with its first `next()`. Every verb rejects with a Fault (`closed` when the wire
 * ends first, `bad-input` or `too-large` when the input cannot be sent) or, when its own signal aborts, with the
 * signal's reason. Leaving a stream early stops the far side. A far side that breaks the protocol ends the wire.
 */
export function connect<D extends Door>(door: D, wire: Wire): Client<D> {
  let next = 1;
  let closed = false;
  const pending = new Map<number, (frame: Response) => void>();
  const end = () => {
    closed = true;
    const all = [...pending];
    pending.clear();
    const { code, message } = closedFault();
    for (const [id, on] of all) on({ t: 'fail', id, code, message });
  };
  wire.listen((frame) => {
    if (!isResponse(frame)) return wire.close();
    const on = pending.get(frame.id);
    if (frame.t !== 'item') pending.delete(frame.id);
    on?.(frame);
  }, end);

  const ask = (verb: string, input: unknown, credit: number | undefined, on: (frame: Response) => void) => {
    if (closed) throw closedFault();
    const id = next++;
    pending.set(id, on);
    try {
      wire.post({ t: 'ask', id, verb, input, ...(credit !== undefined && { credit }) });
    } catch (error) {
      pending.delete(id);
      throw error instanceof Fault ? error : unsendable(verb, error);
    }
    return {
      more: (n: number) => wire.post({ t: 'more', id, n }),
      /** Forgets the ask, and stops the far side unless it has ended. */
      leave() {
        if (pending.delete(id)) wire.post({ t: 'stop', id });
      },
    };
  };
  const callVerb = (verb: string, input: unknown, signal?: AbortSignal) =>
    new Promise<unknown>((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = () => {
        sent.leave();
        reject(signal!.reason as Error);
      };
      const sent = ask(verb, input, undefined, (frame) => {
        if (frame.t === 'item') return;
        signal?.removeEventListener('abort', abort);
        if (frame.t === 'done') resolve(frame.value);
        else reject(toFault(frame));
      });
      signal?.addEventListener('abort', abort, { once: true });
    });

  const streamVerb = (verb: string, input: unknown, signal?: AbortSignal) =>
    makeReader({
      open: (on) => ask(verb, input, CREDIT, on),
      flooded: () => wire.close(),
      toFault,
      signal,
    });

  const client = Object.create(null) as Record<string, unknown>;
  for (const [name, { kind }] of Object.entries(door)) {
    const verb = kind === 'call' ? callVerb : streamVerb;
    client[name] = (input: unknown, signal?: AbortSignal) => verb(name, input, signal);
  }
  return client as Client<D>;
}

const closedFault = () =>
  new Fault('closed', 'The connection to the core has ended. What was saved is safe; open daimon again.');

const unsendable = (verb: string, cause: unknown) =>
  new Fault('bad-input', `${verb} was not done: its input holds something that cannot be sent.`, { cause });

const toFault = ({ code, message, details }: Extract<Response, { t: 'fail' }>) =>
  new Fault(code, message, details ? { details } : {});
