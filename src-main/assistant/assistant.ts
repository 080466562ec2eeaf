/** The assistant's room: what happens when a person presses Send, and everything that keeps conversations. */
import type { Library } from '../library/ports.ts';
import type { Clock, Jobs, Store } from '../base/ports.ts';
import { topic } from '../base/topic.ts';
import type { Generator } from '../engine/ports.ts';
import { Fault, type Handlers } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import type { assistantDoor, Sent } from './door.ts';
import { assemble } from './prompt.ts';
import { migrations } from './schema.ts';
import { matchExpression } from './search.ts';
import { titleOf } from './title.ts';
import { openTree, type Place } from './tree.ts';
import { write, type Writing } from './writing.ts';

/** Sampling that suits small instruct models when nothing else was asked for. */
const TEMPERATURE = 0.7;
const TOP_K = 40;
const TOP_P = 0.9;

export interface AssistantNeeds {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: () => Id;
  readonly generator: Generator;
  /** The model of new conversations. Throws Fault `no-model`, which says how to get one. */
  defaultModel(): string;
  /** Whether a model is still here. */
  hasModel(id: string): boolean;
  /** Whether a model only stands in until a better one has arrived. */
  warmUp(id: string): boolean;
  readonly library: Library;
  readonly jobs: Jobs;
  /** The daimon's name. */
  name(): string;
}
export interface Assistant {
  readonly handlers: Handlers<typeof assistantDoor>;
  /** Answers being written now. */
  writing(): number;
  /** Stops what is being written, keeps it, and waits until it is on disk. */
  close(): Promise<void>;
}

export async function openAssistant({
  store,
  clock,
  ids,
  generator,
  defaultModel,
  hasModel,
  name,
}: AssistantNeeds): Promise<Assistant> {
  await store.migrate('assistant', migrations);
  const tree = openTree({ store, clock, ids });
  const writings = new Map<Id, Writing>();
  const changes = topic<{ changed: Id[] }>((older, newer) => ({
    changed: [...new Set([...older.changed, ...newer.changed])],
  }));
  const changed = (id: Id) => changes.publish({ changed: [id] });

  const chooseModel = (asked: string | undefined, conversation: Id | undefined): string => {
    if (asked && !hasModel(asked))
      throw new Fault(
        'unknown-model',
        'That model is not on this machine. See what is here with: npm run -s daimon -- engine.models',
      );
    if (asked) return asked;
    const last = conversation && tree.conversation(conversation).model;
    return last && hasModel(last) ? last : defaultModel();
  };
  const refuseWhileWriting = (conversation: Id | undefined) => {
    if (conversation && writings.has(conversation))
      throw new Fault(
        'busy-writing',
        'An answer is still being written in this conversation. Stop it or wait; your words are kept.',
      );
  };
  interface Wish {
    model: string;
    maxTokens?: number | undefined;
    temperature?: number | undefined;
    seed?: number | undefined;
  }
  const begin = (place: Place, { model, maxTokens, temperature, seed }: Wish): Writing => {
    const { conversation, answer } = place;
    const one = write({
      tree,
      generator,
      clock,
      place,
      request: {
        model,
        temperature: temperature ?? TEMPERATURE,
        topK: TOP_K,
        topP: TOP_P,
        ...(maxTokens !== undefined && { maxTokens }),
        ...(seed !== undefined && { seed }),
      },
      assemble: (signal) => assemble({ tree, generator, conversation, answer, model, name: name(), maxTokens }, signal),
      changed: () => changed(conversation),
    });
    writings.set(conversation, one);
    void one.ended.then(() => {
      writings.delete(conversation);
      changed(conversation);
    });
    changed(conversation);
    return one;
  };
  const stopWriting = async (conversation: Id): Promise<boolean> => {
    const one = writings.get(conversation);
    one?.stop();
    await one?.ended;
    return one !== undefined;
  };

  const notYet = () => {
    throw new Fault('not-here', 'This is being built.');
  };
  const handlers: Handlers<typeof assistantDoor> = {
    'assistant.choose': notYet,
    'assistant.versions': notYet,
    'assistant.place': notYet,
    'assistant.folder': notYet,
    'assistant.shape': notYet,
    'assistant.personas': notYet,
    'assistant.persona': notYet,
    'assistant.dismiss': notYet,
    'assistant.attach': notYet,
    'assistant.detach': notYet,
    'assistant.import': notYet,
    'assistant.export': notYet,
    async *'assistant.send'(
      { text, conversation, model: asked, maxTokens, temperature, seed },
      signal,
    ): AsyncIterable<Sent> {
      refuseWhileWriting(conversation);
      const model = chooseModel(asked, conversation);
      const place = tree.ask({ conversation, text, title: titleOf(text), model });
      tree.keepDraft(conversation, '');
      yield* begin(place, { model, maxTokens, temperature, seed }).follow(signal);
    },
    async *'assistant.again'({ conversation, model: asked }, signal) {
      refuseWhileWriting(conversation);
      const model = chooseModel(asked, conversation);
      yield* begin(tree.askAgain({ conversation, model }), { model }).follow(signal);
    },
    async *'assistant.follow'({ conversation }, signal) {
      const one = writings.get(conversation);
      if (!one) throw new Fault('not-writing', 'No answer is being written in this conversation now.');
      yield* one.follow(signal);
    },
    'assistant.stop': async ({ conversation }) => ({ stopped: await stopWriting(conversation) }),
    'assistant.conversations': ({ limit }) => tree.conversations(limit),
    'assistant.watch': (_input, signal) => changes.listen(signal),
    'assistant.messages'({ conversation, before, limit }) {
      const { messages, more, total } = tree.page({ conversation, before, limit });
      return { messages, more, total };
    },
    'assistant.rename'({ id, title }) {
      const renamed = tree.rename(id, title);
      changed(id);
      return renamed;
    },
    async 'assistant.delete'({ id }) {
      await stopWriting(id);
      const deleted = tree.delete(id);
      changed(id);
      return { deleted };
    },
    async 'assistant.search'({ query, limit }) {
      const match = matchExpression(query);
      return match ? tree.search(match, limit) : [];
    },
    'assistant.draft'({ conversation, text }) {
      if (text !== undefined) tree.keepDraft(conversation, text);
      return { text: text ?? tree.draft(conversation), attachments: [] };
    },
  };

  return {
    handlers,
    writing: () => writings.size,
    async close() {
      const all = [...writings.values()];
      for (const one of all) one.stop();
      await Promise.all(all.map((one) => one.ended));
      changes.end();
    },
  };
}
