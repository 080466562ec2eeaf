/**
 * The gate before every verb: what a locked core answers, and that each visitor proves itself with the password.
 *
 * A second window or a terminal reaches a core that is already awake. Being able to open its socket is not enough to
 * read a diary: until the visitor has given the password itself, it sees a locked daimon.
 */
import { topic } from './base/topic.ts';
import { coreDoor, type CoreDoor, type RoomDoor } from './doors.ts';
import type { engineDoor } from './engine/door.ts';
import type { settingsDoor } from './settings/door.ts';
import type { vaultDoor, VaultStatus } from './vault/door.ts';
import { Fault, type Handlers } from './wire/index.ts';

/** One window (over its reconnects) or one terminal call. */
export interface Visitor {
  /** The waking in which it gave the password; 0 = never. */
  proven: number;
}
export const newVisitor = (): Visitor => ({ proven: 0 });

type OpenHandlers = Handlers<typeof settingsDoor & typeof vaultDoor & Pick<typeof engineDoor, 'engine.hardware'>>;
type Handler = (input: unknown, signal: AbortSignal) => unknown;

/** Views that a window keeps open by itself: they are no sign that somebody is there. */
const passive = new Set([
  'vault.status',
  'vault.watch',
  'settings.get',
  'settings.watch',
  'assistant.watch',
  'jobs.list',
  'jobs.follow',
  'dial.record',
]);
/** Verbs of the vault that anyone may use before proving; they take the password themselves. */
const proving = new Set(['vault.create', 'vault.restore', 'vault.unlock']);
const always = new Set([
  ...proving,
  // Safe for anyone to ask for, and the lock screen's "Stop everything".
  'vault.lock',
  'vault.status',
  'vault.watch',
  'settings.get',
  'settings.set',
  'settings.watch',
  'engine.hardware',
]);

interface GateNeeds {
  readonly open: OpenHandlers;
  /** The handlers of the other rooms; undefined while they are closed. */
  rooms(): Handlers<RoomDoor> | undefined;
  status(): VaultStatus;
  /** Somebody is there: the idle clock starts again. */
  touch(): void;
}

export function gate({ open, rooms, status, touch }: GateNeeds) {
  /** Counts wakings: locking makes every earlier proof worthless. */
  let waking = 1;
  let asleep = new AbortController();
  const news = topic<null>(() => null);

  const view = (visitor: Visitor): VaultStatus => {
    const now = status();
    return now.state === 'unlocked' && visitor.proven !== waking ? { ...now, state: 'locked' } : now;
  };
  const refuse = (visitor: Visitor) => {
    const { state } = view(visitor);
    if (state === 'none')
      throw new Fault(
        'no-vault',
        'There is no vault here yet. Open the window with npm start, or make one with: DAIMON_PASSWORD=… npm run -s daimon -- vault.create',
      );
    if (state === 'locked')
      throw new Fault(
        'locked',
        'daimon is asleep; nothing was done and everything is safe. Wake it with the password (in a terminal: set DAIMON_PASSWORD).',
      );
  };

  const handlerOf = (verb: string): Handler | undefined =>
    Object.hasOwn(open, verb)
      ? (open as Record<string, Handler>)[verb]
      : (rooms() as Record<string, Handler> | undefined)?.[verb];

  const guarded =
    (verb: string, visitor: Visitor): Handler =>
    (input, signal) => {
      if (!always.has(verb)) refuse(visitor);
      if (!passive.has(verb)) touch();
      const handler = handlerOf(verb);
      if (!handler)
        throw new Fault('locked', 'daimon has just gone to sleep; nothing was done. Wake it and try again.');
      const stop = always.has(verb) ? signal : AbortSignal.any([signal, asleep.signal]);
      const result = handler(input, stop);
      if (isStream(result))
        return untilLocked(result, always.has(verb) ? undefined : asleep.signal, passive.has(verb) ? () => {} : touch);
      return result;
    };

  const prove =
    (verb: string, visitor: Visitor): Handler =>
    (input, signal) => {
      const done = () => {
        visitor.proven = waking;
        news.publish(null);
      };
      const result = guarded(verb, visitor)(input, signal);
      if (isStream(result))
        return (async function* () {
          for await (const item of result) {
            if ((item as { kind?: string }).kind === 'done') done();
            yield item;
          }
        })();
      return Promise.resolve(result).then((value) => {
        done();
        return value;
      });
    };

  const forVisitor = (visitor: Visitor): Handlers<CoreDoor> => {
    const special: Record<string, Handler> = {
      'vault.status': () => view(visitor),
      'vault.watch': (_input, signal) =>
        (async function* () {
          const changes = news.listen(signal);
          yield view(visitor);
          for await (const _ of changes) yield view(visitor);
        })(),
    };
    const handlers: Record<string, Handler> = {};
    for (const verb of Object.keys(coreDoor))
      handlers[verb] = special[verb] ?? (proving.has(verb) ? prove(verb, visitor) : guarded(verb, visitor));
    return handlers as Handlers<CoreDoor>;
  };

  // Whatever changes the vault's status changes every visitor's view of it.
  const watch = new AbortController();
  void (async () => {
    for await (const _ of open['vault.watch']({}, watch.signal)) news.publish(null);
  })().catch(() => {});

  return {
    handlers: forVisitor,
    /** Ends what is being streamed and makes every proof worthless. */
    lock() {
      waking++;
      asleep.abort(new Fault('locked', 'daimon has gone to sleep; what was done is safe.'));
      asleep = new AbortController();
      news.publish(null);
    },
    close: () => watch.abort(),
  };
}

const isStream = (x: unknown): x is AsyncIterable<unknown> =>
  typeof x === 'object' && x !== null && Symbol.asyncIterator in x;

async function* untilLocked(items: AsyncIterable<unknown>, asleep: AbortSignal | undefined, touch: () => void) {
  for await (const item of items) {
    touch();
    yield item;
  }
  if (asleep?.aborted) throw asleep.reason;
}
