/** Answers a door's verbs on a wire: validates both ways, gives each ask its own AbortSignal, honours credit. */
import * as v from 'valibot';
import type { Door, Handlers, Merge, Stream } from './contract.ts';
import { Fault } from './fault.ts';
import { MAX_PENDING, type Frame, type Wire } from './frame.ts';
import { isRequest } from './guard.ts';

type Handler = (input: unknown, signal: AbortSignal) => unknown;
interface Running {
  readonly stop: AbortController;
  more(n: number): void;
}

export interface ServeOptions<D extends Door> {
  readonly door: D;
  readonly handlers: Handlers<D>;
  readonly wire: Wire;
  /** Told of each error that is not a Fault; returns the id under which the log has it. */
  readonly unexpected?: (error: unknown, verb: string) => string;
}

/**
 * Serves `door` on `wire` until the wire closes; closing aborts everything under way.
 *
 * Errors reach the caller as Faults: `unknown-verb`, `bad-input` (names the field), `busy`, what the handler threw, or
 * `internal` with the id in the log.
 */
export function serve<D extends Door>({ door, handlers, wire, unexpected = () => 'none' }: ServeOptions<D>): void {
  const running = new Map<number, Running>();

  const failure = (id: number, error: unknown, verb: string): Frame => {
    if (error instanceof Fault)
      return {
        t: 'fail',
        id,
        code: error.code,
        message: error.message,
        ...(error.details && { details: error.details }),
      };
    const log = unexpected(error, verb);
    return {
      t: 'fail',
      id,
      code: 'internal',
      message: `Something unexpected went wrong; nothing else is affected. The log has it as ${log}.`,
      details: { log },
    };
  };

  const answer = async (id: number, name: string, input: unknown, credit: number) => {
    const stop = new AbortController();
    const credits = creditGate(credit, stop.signal);
    running.set(id, { stop, more: credits.add });
    try {
      const verb = Object.hasOwn(door, name) ? door[name] : undefined;
      const handler = Object.hasOwn(handlers, name) ? (handlers as Record<string, Handler>)[name] : undefined;
      if (!verb || !handler)
        throw new Fault('unknown-verb', `There is no verb called ${JSON.stringify(name.slice(0, 64))} here.`);
      const parsed = v.safeParse(verb.input, input);
      if (!parsed.success) throw badInput(name, parsed.issues);
      if (verb.kind === 'call') {
        const value = v.parse(verb.output, await handler(parsed.output, stop.signal));
        if (!stop.signal.aborted) wire.post({ t: 'done', id, value });
      } else {
        const items = handler(parsed.output, stop.signal) as AsyncIterable<unknown>;
        await pump({ verb, items, signal: stop.signal, credits, post: (value) => wire.post({ t: 'item', id, value }) });
        if (!stop.signal.aborted) wire.post({ t: 'done', id });
      }
    } catch (error) {
      if (!stop.signal.aborted) wire.post(failure(id, error, name));
    } finally {
      running.delete(id);
    }
  };

  wire.listen(
    (frame) => {
      if (!isRequest(frame)) return wire.close();
      if (frame.t === 'stop') return running.get(frame.id)?.stop.abort();
      if (frame.t === 'more') return running.get(frame.id)?.more(frame.n);
      if (running.has(frame.id)) return wire.close();
      if (running.size >= MAX_PENDING)
        return wire.post(
          failure(
            frame.id,
            new Fault('busy', 'Too much is under way at once; wait for something to end, then try again.'),
            frame.verb,
          ),
        );
      void answer(frame.id, frame.verb, frame.input, frame.credit ?? 0);
    },
    () => {
      for (const one of running.values()) one.stop.abort();
    },
  );
}

const badInput = (verb: string, issues: readonly v.BaseIssue<unknown>[]) => {
  const issue = issues[0]!;
  const field = v.getDotPath(issue) ?? 'input';
  return new Fault('bad-input', `${verb} was not done: ${field}: ${issue.message}.`, { details: { field } });
};

interface CreditGate {
  add(n: number): void;
  /** Takes one credit if there is any. */
  take(): boolean;
  /** Resolves when there is credit, or when the ask was stopped. */
  wait(): Promise<void>;
}
function creditGate(start: number, signal: AbortSignal): CreditGate {
  let left = start;
  let wake = () => {};
  signal.addEventListener('abort', () => wake(), { once: true });
  return {
    add(n) {
      left += n;
      wake();
    },
    take: () => left > 0 && left-- > 0,
    wait: () => (left > 0 || signal.aborted ? Promise.resolve() : new Promise((resolve) => (wake = resolve))),
  };
}

interface PumpOptions {
  readonly verb: Stream;
  readonly items: AsyncIterable<unknown>;
  readonly signal: AbortSignal;
  readonly credits: CreditGate;
  post(value: unknown): void;
}

/** Moves items to the wire. Without credit, items that may be joined are joined and the producer goes on. */
async function pump({ verb, items, signal, credits, post }: PumpOptions): Promise<void> {
  const merge = verb.merge as Merge<unknown> | undefined;
  let held: { value: unknown } | undefined;
  const flush = () => {
    if (held && credits.take()) {
      post(held.value);
      held = undefined;
    }
  };
  // While something is held, credit that arrives between two items must send it on at once.
  const drain = async () => {
    while (held && !signal.aborted) {
      await credits.wait();
      flush();
    }
  };
  let draining: Promise<void> | undefined;
  for await (const item of items) {
    if (signal.aborted) return;
    const value = v.parse(verb.output, item);
    flush();
    if (held) {
      const joined = merge?.(held.value, value);
      if (joined !== undefined) {
        held = { value: joined };
        continue;
      }
      await drain();
      if (signal.aborted) return;
    }
    if (credits.take()) post(value);
    else {
      held = { value };
      if (merge) draining ??= drain().finally(() => (draining = undefined));
      else await drain();
    }
  }
  await drain();
}
