/** The assistant's verbs: ask, stop, and keep conversations. */
import * as v from 'valibot';
import { document } from '../library/door.ts';
import { call, joinText, schema, stream } from '../wire/index.ts';
import { sources, usedSource } from './sources-door.ts';

export { sources, usedSource, type Sources, type UsedSource } from './sources-door.ts';

/** A message of 1 MB must pass; more is a file. */
const words = v.pipe(
  schema.text(1_500_000),
  v.check((text) => text.trim().length > 0, 'is empty'),
);

/** How answers are made: what a persona and a conversation may each set, and one question may ask for. */
const shaping = {
  model: schema.text(100),
  /** The system prompt. */
  system: schema.text(20_000),
  temperature: v.pipe(v.number(), v.minValue(0), v.maxValue(2)),
  topK: v.pipe(schema.count, v.maxValue(1000)),
  topP: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  minP: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  repeatPenalty: v.pipe(v.number(), v.minValue(0.5), v.maxValue(2)),
  maxTokens: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1 << 20)),
  /** The same seed, model, settings and turns give the same answer on the same machine. */
  seed: v.pipe(schema.count, v.maxValue(2 ** 32 - 1)),
};
export const shape = v.strictObject({
  model: v.optional(shaping.model),
  system: v.optional(shaping.system),
  temperature: v.optional(shaping.temperature),
  topK: v.optional(shaping.topK),
  topP: v.optional(shaping.topP),
  minP: v.optional(shaping.minP),
  repeatPenalty: v.optional(shaping.repeatPenalty),
  maxTokens: v.optional(shaping.maxTokens),
  seed: v.optional(shaping.seed),
});
export type Shape = v.InferOutput<typeof shape>;

export const persona = v.object({ id: schema.id, name: v.string(), shape, createdAt: v.number() });
export type Persona = v.InferOutput<typeof persona>;

/** A document that goes with a question. Its text is data: quoted, marked untrusted, never obeyed. */
export const attachment = v.object({
  id: schema.id,
  name: v.string(),
  kind: document.entries.kind,
  characters: v.number(),
  pages: v.optional(v.number()),
  /** Under the model that would answer now; undefined while there is none. */
  tokens: v.optional(v.number()),
  /** Tokens that this model can take with one question. What is longer is cut, and the answer says so. */
  room: v.optional(v.number()),
  /** One sentence, such as what of the file could not be read. */
  note: v.optional(v.string()),
});
export type Attachment = v.InferOutput<typeof attachment>;

export const message = v.object({
  id: schema.id,
  conversation: schema.id,
  parent: v.nullable(schema.id),
  role: v.picklist(['user', 'assistant']),
  text: v.string(),
  at: v.number(),
  /** Every message with this parent, oldest first, this one among them; only where there are several. */
  versions: v.optional(v.array(schema.id)),
  attachments: v.optional(v.array(attachment)),
  /** Answers from the person's files: what went in, in its order; empty when nothing fitted well enough. */
  sources: v.optional(v.array(usedSource)),
  /** Answers only. */
  state: v.optional(v.picklist(['writing', 'done', 'stopped', 'cut-off', 'failed'])),
  model: v.optional(v.string()),
  tokens: v.optional(v.number()),
  tokensPerSecond: v.optional(v.number()),
  firstTokenMs: v.optional(v.number()),
  /** 'cpu', or the GPU's name. */
  device: v.optional(v.string()),
  /** Drawn for this answer, or asked for. */
  seed: v.optional(v.number()),
  /** The persona's name at the time. */
  persona: v.optional(v.string()),
  /** One sentence for the person, such as which turns no longer fitted, or why it failed. */
  note: v.optional(v.string()),
});
export type Message = v.InferOutput<typeof message>;

export const conversation = v.object({
  id: schema.id,
  title: v.string(),
  createdAt: v.number(),
  changedAt: v.number(),
  messages: v.number(),
  model: v.nullable(v.string()),
  pinned: v.boolean(),
  folder: v.nullable(v.string()),
  persona: v.nullable(schema.id),
  shape,
  /** What the last question was answered from, and the next one is unless it says otherwise. */
  sources: v.optional(v.nullable(sources)),
  /** Lives in memory only, until it is deleted or daimon sleeps. */
  temporary: v.optional(v.literal(true)),
  /** Where it was imported from. */
  from: v.optional(v.picklist(['chatgpt', 'claude', 'daimon'])),
  /** Set while an answer is being written. */
  writing: v.optional(schema.id),
});
export type Conversation = v.InferOutput<typeof conversation>;

export const sent = v.variant('kind', [
  /** The question is on disk, and the answer has a place. */
  v.object({ kind: v.literal('begun'), conversation: schema.id, question: schema.id, message: schema.id }),
  v.object({ kind: v.literal('note'), note: v.string() }),
  /** Before the first token of an answer from the person's files. */
  v.object({ kind: v.literal('sources'), sources: v.array(usedSource) }),
  v.object({ kind: v.literal('token'), text: v.string() }),
  v.object({
    kind: v.literal('done'),
    conversation: schema.id,
    message: schema.id,
    text: v.string(),
    state: v.picklist(['done', 'stopped', 'cut-off', 'failed']),
    tokens: v.number(),
    tokensPerSecond: v.number(),
    firstTokenMs: v.number(),
    /** Prompt tokens evaluated for this answer, and those reused from the turn before. */
    evaluated: v.number(),
    reused: v.number(),
    device: v.string(),
    note: v.optional(v.string()),
    /** What the answer points to, in the order of its numbers; without `sources` asked for, undefined. */
    citations: v.optional(
      v.array(v.object({ n: v.number(), file: v.string(), page: v.optional(v.number()), quote: v.string() })),
    ),
    /** All that went in. */
    sources: v.optional(v.array(usedSource)),
  }),
]);
export type Sent = v.InferOutput<typeof sent>;

const joinSent = (older: Sent, newer: Sent): Sent | undefined => {
  if (older.kind !== 'token' || newer.kind !== 'token') return undefined;
  const text = joinText(older.text, newer.text);
  return text === undefined ? undefined : { kind: 'token', text };
};

const one = v.strictObject({ id: schema.id });
/** What an answer is held to; at most one of them. */
const form = {
  /** A JSON Schema. */
  json: v.optional(v.record(v.string(), v.unknown())),
  /** A grammar in GBNF. */
  grammar: v.optional(schema.text(100_000)),
};
/** A file of this machine, or bytes that the window handed over (`library.offer`). */
const source = { path: v.optional(schema.text(4096)), upload: v.optional(schema.id) };
const folder = v.pipe(v.string(), v.trim(), v.minLength(1, 'is empty'), v.maxLength(100));
const optionalNull = <T extends v.GenericSchema>(of: T) => v.optional(v.nullable(of));

export const brought = v.variant('kind', [
  v.object({
    kind: v.literal('progress'),
    job: schema.id,
    conversations: v.number(),
    messages: v.number(),
    /** Bytes read, and of how many. */
    done: v.number(),
    total: v.number(),
  }),
  v.object({
    kind: v.literal('done'),
    job: schema.id,
    from: v.picklist(['chatgpt', 'claude', 'daimon']),
    conversations: v.number(),
    messages: v.number(),
    /** Conversations that were here already. */
    known: v.number(),
    /** Conversations that could not be read, with one sentence for each reason. */
    refused: v.array(v.object({ why: v.string(), times: v.number() })),
  }),
]);
export type Brought = v.InferOutput<typeof brought>;

export const assistantDoor = {
  'assistant.send': stream(
    'Asks, and streams the answer; leaving the stream does not stop it.',
    v.strictObject({
      text: words,
      conversation: v.optional(schema.id),
      /** The answer that this question comes after; null: at the very beginning. Without it: at the end of the branch. */
      parent: v.optional(v.nullable(schema.id)),
      /** Read before (`assistant.attach`), or files of this machine. */
      attachments: v.optional(
        v.pipe(
          v.array(v.union([v.strictObject({ id: schema.id }), v.strictObject({ path: schema.text(4096) })])),
          v.maxLength(20),
        ),
      ),
      /** Answers from the person's files; null: no longer. Without it: as the question before. */
      sources: v.optional(v.nullable(sources)),
      /** For this answer alone. */
      ...shape.entries,
      /** Of a conversation that begins with this question. */
      begin: v.optional(
        v.strictObject({
          persona: v.optional(schema.id),
          shape: v.optional(shape),
          temporary: v.optional(v.boolean()),
        }),
      ),
      ...form,
    }),
    sent,
    joinSent,
  ),
  'assistant.again': stream(
    'Answers a question of a conversation again; the older answer stays in the tree.',
    v.strictObject({
      conversation: schema.id,
      /** A question, or an answer to it; without it the last one. */
      message: v.optional(schema.id),
      /** Begins with what the older answer has, and goes on from there. */
      goOn: v.optional(v.boolean()),
      ...shape.entries,
      ...form,
    }),
    sent,
    joinSent,
  ),
  'assistant.why': stream(
    'Weighs what an answer was made from: scores the very answer again without each source in turn.',
    v.strictObject({ message: schema.id }),
    v.variant('kind', [
      v.object({ kind: v.literal('progress'), done: v.number(), total: v.number() }),
      v.object({ kind: v.literal('done'), sources: v.array(usedSource) }),
    ]),
    (_older, newer) => newer,
  ),
  'assistant.choose': call(
    'Makes the branch through a message the current one.',
    v.strictObject({ conversation: schema.id, message: schema.id }),
    v.object({ tip: schema.id }),
  ),
  'assistant.versions': call(
    'Every message with the same parent as this one, oldest first.',
    v.strictObject({ message: schema.id }),
    v.array(message),
  ),
  'assistant.follow': stream(
    'Joins an answer that is being written: what is there so far, then the rest.',
    v.strictObject({ conversation: schema.id }),
    sent,
    joinSent,
  ),
  'assistant.stop': call(
    'Stops the answer that is being written; what was written stays.',
    v.strictObject({ conversation: schema.id }),
    v.object({ stopped: v.boolean() }),
  ),
  'assistant.conversations': call(
    'Conversations, newest first.',
    v.strictObject({ limit: schema.limit(5000, 500) }),
    v.array(conversation),
  ),
  'assistant.watch': stream(
    'The id of each conversation that changed.',
    schema.empty,
    v.object({ changed: v.array(schema.id) }),
    (older, newer) => ({ changed: [...new Set([...older.changed, ...newer.changed])] }),
  ),
  'assistant.messages': call(
    'One page of a conversation along its current branch, oldest first, ending before `before`.',
    v.strictObject({ conversation: schema.id, before: v.optional(schema.id), limit: schema.limit(500, 60) }),
    v.object({ messages: v.array(message), more: v.boolean(), total: v.number() }),
  ),
  'assistant.rename': call(
    'Gives a conversation another title.',
    v.strictObject({
      id: schema.id,
      title: v.pipe(v.string(), v.trim(), v.minLength(1, 'is empty'), v.maxLength(200)),
    }),
    conversation,
  ),
  'assistant.place': call(
    'Pins a conversation, or puts it into a folder (null: out of it).',
    v.strictObject({ id: schema.id, pinned: v.optional(v.boolean()), folder: v.optional(v.nullable(folder)) }),
    conversation,
  ),
  'assistant.folder': call(
    'Renames a folder, or with null takes all conversations out of it.',
    v.strictObject({ from: folder, to: v.nullable(folder) }),
    v.object({ moved: v.number() }),
  ),
  'assistant.shape': call(
    'Sets how the answers of a conversation are made from now on; null takes a setting back.',
    v.strictObject({
      conversation: schema.id,
      persona: v.optional(v.nullable(schema.id)),
      change: v.optional(
        v.strictObject({
          model: optionalNull(shaping.model),
          system: optionalNull(shaping.system),
          temperature: optionalNull(shaping.temperature),
          topK: optionalNull(shaping.topK),
          topP: optionalNull(shaping.topP),
          minP: optionalNull(shaping.minP),
          repeatPenalty: optionalNull(shaping.repeatPenalty),
          maxTokens: optionalNull(shaping.maxTokens),
          seed: optionalNull(shaping.seed),
        }),
        {},
      ),
    }),
    conversation,
  ),
  'assistant.personas': call('Personas, by name.', schema.empty, v.array(persona)),
  'assistant.persona': call(
    'Keeps a persona: a new one, or with `id` the changed one.',
    v.strictObject({
      id: v.optional(schema.id),
      name: v.pipe(v.string(), v.trim(), v.minLength(1, 'is empty'), v.maxLength(60)),
      shape,
    }),
    persona,
  ),
  'assistant.dismiss': call(
    'Removes a persona; conversations keep what was said, and go on without it.',
    one,
    v.object({ dismissed: v.boolean() }),
  ),
  'assistant.attach': call(
    'Reads a document and keeps its text with the draft of a conversation (or of a new one).',
    v.strictObject({ conversation: v.optional(schema.id), temporary: v.optional(v.boolean()), ...source }),
    attachment,
  ),
  'assistant.detach': call('Takes a document away from a draft.', one, v.object({ detached: v.boolean() })),
  'assistant.import': stream(
    'Brings conversations from an export of ChatGPT, Claude or daimon; what is here already is not brought twice.',
    v.strictObject(source),
    brought,
    (older, newer) => (older.kind === 'progress' && newer.kind === 'progress' ? newer : undefined),
  ),
  'assistant.export': stream(
    'Writes one conversation, or all, with every branch (JSON Lines) or the current one (Markdown).',
    v.strictObject({ conversation: v.optional(schema.id), format: v.picklist(['markdown', 'jsonl']) }),
    v.variant('kind', [
      v.object({ kind: v.literal('piece'), text: v.string() }),
      v.object({ kind: v.literal('done'), /** A name for the file. */ name: v.string(), conversations: v.number() }),
    ]),
  ),
  'assistant.delete': call(
    'Deletes a conversation with all its answers, for good.',
    one,
    v.object({ deleted: v.number() }),
  ),
  'assistant.search': call(
    'Finds words in all conversations; best first.',
    v.strictObject({ query: schema.text(500), limit: schema.limit(200, 50) }),
    v.array(
      v.object({
        conversation: schema.id,
        message: schema.id,
        title: v.string(),
        role: v.picklist(['user', 'assistant']),
        at: v.number(),
        /** Words that matched stand between U+E000 and U+E001. */ excerpt: v.string(),
      }),
    ),
  ),
  'assistant.draft': call(
    'Keeps the unsent words of a conversation (or of a new one), or with no `text` gives them back.',
    v.strictObject({
      conversation: v.optional(schema.id),
      /** Of a new conversation that will be temporary: not on disk either. */
      temporary: v.optional(v.boolean()),
      text: v.optional(schema.text(1_500_000)),
    }),
    v.object({ text: v.string(), attachments: v.array(attachment) }),
  ),
} as const;
