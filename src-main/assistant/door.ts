/** The assistant's verbs: ask, stop, and keep conversations. */
import * as v from 'valibot';
import { call, joinText, schema, stream } from '../wire/index.ts';

/** A message of 1 MB must pass; more is a file. */
const words = v.pipe(
  schema.text(1_500_000),
  v.check((text) => text.trim().length > 0, 'is empty'),
);

export const message = v.object({
  id: schema.id,
  conversation: schema.id,
  parent: v.nullable(schema.id),
  role: v.picklist(['user', 'assistant']),
  text: v.string(),
  at: v.number(),
  /** Answers only. */
  state: v.optional(v.picklist(['writing', 'done', 'stopped', 'cut-off', 'failed'])),
  model: v.optional(v.string()),
  tokens: v.optional(v.number()),
  tokensPerSecond: v.optional(v.number()),
  firstTokenMs: v.optional(v.number()),
  /** 'cpu', or the GPU's name. */
  device: v.optional(v.string()),
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
  /** Set while an answer is being written. */
  writing: v.optional(schema.id),
});
export type Conversation = v.InferOutput<typeof conversation>;

export const sent = v.variant('kind', [
  /** The question is on disk, and the answer has a place. */
  v.object({ kind: v.literal('begun'), conversation: schema.id, question: schema.id, message: schema.id }),
  v.object({ kind: v.literal('note'), note: v.string() }),
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
  }),
]);
export type Sent = v.InferOutput<typeof sent>;

const joinSent = (older: Sent, newer: Sent): Sent | undefined => {
  if (older.kind !== 'token' || newer.kind !== 'token') return undefined;
  const text = joinText(older.text, newer.text);
  return text === undefined ? undefined : { kind: 'token', text };
};

const one = v.strictObject({ id: schema.id });

export const assistantDoor = {
  'assistant.send': stream(
    'Asks, and streams the answer; leaving the stream does not stop it.',
    v.strictObject({
      text: words,
      conversation: v.optional(schema.id),
      model: v.optional(schema.text(100)),
      seed: v.optional(schema.count),
      maxTokens: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1 << 20))),
      temperature: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(2))),
    }),
    sent,
    joinSent,
  ),
  'assistant.again': stream(
    'Asks the last question of a conversation again; the older answer stays in the tree.',
    v.strictObject({ conversation: schema.id, model: v.optional(schema.text(100)) }),
    sent,
    joinSent,
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
    v.strictObject({ conversation: v.optional(schema.id), text: v.optional(schema.text(1_500_000)) }),
    v.object({ text: v.string() }),
  ),
} as const;
