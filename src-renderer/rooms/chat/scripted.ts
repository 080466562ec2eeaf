/** A scripted assistant for tests and previews: the door's own behaviour over arrays, its answers written token by token. */
import type { assistantDoor, Conversation, Message, Sent } from '../../../src-main/assistant/door.ts';
import { Fault, type Handlers } from '../../../src-main/wire/index.ts';
import { fakeId } from '../../core/fake-world.ts';
import { draftOf, scriptedMore, type ScriptedMore } from './scripted-more.ts';
import { scriptedTree } from './scripted-tree.ts';

type All = ScriptedMore['handlers'] &
  Pick<
    Handlers<typeof assistantDoor>,
    | 'assistant.send'
    | 'assistant.again'
    | 'assistant.follow'
    | 'assistant.stop'
    | 'assistant.conversations'
    | 'assistant.watch'
    | 'assistant.messages'
    | 'assistant.rename'
    | 'assistant.delete'
    | 'assistant.search'
    | 'assistant.draft'
    | 'assistant.choose'
    | 'assistant.versions'
  >;

export interface Scripted {
  readonly handlers: All;
  readonly conversations: Conversation[];
  readonly messages: Message[];
  readonly drafts: Map<string, string>;
  readonly personas: ScriptedMore['personas'];
  /** What is said in a conversation, along its current branch. */
  branch(conversation: string): string[];
  /** Adds `text` to the answer that is being written. */
  write(text: string, conversation?: string): void;
  note(text: string): void;
  /** Ends the answer that is being written. */
  finish(state?: 'done' | 'stopped' | 'cut-off' | 'failed', note?: string): void;
  /** Ends all streams of answers without an end, as a lost wire would. */
  cut(): void;
  add(title: string, said: readonly string[], changedAt?: number): Conversation;
  tell(id: string): void;
}

interface Answer {
  readonly message: Message;
  readonly question: string;
  readonly views: Set<(item: Sent | Error | undefined) => void>;
}

const MODEL = 'smollm2-135m-instruct-q4_1';

export function scripted(now: () => number = Date.now): Scripted {
  const conversations: Conversation[] = [];
  const messages: Message[] = [];
  const drafts = new Map<string, string>();
  const answers = new Map<string, Answer>();
  const watchers = new Set<(id: string) => void>();
  const tree = scriptedTree(messages);
  let ids = 1000;
  const nextId = () => fakeId(ids++);

  const tell = (id: string) => {
    for (const on of watchers) on(id);
  };
  const conversationOf = (id: string) => {
    const found = conversations.find((one) => one.id === id);
    if (!found) throw new Fault('unknown-conversation', 'This conversation is not here any more. Begin a new one.');
    return found;
  };
  const messageOf = (id: string) => {
    const found = messages.find((one) => one.id === id);
    if (!found) throw new Fault('unknown-message', 'This message is not here any more.');
    return found;
  };
  const more = scriptedMore({ nextId, now, conversationOf, tell });
  const replace = (message: Message, change: Partial<Message>) => {
    const at = messages.findIndex((one) => one.id === message.id);
    messages[at] = { ...messages[at]!, ...change };
    return messages[at];
  };

  /** A queue from pushes to an async iterable, with the end of the signal. */
  async function* queue<T>(signal: AbortSignal, join: (push: (item: T | Error | undefined) => void) => () => void) {
    const held: (T | Error | undefined)[] = [];
    let wake = () => {};
    const leave = join((item) => {
      held.push(item);
      wake();
    });
    const onAbort = () => wake();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        while (held.length > 0) {
          const item = held.shift();
          if (item === undefined) return;
          if (item instanceof Error) throw item;
          yield item;
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      leave();
    }
  }

  const follow = (conversation: string, signal: AbortSignal) => {
    const answer = answers.get(conversation);
    if (!answer) throw new Fault('not-writing', 'No answer is being written in this conversation now.');
    return queue<Sent>(signal, (push) => {
      push({
        kind: 'begun',
        conversation: conversationOf(conversation).id,
        question: answer.question as Message['id'],
        message: answer.message.id,
      });
      const soFar = messages.find((one) => one.id === answer.message.id)!.text;
      if (soFar) push({ kind: 'token', text: soFar });
      answer.views.add(push);
      return () => answer.views.delete(push);
    });
  };

  const begin = (conversation: Conversation, question: Message['id'], over: Partial<Message> = {}) => {
    const { persona, shape } = conversation;
    const by = more.personas.find((one) => one.id === persona);
    const message: Message = {
      id: nextId(), conversation: conversation.id, parent: question, role: 'assistant', text: '', at: now(),
      state: 'writing', model: shape.model ?? by?.shape.model ?? MODEL, seed: shape.seed ?? 4_000_000 + ids,
      ...(by && { persona: by.name }), ...over,
    }; // prettier-ignore
    messages.push(message);
    tree.move(conversation.id, message.id);
    conversation.messages = tree.path(conversation.id).length;
    conversation.writing = message.id;
    conversation.changedAt = now();
    answers.set(conversation.id, { message, question, views: new Set() });
    tell(conversation.id);
  };
  const refuseWhileWriting = (id: string | undefined) => {
    if (id && answers.has(id))
      throw new Fault('busy-writing', 'An answer is still being written in this conversation.');
  };
  const latest = () => [...answers.values()].at(-1)!;

  const script: Scripted = {
    conversations,
    messages,
    drafts,
    personas: more.personas,
    branch: (conversation) => tree.read(tree.path(conversation)).map(({ text }) => text),
    tell,
    write(text, conversation) {
      const answer = conversation ? answers.get(conversation)! : latest();
      const is = messages.find((one) => one.id === answer.message.id)!;
      replace(is, { text: is.text + text });
      for (const on of answer.views) on({ kind: 'token', text });
    },
    note(text) {
      const answer = latest();
      replace(answer.message, { note: text });
      for (const on of answer.views) on({ kind: 'note', note: text });
    },
    finish(state = 'done', note) {
      const { message, views } = latest();
      const counts = { tokens: 42, tokensPerSecond: 12, firstTokenMs: 430, device: 'cpu' };
      const ended = replace(message, { state, ...counts, ...(note !== undefined && { note }) });
      answers.delete(ended.conversation);
      delete conversationOf(ended.conversation).writing;
      for (const on of views) {
        on({
          kind: 'done', conversation: ended.conversation, message: ended.id, text: ended.text, state, ...counts,
          evaluated: 10, reused: 20, ...(ended.note !== undefined && { note: ended.note }),
        }); // prettier-ignore
        on(undefined);
      }
      tell(ended.conversation);
    },
    cut() {
      for (const { views } of answers.values())
        for (const on of views) on(new Fault('closed', 'The connection to the core has ended.'));
    },
    add(title, said, changedAt = now()) {
      const conversation: Conversation = {
        id: nextId(), title, createdAt: changedAt, changedAt, messages: said.length, model: MODEL, pinned: false, folder: null, persona: null, shape: {},
      }; // prettier-ignore
      conversations.push(conversation);
      let parent: Message['parent'] = null;
      said.forEach((text, i) => {
        const answer = i % 2 === 1;
        const message: Message = {
          id: nextId(), conversation: conversation.id, parent, role: answer ? 'assistant' : 'user', text,
          at: changedAt - (said.length - i) * 30_000,
          ...(answer && { state: 'done' as const, model: MODEL, tokens: 60, tokensPerSecond: 12, firstTokenMs: 300, device: 'cpu' }),
        }; // prettier-ignore
        parent = message.id;
        messages.push(message);
      });
      if (parent) tree.move(conversation.id, parent);
      return conversation;
    },
    handlers: {
      ...more.handlers,
      'assistant.send': ({ text, conversation: id, parent: after, attachments, begin: how, ...shape }, signal) => {
        refuseWhileWriting(id);
        let conversation = id && conversationOf(id);
        if (!conversation) {
          conversation = {
            id: nextId(), title: text.slice(0, 60), createdAt: now(), changedAt: now(), messages: 0, model: MODEL,
            pinned: false, folder: null, persona: how?.persona ?? null, shape: how?.shape ?? {},
            ...(how?.temporary && { temporary: true as const }),
          }; // prettier-ignore
          conversations.unshift(conversation);
        }
        const parent = after === undefined ? (tree.tip(conversation.id) ?? null) : after;
        const documents = (attachments ?? []).flatMap((one) => ('id' in one ? (more.read.get(one.id) ?? []) : []));
        const question: Message = {
          id: nextId(), conversation: conversation.id, parent, role: 'user', text, at: now(),
          ...(documents.length > 0 && { attachments: documents }),
        }; // prettier-ignore
        messages.push(question);
        drafts.set(draftOf(id, how?.temporary), '');
        more.waiting.delete(draftOf(id, how?.temporary));
        begin(conversation, question.id, shape.seed === undefined ? {} : { seed: shape.seed });
        return follow(conversation.id, signal);
      },
      'assistant.again': ({ conversation: id, message, goOn }, signal) => {
        refuseWhileWriting(id);
        const conversation = conversationOf(id);
        const named = message ? messageOf(message) : tree.read(tree.path(id)).findLast(({ role }) => role === 'user')!;
        const older = named.role === 'assistant' ? named : undefined;
        begin(conversation, older ? older.parent! : named.id, goOn && older ? { text: older.text } : {});
        return follow(id, signal);
      },
      'assistant.choose': ({ conversation, message }) => {
        refuseWhileWriting(conversation);
        const tip = tree.leaf(messageOf(message).id);
        tree.move(conversation, tip);
        conversationOf(conversation).messages = tree.path(conversation).length;
        tell(conversation);
        return { tip };
      },
      'assistant.versions': ({ message }) => tree.versions(messageOf(message).id),
      'assistant.follow': ({ conversation }, signal) => follow(conversation, signal),
      'assistant.stop': ({ conversation }) => {
        const stopped = answers.has(conversation);
        if (stopped) script.finish('stopped');
        return { stopped };
      },
      'assistant.conversations': ({ limit }) =>
        conversations.toSorted((a, b) => b.changedAt - a.changedAt).slice(0, limit),
      'assistant.watch': (_input, signal) =>
        queue<{ changed: Conversation['id'][] }>(signal, (push) => {
          const on = (id: string) => push({ changed: [id as Conversation['id']] });
          watchers.add(on);
          return () => watchers.delete(on);
        }),
      'assistant.messages': ({ conversation, before, limit }) => {
        conversationOf(conversation);
        const all = tree.path(conversation);
        const end = before ? all.lastIndexOf(before) : all.length;
        const from = Math.max(0, end - limit);
        return { messages: tree.read(all.slice(from, end)), more: from > 0, total: all.length };
      },
      'assistant.rename': ({ id, title }) => {
        const conversation = conversationOf(id);
        conversation.title = title;
        tell(id);
        return conversation;
      },
      'assistant.delete': ({ id }) => {
        conversations.splice(conversations.indexOf(conversationOf(id)), 1);
        const gone = messages.filter((one) => one.conversation === id);
        for (const one of gone) messages.splice(messages.indexOf(one), 1);
        tree.forget();
        tell(id);
        return { deleted: gone.length };
      },
      'assistant.search': ({ query, limit }) =>
        messages
          .filter(({ text }) => text.toLowerCase().includes(query.toLowerCase()))
          .slice(0, limit)
          .map(({ conversation, id, role, at, text }) => {
            const from = text.toLowerCase().indexOf(query.toLowerCase());
            const hit = `\ue000${text.slice(from, from + query.length)}\ue001`;
            const excerpt = `${text.slice(Math.max(0, from - 40), from)}${hit}${text.slice(from + query.length, from + 60)}`;
            return { conversation, message: id, title: conversationOf(conversation).title, role, at, excerpt };
          }),
      'assistant.draft': ({ conversation, temporary, text }) => {
        const whose = draftOf(conversation, temporary);
        if (text !== undefined) drafts.set(whose, text);
        return { text: drafts.get(whose) ?? '', attachments: more.waiting.get(whose) ?? [] };
      },
    },
  };
  return script;
}
