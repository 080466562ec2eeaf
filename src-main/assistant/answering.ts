/** Begins answers: decides how each is made, gives it its place in the tree, and knows which are being written. */
import type { Clock } from '../base/ports.ts';
import type { Generator } from '../engine/ports.ts';
import type { Document } from '../library/door.ts';
import type { Library } from '../library/ports.ts';
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import { cite } from './citing.ts';
import type { Persona, Shape, Sources } from './door.ts';
import type { Forgetting } from './forgetting.ts';
import type { Homes } from './homes.ts';
import type { Personas } from './personas.ts';
import { assemble, systemTurn, type Prompt } from './prompt.ts';
import { retrieve } from './retrieving.ts';
import { chooseModel, resolve, type Making, type Models, type Wish } from './shape.ts';
import type { Made, Place, Question, Tree } from './tree.ts';
import { write, type Writing } from './writing.ts';

/** What a conversation that begins is like. */
export interface Begin {
  readonly persona?: Id | undefined;
  readonly shape?: Shape | undefined;
  readonly temporary?: boolean | undefined;
}
interface Needs {
  readonly homes: Homes;
  readonly personas: Personas;
  readonly generator: Generator;
  readonly clock: Clock;
  readonly models: Models;
  /** The daimon's name. */
  name(): string;
  read(path: string, signal: AbortSignal): Promise<Document>;
  readonly library: Pick<Library, 'search'>;
  readonly forgetting: Forgetting;
  changed(conversation: Id): void;
}

export type Answering = ReturnType<typeof openAnswering>;

/** What an answer comes from besides the conversation. */
interface From {
  /** Of the older answer that it goes on from. */
  readonly text?: string;
  readonly sources: Sources | null;
  readonly like?: Id | undefined;
}

export function openAnswering({
  homes,
  personas,
  generator,
  clock,
  models,
  name,
  read,
  library,
  forgetting,
  changed,
}: Needs) {
  const writings = new Map<Id, Writing>();

  const refuseWhileWriting = (conversation: Id | undefined) => {
    if (conversation && writings.has(conversation))
      throw new Fault(
        'busy-writing',
        'An answer is still being written in this conversation. Stop it or wait; your words are kept.',
      );
  };
  /** What a conversation, or one that begins, says about its answers. */
  const settingsOf = (conversation: Id | undefined, begin: Begin = {}) => {
    const at = conversation && homes.of(conversation).conversation(conversation);
    const id = at ? at.persona : begin.persona;
    const persona: Persona | undefined = at
      ? (id && personas.find(id)) || undefined
      : id
        ? personas.get(id)
        : undefined;
    return {
      shape: at ? at.shape : (begin.shape ?? {}),
      persona,
      last: at ? at.model : null,
      sources: at?.sources ?? null,
    };
  };
  const madeOf = ({ model, sampling: { seed }, persona }: Making): Made => ({ model, seed, persona });

  const begin = (tree: Tree, place: Place, making: Making, { text: beginning = '', sources, like }: From): Writing => {
    const { conversation, answer } = place;
    const { model, system, sampling, notes } = making;
    const reader = { generator, model, system: systemTurn(name(), system), maxTokens: sampling.maxTokens };
    // Once for an answer, also when the engine has to be started again before the first word.
    let found: number | undefined;
    const prepare = async (signal: AbortSignal): Promise<Prompt> => {
      if (!sources) return assemble({ ...reader, tree, conversation, answer }, signal);
      found ??= await retrieve(
        { ...reader, library, forgetting, tree, place, sources, like, goOn: beginning !== '' },
        signal,
      );
      const attached = tree.attachments.texts([place.question]).size > 0;
      if (found === 0 && !attached) return nothingFits(sources);
      const prompt = await assemble({ ...reader, tree, conversation, answer }, signal);
      return {
        ...prompt,
        notes: found === 0 ? [ATTACHED_ONLY, ...prompt.notes] : prompt.notes,
        sources: tree.sources.used(answer),
      };
    };
    const one = write({
      tree,
      generator,
      clock,
      place,
      beginning,
      notes,
      request: { model, ...sampling, ...(tree !== homes.disk && { unrecorded: true }) },
      assemble: prepare,
      // A form that was asked for is kept to the letter.
      cite: (text) =>
        sampling.format ? { text, pointed: [] } : cite(text, tree.sources.texts([answer]).get(answer) ?? []),
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

  /** Documents of a question where its tree has them: those there, files read, and what lies in the other store. */
  const take = async (
    tree: Tree,
    asked: readonly ({ id: Id } | { path: string })[],
    signal: AbortSignal,
  ): Promise<{ taken: Id[]; undo(): void; done(): void }> => {
    const taken: Id[] = [];
    const held: Id[] = [];
    const left: (() => void)[] = [];
    const undo = () => held.forEach((id) => tree.attachments.detach(id));
    try {
      for (const one of asked) {
        const other =
          'id' in one ? homes.all().find((each) => each !== tree && each.attachments.waits(one.id)) : undefined;
        if ('id' in one && !other) {
          taken.push(one.id);
          continue;
        }
        const document = 'path' in one ? await read(one.path, signal) : other!.attachments.document(one.id);
        const id = await tree.attachments.hold(document);
        taken.push(id);
        held.push(id);
        if ('id' in one) left.push(() => void other!.attachments.detach(one.id));
      }
    } catch (error) {
      undo();
      throw error;
    }
    return { taken, undo, done: () => left.forEach((leave) => leave()) };
  };
  /** Adds the question and begins its answer, without waiting between: no other window can ask in the meantime. */
  const commit = (tree: Tree, question: Question, making: Making): Writing => {
    refuseWhileWriting(question.conversation);
    return begin(tree, tree.ask(question), making, { sources: question.sources ?? null });
  };

  return {
    /** The model that would answer now, as far as one is here. */
    modelNow(conversation: Id | undefined): string | undefined {
      try {
        return chooseModel({ wish: {}, ...settingsOf(conversation) }, models).model;
      } catch (error) {
        if (error instanceof Fault && error.code === 'no-model') return undefined;
        throw error;
      }
    },
    /** The system prompt that stands before the next question. */
    systemNow(conversation: Id | undefined) {
      const { shape, persona } = settingsOf(conversation);
      return systemTurn(name(), shape.system ?? persona?.shape.system);
    },

    async ask(
      {
        conversation,
        parent,
        text,
        attachments = [],
        sources: wanted,
        begin: asked,
        ...wish
      }: Wish & {
        readonly conversation?: Id | undefined;
        readonly parent?: Id | null | undefined;
        readonly text: string;
        readonly attachments?: readonly ({ id: Id } | { path: string })[] | undefined;
        readonly sources?: Sources | null | undefined;
        readonly begin?: Begin | undefined;
      },
      signal: AbortSignal,
    ): Promise<Writing> {
      refuseWhileWriting(conversation);
      const tree = conversation ? homes.of(conversation) : asked?.temporary ? await homes.temporary.tree() : homes.disk;
      const making = resolve({ wish, ...settingsOf(conversation, asked) }, models);
      const { taken, undo, done } = await take(tree, attachments, signal);
      try {
        // Keeping documents takes a moment, in which daimon may have been locked: nobody would stop this answer then.
        signal.throwIfAborted();
        const sources = wanted === undefined ? settingsOf(conversation).sources : wanted;
        const question = { conversation, parent, text, attachments: taken, sources, made: madeOf(making) };
        const writing = commit(tree, asked ? { ...question, begin: asked } : question, making);
        done();
        // The words were typed before it was known that they would begin a temporary conversation.
        if (!conversation && asked?.temporary) homes.disk.keepDraft(undefined, '');
        return writing;
      } catch (error) {
        undo();
        throw error;
      }
    },

    again({
      conversation,
      message,
      goOn,
      ...wish
    }: Wish & {
      readonly conversation: Id;
      readonly message?: Id | undefined;
      readonly goOn?: boolean | undefined;
    }): Writing {
      refuseWhileWriting(conversation);
      const tree = homes.of(conversation);
      const making = resolve({ wish, ...settingsOf(conversation) }, models);
      const { text, sources, like, ...place } = tree.askAgain({ conversation, message, goOn, made: madeOf(making) });
      return begin(tree, place, making, { text, sources, like });
    },

    writing: (conversation: Id): Writing | undefined => writings.get(conversation),
    count: () => writings.size,
    async stop(conversation: Id): Promise<boolean> {
      const one = writings.get(conversation);
      one?.stop();
      await one?.ended;
      return one !== undefined;
    },
    async stopAll() {
      const all = [...writings.values()];
      for (const one of all) one.stop();
      await Promise.all(all.map((one) => one.ended));
    },
  };
}

const ATTACHED_ONLY =
  'Nothing in your files fits this question well enough, so this answer comes from what is attached alone.';
/** No model is asked: with nothing to go by it would invent something that looks like an answer from the files. */
const nothingFits = (sources: Sources): Prompt => ({
  turns: [],
  notes: [],
  keptFrom: undefined,
  sources: [],
  answer: `Nothing in ${sources === 'library' ? 'your files' : 'the chosen files'} fits this question well enough to answer from. Files that are still being read are not found yet. Ask in other words, choose other files, or ask without them.`,
});
