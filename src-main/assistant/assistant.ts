/** The assistant's room: what happens when a person presses Send, and everything that keeps conversations. */
import type { Library } from '../library/ports.ts';
import type { Clock, Jobs, Store } from '../base/ports.ts';
import { topic } from '../base/topic.ts';
import type { Generator, Scorer } from '../engine/ports.ts';
import { Fault, type Handlers } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import { openAnswering } from './answering.ts';
import type { assistantDoor, Attachment, Conversation, Sent } from './door.ts';
import { openExport } from './export.ts';
import { openForgetting } from './forgetting.ts';
import { openHomes } from './homes.ts';
import { openImport } from './import.ts';
import { openPersonas } from './personas.ts';
import { measureDocument } from './prompt.ts';
import { sweep } from './removal.ts';
import { migrations } from './schema.ts';
import { matchExpression, search } from './search.ts';
import { openWhy } from './why.ts';

export interface AssistantNeeds {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: () => Id;
  readonly generator: Generator;
  readonly scorer: Scorer;
  /** The model of new conversations. Throws Fault `no-model`, which says how to get one. */
  defaultModel(): string;
  /** Whether a model is still here. */
  hasModel(id: string): boolean;
  /** Whether a model only stands in until a better one has arrived. */
  warmUp(id: string): boolean;
  /** The name that people know a model by; the id of one that is not here. */
  modelName(id: string): string;
  readonly library: Library;
  readonly jobs: Jobs;
  /** The daimon's name. */
  name(): string;
}
export interface Assistant {
  readonly handlers: Handlers<typeof assistantDoor>;
  /** Answers being written now. */
  writing(): number;
  /** Stops what is being written, keeps it, and waits until it is on disk. Temporary conversations are gone then. */
  close(): Promise<void>;
}

export async function openAssistant(needs: AssistantNeeds): Promise<Assistant> {
  const { store, clock, ids, generator, library, name } = needs;
  await store.migrate('assistant', migrations);
  const homes = openHomes({ store, clock, ids });
  const personas = openPersonas({ store, clock, ids });
  const changes = topic<{ changed: Id[] }>((older, newer) => ({
    changed: [...new Set([...older.changed, ...newer.changed])],
  }));
  const changed = (...all: Id[]) => {
    if (all.length > 0) changes.publish({ changed: all });
  };
  const forgetting = openForgetting({
    stores: () => [homes.temporary.store(), store].filter((one) => one !== undefined),
  });
  // For as long as the library lives, also behind the lock: a job that goes on there may find files gone, and their quotes
  // must not outlive them. Woken again, a second listener finds nothing left to erase.
  library.forgetting((what) => forgetting.forget(what));
  const answering = openAnswering({
    homes,
    personas,
    generator,
    clock,
    models: needs,
    name,
    read: (path, signal) => library.read({ path }, signal),
    library,
    forgetting,
    changed,
  });
  const why = openWhy({
    homes,
    generator,
    scorer: needs.scorer,
    hasModel: (id) => needs.hasModel(id),
    modelName: (id) => needs.modelName(id),
    busy: (conversation) => answering.writing(conversation) !== undefined,
    system: (conversation) => answering.systemNow(conversation),
  });
  // While the first questions are answered. What closing breaks off is swept next time.
  const closing = new AbortController();
  const swept = sweep(store, closing.signal).catch(() => {});

  const withWriting = (one: Conversation): Conversation => {
    const writing = answering.writing(one.id)?.place.answer;
    return writing ? { ...one, writing } : one;
  };
  /** Tells whoever watches that a conversation changed, and shows it. */
  const change = (one: Conversation): Conversation => {
    changed(one.id);
    return withWriting(homes.inMemory(one.id) ? { ...one, temporary: true } : one);
  };
  /** Adds how long a document is for the model that would answer; without a model, or when it fails, it stays unknown. */
  const measured = async (
    conversation: Id | undefined,
    kept: Attachment,
    text: string,
    signal: AbortSignal,
  ): Promise<Attachment> => {
    const model = answering.modelNow(conversation);
    if (model === undefined) return kept;
    try {
      const { tokens, room } = await measureDocument(
        { generator, model, system: answering.systemNow(conversation), maxTokens: undefined },
        text,
        signal,
      );
      for (const tree of homes.all()) tree.attachments.measured(kept.id, { model, tokens, room });
      return { ...kept, tokens, room };
    } catch {
      // It is kept all the same; what is too long will be cut when it is sent, and the answer says so.
      signal.throwIfAborted();
      return kept;
    }
  };

  const bringing = openImport({
    store,
    clock,
    ids,
    library,
    jobs: needs.jobs,
    swept,
    changed,
  });
  const taking = openExport({ storeOf: homes.storeOf, disk: store, clock, ids, name });
  const handlers: Handlers<typeof assistantDoor> = {
    'assistant.import': (source, signal) => bringing.import(source, signal),
    'assistant.export': (what, signal) => taking.export(what, signal),
    async *'assistant.send'(input, signal): AsyncIterable<Sent> {
      yield* (await answering.ask(input, signal)).follow(signal);
    },
    async *'assistant.again'(input, signal) {
      yield* answering.again(input).follow(signal);
    },
    async *'assistant.follow'({ conversation }, signal) {
      const one = answering.writing(conversation);
      if (!one) throw new Fault('not-writing', 'No answer is being written in this conversation now.');
      yield* one.follow(signal);
    },
    'assistant.stop': async ({ conversation }) => ({ stopped: await answering.stop(conversation) }),
    'assistant.why': ({ message }, signal) => why.why(message, signal),
    'assistant.choose'({ conversation, message }) {
      const tree = homes.of(conversation);
      tree.row(conversation);
      const tip = tree.choose(conversation, message);
      changed(conversation);
      return { tip };
    },
    'assistant.versions': ({ message }) => homes.ofMessage(message).versions(message),
    'assistant.conversations': ({ limit }) => homes.list(limit).map(withWriting),
    'assistant.watch': (_input, signal) => changes.listen(signal),
    'assistant.messages': (input) => homes.of(input.conversation).page(input),
    'assistant.rename': ({ id, title }) => change(homes.of(id).rename(id, title)),
    'assistant.place': ({ id, ...where }) => change(homes.of(id).place(id, where)),
    'assistant.folder'({ from, to }) {
      const moved = homes.all().flatMap((tree) => tree.folder(from, to));
      changed(...moved);
      return { moved: moved.length };
    },
    'assistant.shape'({ conversation, persona, change: shape = {} }) {
      if (persona) personas.get(persona);
      return change(homes.of(conversation).shape(conversation, { persona, change: shape }));
    },
    'assistant.personas': () => personas.all(),
    'assistant.persona': (input) => personas.keep(input),
    'assistant.dismiss'({ id }) {
      const dismissed = personas.dismiss(id);
      changed(...homes.all().flatMap((tree) => tree.forgetPersona(id)));
      return { dismissed };
    },
    async 'assistant.attach'({ conversation, path, upload, temporary }, signal) {
      // Decided before the file is read: a temporary conversation may be deleted meanwhile, and the disk is no place for its document.
      const tree = await homes.ofDraft(conversation, temporary);
      if (conversation) tree.row(conversation);
      const document = await library.read({ path, upload }, signal);
      return measured(conversation, await tree.attachments.attach(conversation, document), document.text, signal);
    },
    'assistant.detach': ({ id }) => ({
      detached: homes
        .all()
        .map((tree) => tree.attachments.detach(id))
        .includes(true),
    }),
    async 'assistant.delete'({ id }) {
      await answering.stop(id);
      const deleted = await homes.of(id).delete(id);
      changed(id);
      return { deleted };
    },
    async 'assistant.search'({ query, limit }, signal) {
      const match = matchExpression(query);
      return match ? search(store, match, limit, signal) : [];
    },
    async 'assistant.draft'({ conversation, text, temporary }) {
      const tree = await homes.ofDraft(conversation, temporary);
      // Words for one that is gone would stay for ever, and those of a temporary one would go to disk.
      if (conversation) tree.row(conversation);
      if (text !== undefined) tree.keepDraft(conversation, text);
      return {
        text: text ?? tree.draft(conversation),
        attachments: tree.attachments.ofDraft(conversation, answering.modelNow(conversation)),
      };
    },
  };

  return {
    handlers,
    writing: () => answering.count(),
    async close() {
      closing.abort();
      await answering.stopAll();
      await homes.temporary.close();
      changes.end();
      await swept;
    },
  };
}
