/** The scripted core's conversations and documents, over the same world. */
import type { assistantDoor, Conversation } from '../../src-main/assistant/door.ts';
import type { Handlers } from '../../src-main/wire/index.ts';
import type { Fake } from './fake.ts';
import { fakeId, type World } from './fake-world.ts';

interface Needs {
  readonly world: World;
  readonly change: Fake['change'];
  /** The value now and whenever the world changes. */
  watch<T>(read: () => T, signal: AbortSignal): AsyncIterable<T>;
}

export function fakeAssistant({ world, change, watch }: Needs): Handlers<typeof assistantDoor> {
  const turnConversation = (id: string, to: Partial<Conversation>) => {
    change(() => {
      world.conversations = world.conversations.map((one) => (one.id === id ? { ...one, ...to } : one));
    });
    return world.conversations.find((one) => one.id === id)!;
  };
  const page = (conversation: string) => world.messages.filter((one) => one.conversation === conversation);

  return {
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
    async *'assistant.why'() {},
    'assistant.draft': ({ text: words }) => {
      if (words !== undefined) world.draft = words;
      return { text: world.draft, attachments: world.attachments };
    },
  };
}
