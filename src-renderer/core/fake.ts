/** A scripted core for component tests and previews: the real contract over a MessageChannel, so every answer is checked. */
import { portWire, type PortLike } from '../../src-main/wire/carriers/port.ts';
import { Fault, serve, type Handlers } from '../../src-main/wire/index.ts';
import { doors, type Doors } from './doors.ts';
import { fakeAssistant } from './fake-assistant.ts';
import { fakeEngine } from './fake-engine.ts';
import { fakeLibrary } from './fake-library.ts';
import { fakeId, hex, type World } from './fake-world.ts';
import { relay, type Link, type LinkState } from './link.ts';

type All = Handlers<Doors>;

export interface Fake {
  readonly link: Link & { turn(state: LinkState): void };
  readonly world: World;
  /** Every verb that was asked for, with its input, in order. */
  readonly asked: readonly { readonly verb: string; readonly input: unknown }[];
  /** Changes the world and tells everyone who watches. */
  change(edit: (world: World) => void): void;
  /** The next call of this verb fails so. */
  failNext(verb: keyof Doors, fault: Fault): void;
  /** Lets what waits in the confirm window be approved (true) or refused. */
  decide(approved: boolean): void;
}

const text = (secret: Uint8Array) => new TextDecoder().decode(secret);

/** @param world it is changed in place @param over handlers that replace the scripted ones */
export function fakeCore(world: World, over: Partial<All> = {}): Fake {
  const asked: { verb: string; input: unknown }[] = [];
  const failing = new Map<string, Fault>();
  const changed = new EventTarget();
  let decide: (approved: boolean) => void = () => {};

  const tell = () => changed.dispatchEvent(new Event('change'));
  const change: Fake['change'] = (edit) => {
    edit(world);
    tell();
  };
  /** The value now and whenever the world changes. */
  async function* watch<T>(read: () => T, signal: AbortSignal, until: (value: T) => boolean = () => false) {
    while (!signal.aborted) {
      const next = new Promise<void>((resolve) => {
        changed.addEventListener('change', () => resolve(), { once: true, signal });
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      const value = structuredClone(read());
      yield value;
      if (until(value)) return;
      await next;
    }
  }
  const decision = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      decide = (approved) =>
        approved
          ? resolve()
          : reject(
              new Fault('refused', 'You refused it in the confirm window; nothing was done. Ask again when you like.'),
            );
    });
  const pending = (title: string) => ({
    kind: 'pending' as const,
    pending: {
      request: fakeId(900),
      digest: hex('ab'.repeat(32)),
      title,
      text: title,
      open: '/home/mara/.daimon/confirm.html',
    },
  });
  const job = (id: string) => {
    const found = world.jobs.find((one) => one.id === id);
    if (!found) throw new Fault('no-job', 'There is no such work any more; look at the list again.');
    return found;
  };
  const turnJob = (id: string, state: 'running' | 'paused' | 'stopped') => {
    change(() => {
      world.jobs = world.jobs.map((one) => (one.id === id ? { ...one, state } : one));
    });
    return job(id);
  };
  const wake = (name?: string) => {
    change(() => {
      world.vault = {
        ...world.vault,
        state: 'unlocked',
        name: name ?? world.vault.name ?? 'daimon',
        seal: world.vault.seal ?? hex('6461696d6f6e2d746573742d3332'),
        wordsSeen: world.vault.wordsSeen ?? false,
      };
    });
    return world.vault;
  };
  const handlers: All = {
    'jobs.list': () => world.jobs,
    'jobs.follow': ({ id }, signal) =>
      watch(
        () => job(id),
        signal,
        ({ state }) => state === 'done' || state === 'failed' || state === 'stopped',
      ),
    'jobs.pause': ({ id }) => turnJob(id, 'paused'),
    'jobs.resume': ({ id }) => turnJob(id, 'running'),
    'jobs.stop': ({ id }) => turnJob(id, 'stopped'),
    'dial.record': ({ limit, before }) => ({
      cut: world.settings.cut,
      connections: world.connections.filter((one) => before === undefined || one.id < before).slice(0, limit),
    }),
    'dial.cut': ({ on }) => {
      change(() => (world.settings = { ...world.settings, cut: on }));
      return { cut: on };
    },
    'settings.get': () => world.settings,
    'settings.set': (next) => {
      change(() => (world.settings = { ...world.settings, ...(next as Partial<World['settings']>) }));
      return world.settings;
    },
    'settings.watch': (_input, signal) => watch(() => world.settings, signal),
    'vault.status': () => world.vault,
    'vault.watch': (_input, signal) => watch(() => world.vault, signal),
    'vault.create': ({ name, password }) => {
      world.password = text(password);
      return wake(name);
    },
    async *'vault.restore'({ name, password }, signal) {
      yield pending('Restore from 24 words');
      await decision(signal);
      world.password = text(password);
      yield { kind: 'done', status: wake(name) };
    },
    'vault.unlock': ({ password }) => {
      if (text(password) !== world.password)
        throw new Fault('wrong-password', 'That is not the password. Nothing was changed; try again.');
      return wake();
    },
    'vault.lock': ({ stopAll }) => {
      change(() => {
        if (stopAll) world.jobs = [];
        world.vault = { ...world.vault, state: 'locked', jobs: stopAll ? 0 : world.vault.jobs };
      });
      return world.vault;
    },
    'vault.password': ({ old, password }) => {
      if (text(old) !== world.password)
        throw new Fault('wrong-password', 'That is not the present password. Nothing was changed; try again.');
      world.password = text(password);
      return world.vault;
    },
    'vault.accounts': ({ count }) => ({
      accounts: world.addresses
        .slice(0, count)
        .map((address, index) => ({ index, path: `m/44'/60'/0'/0/${index}`, address: address as never })),
      device: { key: hex('3f'.repeat(32)), certificate: hex('c0'.repeat(64)) },
    }),
    async *'vault.words'(_input, signal) {
      yield pending('Show the 24 words');
      await decision(signal);
      change(() => (world.vault = { ...world.vault, wordsSeen: true }));
      yield { kind: 'done' };
    },
    async *'vault.sign'({ account }, signal) {
      yield pending('Sign a message');
      await decision(signal);
      yield {
        kind: 'done',
        address: world.addresses[account] as never,
        signature: hex('1b'.repeat(65)),
        digest: hex('ab'.repeat(32)),
      };
    },
    ...fakeEngine({ world, change }),
    ...fakeAssistant({ world, change, watch }),
    ...fakeLibrary({ world, change, watch }),
    ...over,
  };

  const heard: Record<string, unknown> = {};
  for (const [verb, handler] of Object.entries(handlers) as [
    string,
    (input: unknown, signal: AbortSignal) => unknown,
  ][])
    heard[verb] = (input: unknown, signal: AbortSignal) => {
      asked.push({ verb, input });
      const fault = failing.get(verb);
      failing.delete(verb);
      if (fault) throw fault;
      return handler(input, signal);
    };

  const link = relay();
  const channel = new MessageChannel();
  serve({
    door: doors,
    handlers: heard as unknown as All,
    wire: portWire(channel.port2 as unknown as PortLike),
    unexpected: (error) => {
      console.error(error); // eslint-disable-line no-console -- a fake's own faults are for whoever develops the window
      return 'fake';
    },
  });
  link.use(portWire(channel.port1 as unknown as PortLike));
  return {
    link,
    world,
    asked,
    change,
    failNext: (verb, fault) => failing.set(verb, fault),
    decide: (approved) => decide(approved),
  };
}
