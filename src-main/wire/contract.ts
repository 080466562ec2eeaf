/** What a verb is: an input schema, an output schema, a kind, one sentence; and the types that follow from a door. */
import type * as v from 'valibot';

type Schema = v.GenericSchema;

/**
 * How two items of a stream become one while the reader has no credit; undefined when these two may not be joined. Must
 * be associative: neighbours are joined in whatever grouping is cheap, always in their order.
 */
export type Merge<T> = {
  // A method, so that a stream of something is also a stream of unknown (methods are compared bivariantly).
  merge(older: T, newer: T): T | undefined;
}['merge'];

export interface Call<I extends Schema = Schema, O extends Schema = Schema> {
  readonly kind: 'call';
  readonly says: string;
  readonly input: I;
  readonly output: O;
}
export interface Stream<I extends Schema = Schema, O extends Schema = Schema> {
  readonly kind: 'stream';
  readonly says: string;
  readonly input: I;
  readonly output: O;
  readonly merge?: Merge<v.InferOutput<O>>;
}
/** A room's verbs by their full name, `room.verb`. */
export type Door = Readonly<Record<string, Call | Stream>>;

/** A verb that answers once. `says` is the sentence that help and the terminal show. */
export const call = <I extends Schema, O extends Schema>(says: string, input: I, output: O): Call<I, O> => ({
  kind: 'call',
  says,
  input,
  output,
});

/**
 * A verb that answers with many items. With `merge`, items that a slow reader has not asked for are joined and the
 * producer never waits; without it the producer waits for credit.
 */
export const stream = <I extends Schema, O extends Schema>(
  says: string,
  input: I,
  output: O,
  merge?: Merge<v.InferOutput<O>>,
): Stream<I, O> => ({ kind: 'stream', says, input, output, ...(merge && { merge }) });

export type In<V> = V extends { input: infer I extends Schema } ? v.InferInput<I> : never;
/** The input as a handler sees it: parsed, defaults filled in. */
export type Parsed<V> = V extends { input: infer I extends Schema } ? v.InferOutput<I> : never;
export type Out<V> = V extends { output: infer O extends Schema } ? v.InferOutput<O> : never;

/** What a room implements for its door. */
export type Handlers<D extends Door> = {
  [K in keyof D]: D[K]['kind'] extends 'call'
    ? (input: Parsed<D[K]>, signal: AbortSignal) => Promise<Out<D[K]>> | Out<D[K]>
    : (input: Parsed<D[K]>, signal: AbortSignal) => AsyncIterable<Out<D[K]>>;
};
/** What a caller gets for a door; the signal stops the far side. */
export type Client<D extends Door> = {
  [K in keyof D]: D[K]['kind'] extends 'call'
    ? (input: In<D[K]>, signal?: AbortSignal) => Promise<Out<D[K]>>
    : (input: In<D[K]>, signal?: AbortSignal) => AsyncIterable<Out<D[K]>>;
};
