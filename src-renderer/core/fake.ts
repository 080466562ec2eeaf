/** A scripted core for component tests and previews: the real contract over a MessageChannel, so every answer is checked. */
import { portWire, type PortLike } from '../../src-main/wire/carriers/port.ts';
import { Fault, serve, type Handlers } from '../../src-main/wire/index.ts';
import type { Conversation } from '../../src-main/assistant/door.ts';
import { doors, type Doors } from './doors.ts';
import { engineOf } from './fake-engine.ts';
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
  const turnConversation = (id: string, to: Partial<Conversation>) => {
    change(() => {
      world.conversations = world.conversations.map((one) => (one.id === id ? { ...one, ...to } : one));
    });
    return world.conversations.find((one) => one.id === id)!;
  };
  const page = (conversation: string) => world.messages.filter((one) => one.conversation === conversation);

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
    ...engineOf({ world, change }),
    async *'assistant.send'({ text: words, conversation }, signal) {
      const into = conversation ?? fakeId(700 + world.conversations.length);
      change(() => {
        if (!conversation)
          world.conversations = [
            {
              id: into as never,
              title: words,
              createdAt: Date.now(),
              changedAt: Date.now(),
              messages: 1,
              model: null,
              pinned: false,
              folder: null,
              persona: null,
              shape: {},
            },
            ...world.conversations,
          ];
      });
      yield { kind: 'begun', conversation: into as never, question: fakeId(801), message: fakeId(802) };
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
    async *'assistant.again'() {},
    async *'assistant.follow'() {},
    'assistant.stop': () => ({ stopped: true }),
    'assistant.conversations': ({ limit }) =>
      world.conversations.toSorted((a, b) => b.changedAt - a.changedAt).slice(0, limit),
    async *'assistant.watch'(_input, signal) {
      let before = new Map(world.conversations.map((one) => [one.id, one]));
      for await (const _now of watch(() => 0, signal)) {
        const now = new Map(world.conversations.map((one) => [one.id, one]));
        const ids = [...new Set([...before.keys(), ...now.keys()])].filter((id) => before.get(id) !== now.get(id));
        before = now;
        if (ids.length > 0) yield { changed: ids };
      }
    },
    'assistant.messages': ({ conversation }) => {
      const messages = page(conversation);
      return { messages, more: false, total: messages.length };
    },
    'assistant.rename': ({ id, title }) => {
      change(() => {
        world.conversations = world.conversations.map((one) => (one.id === id ? { ...one, title } : one));
      });
      return world.conversations.find((one) => one.id === id)!;
    },
    'assistant.delete': ({ id }) => {
      change(() => (world.conversations = world.conversations.filter((one) => one.id !== id)));
      return { deleted: 1 };
    },
    'assistant.search': ({ query, limit }) =>
      world.messages
        .filter(({ text: said }) => said.toLowerCase().includes(query.toLowerCase()))
        .slice(0, limit)
        .map(({ conversation, id, role, at, text: said }) => {
          const from = said.toLowerCase().indexOf(query.toLowerCase());
          const to = from + query.length;
          const { title } = world.conversations.find((one) => one.id === conversation)!;
          const excerpt = `${said.slice(0, from)}\ue000${said.slice(from, to)}\ue001${said.slice(to)}`;
          return { conversation, message: id, title, role, at, excerpt };
        }),
    'assistant.choose': ({ message }) => ({ tip: message as never }),
    'assistant.versions': ({ message }) => world.messages.filter((one) => one.id === message),
    'assistant.place': ({ id, pinned, folder }) =>
      turnConversation(id, {
        ...(pinned !== undefined && { pinned }),
        ...(folder !== undefined && { folder }),
      }),
    'assistant.folder': ({ from, to }) => {
      const mine = world.conversations.filter((one) => one.folder === from);
      for (const one of mine) turnConversation(one.id, { folder: to });
      return { moved: mine.length };
    },
    'assistant.shape': ({ conversation, persona, change: to }) => {
      const old = world.conversations.find((one) => one.id === conversation)!;
      const shape = Object.fromEntries(
        Object.entries({ ...old.shape, ...to }).filter(([, value]) => value !== null && value !== undefined),
      ) as Conversation['shape'];
      return turnConversation(conversation, { shape, ...(persona !== undefined && { persona }) });
    },
    'assistant.personas': () => world.personas,
    'assistant.persona': ({ id, name, shape }) => {
      const kept = { id: id ?? (fakeId(750 + world.personas.length) as never), name, shape, createdAt: Date.now() };
      change(() => (world.personas = [...world.personas.filter((one) => one.id !== kept.id), kept]));
      return kept;
    },
    'assistant.dismiss': ({ id }) => {
      change(() => (world.personas = world.personas.filter((one) => one.id !== id)));
      return { dismissed: true };
    },
    'assistant.attach': ({ path }) => {
      const kept = {
        id: fakeId(770 + world.attachments.length) as never,
        name: path?.split('/').pop() ?? 'upload.txt',
        kind: 'text' as const,
        characters: 4200,
        tokens: 1050,
        room: 6000,
      };
      change(() => (world.attachments = [...world.attachments, kept]));
      return kept;
    },
    'assistant.detach': ({ id }) => {
      change(() => (world.attachments = world.attachments.filter((one) => one.id !== id)));
      return { detached: true };
    },
    async *'assistant.import'() {
      const job = fakeId(790) as never;
      yield { kind: 'progress', job, conversations: 1, messages: 2, done: 500, total: 1000 };
      yield { kind: 'done', job, from: 'chatgpt', conversations: 2, messages: 8, known: 1, refused: [] };
    },
    async *'assistant.export'({ conversation }) {
      yield { kind: 'piece', text: '# The winter of the boat\n' };
      yield { kind: 'done', name: 'conversation.md', conversations: conversation ? 1 : world.conversations.length };
    },
    'library.read': () => ({ name: 'notes.txt', kind: 'text', text: 'Notes.', characters: 6 }),
    'library.offer': () => ({ upload: fakeId(795) as never }),
    'library.give': ({ bytes }) => ({ received: bytes.length }),
    'assistant.draft': ({ text: words }) => {
      if (words !== undefined) world.draft = words;
      return { text: world.draft, attachments: world.attachments };
    },
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
