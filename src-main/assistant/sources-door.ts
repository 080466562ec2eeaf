/** What the assistant's verbs say of the person's files: which may answer, and what an answer was made from. */
import * as v from 'valibot';
import { passageWhence } from '../library/door.ts';
import { schema } from '../wire/index.ts';

/** Which of the person's files answer: all, or those of some places. */
export const sources = v.union([
  v.literal('library'),
  v.strictObject({ places: v.pipe(v.array(schema.id), v.minLength(1), v.maxLength(1000)) }),
]);
export type Sources = v.InferOutput<typeof sources>;

/** A passage that went into an answer's prompt under a number, kept as it was then. */
export const usedSource = v.object({
  n: v.number(),
  ...passageWhence,
  /** Word for word from the passage: what the answer rests on, or the sentence that fitted the question best. */
  quote: v.string(),
  /** The answer points to it. */
  cited: v.boolean(),
  /** Its file was taken out of the library, and the quote with it. */
  gone: v.optional(v.literal(true)),
  /** What `assistant.why` found: how much the answer depends on it. */
  weight: v.optional(v.picklist(['much', 'little', 'none'])),
});
export type UsedSource = v.InferOutput<typeof usedSource>;
