/** Answers a door's verbs on a wire: validates both ways, gives each ask its own AbortSignal, honours credit. */
import * as v from 'valibot';
import type { Call, Door, Handlers, Stream } from './contract.ts';
import { makeOutlet } from './credit.ts';
import { Fault } from './fault.ts';
import { MAX_PENDING, type Frame, type Wire } from './frame.ts';
import { isRequest, type Request } from './guard.ts';
import { pump } from './pump.ts';

type Handler = (input: unknown, signal: AbortSignal) => unknown;
type Ask = Extract<Request, { t: 'ask' }>;
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
 * Errors reach the caller as Faults: `unknown-verb`, `bad-input` (names the field), `busy`, `too-large`, what the handler
 * threw, or `internal` with the id in the log. A frame that no caller of ours sends ends the wire. An ask counts as
 * under way until its handler has really ended, also after a stop, so that `busy` bounds the work and not the talk.
 */
export function serve<D extends Door>({ door, handlers, wire, unexpected = () => 'none' }: ServeOptions<D>): void {
  const running = new Map<number, Running>();

  const internal = (error: unknown, verb: string): Fault => {
    let log = 'none';
    try {
      log = unexpected(error, verb);
    } catch {
      // A log that fails must not take the answer with it.
    }
    return new Fault(
      'internal',
      `Something unexpected went wrong; nothing else is affected. The log has it as ${log}.`,
      { details: { log } },
    );
  };

  const fail = (id: number, error: unknown, verb: string): void => {
    const fault = error instanceof Fault ? error : internal(error, verb);
    try {
      wire.post(failure(id, fault));
    } catch (unsendable) {
      wire.post(failure(id, internal(unsendable, verb)));
    }
  };

  const answer = async ({ id, verb: name, input, credit = 0 }: Ask) => {
    const stop = new AbortController();
    const { signal } = stop;
    const one = { stop, more: (_n: number) => {} };
    running.set(id, one);
    try {
      const { verb, handler } = find(door, handlers, name);
      const parsed = v.safeParse(verb.input, input);
      if (!parsed.success) throw badInput(name, parsed.issues);
      const result = handler(parsed.output, signal);
      if (verb.kind === 'call') {
        const value = v.parse(verb.output, await result);
        if (!signal.aborted) wire.post({ t: 'done', id, value });
      } else {
        const post = (value: unknown) => wire.post({ t: 'item', id, value });
        const outlet = makeOutlet({ credit, merge: verb.merge, signal, post });
        one.more = outlet.more;
        await pump({ output: verb.output, items: result as AsyncIterable<unknown>, outlet, signal });
        if (!signal.aborted) wire.post({ t: 'done', id });
      }
    } catch (error) {
      if (!signal.aborted) fail(id, error, name);
      // Nobody waits for it any more; what is not just the echo of the stop still belongs in the log.
      else if (!(error instanceof Fault) && !isAbort(error)) internal(error, name);
    } finally {
      running.delete(id);
    }
  };

  wire.listen(
    (frame) => {
      if (!isRequest(frame)) return wire.close();
      const one = running.get(frame.id);
      if (frame.t === 'stop') return one?.stop.abort();
      if (frame.t === 'more') return one?.more(frame.n);
      if (one) return wire.close();
      if (running.size >= MAX_PENDING) return fail(frame.id, busy(), frame.verb);
      void answer(frame);
    },
    () => {
      for (const one of running.values()) one.stop.abort();
    },
  );
}

/** Own properties only: `constructor` and `__proto__` are no verbs. */
function find(door: Door, handlers: object, name: string): { verb: Call | Stream; handler: Handler } {
  const verb = Object.hasOwn(door, name) ? door[name] : undefined;
  const handler = Object.hasOwn(handlers, name) ? (handlers as Record<string, Handler>)[name] : undefined;
  if (verb && handler) return { verb, handler };
  throw new Fault('unknown-verb', `There is no verb called ${JSON.stringify(name.slice(0, 64))} here.`);
}

const failure = (id: number, { code, message, details }: Fault): Frame => ({
  t: 'fail',
  id,
  code,
  message,
  ...(details && { details }),
});

const busy = () => new Fault('busy', 'Too much is under way at once; wait for something to end, then try again.');

const isAbort = (error: unknown) => error instanceof Error && error.name === 'AbortError';

function badInput(verb: string, issues: readonly v.BaseIssue<unknown>[]): Fault {
  const issue = issues[0]!;
  const field = v.getDotPath(issue) ?? 'input';
  // Valibot's own sentences quote what was received, which may be a secret; ours, given in the schemas, do not.
  const says = issue.message.startsWith('Invalid ') ? ownWords(issue) : issue.message;
  return new Fault('bad-input', `${verb} was not done: ${field} ${says}.`, { details: { field } });
}

function ownWords({ type, expected }: v.BaseIssue<unknown>): string {
  if (type === 'strict_object' && expected === 'never') return 'is not a field of this verb';
  // A field that is not there is reported by its object, which expects its name in quotes.
  if (/_?object$/.test(type) && expected?.startsWith('"')) return 'is missing';
  return `is not ${expected ?? 'allowed'}`;
}
