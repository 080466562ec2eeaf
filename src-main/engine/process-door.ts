/** The contract between the core and the engine process: load, generate, measure, time. Only the runner calls it. */
import * as v from 'valibot';
import { call, joinText, schema, stream } from '../wire/index.ts';
import type { Format, Piece } from './ports.ts';

/** Said once when a GPU is there and cannot be used. */
export const DRIVER_NOTE =
  'The graphics driver of this machine failed, so answers are computed on the processor; everything else is as before.';

/** Which weights, and how. The room has let its validator read the file before any of this crosses the wire. */
export const load = v.strictObject({
  file: schema.text(4096),
  sha256: schema.sha256,
  /** Tokens; the binding may round it up. */
  contextSize: v.pipe(schema.count, v.minValue(64)),
  threads: v.pipe(schema.count, v.minValue(1), v.maxValue(1024)),
  gpu: v.picklist(['auto', 'off']),
  /** Layers kept in VRAM; without it as many as fit together with the context. */
  gpuLayers: v.optional(schema.count),
  /** Bytes that it takes while it is loaded. */
  memory: schema.count,
  /** Bytes that all loaded models may take together; one alone may take more. */
  budget: schema.count,
  /** It measures likeness and never talks. */
  purpose: v.exactOptional(v.literal('embed')),
});
export type Load = v.InferOutput<typeof load>;

const turns = v.array(v.strictObject({ role: v.picklist(['system', 'user', 'assistant']), text: v.string() }));

const format: v.GenericSchema<Format> = v.variant('kind', [
  v.strictObject({ kind: v.literal('json'), schema: v.unknown() }),
  v.strictObject({ kind: v.literal('grammar'), gbnf: v.string() }),
]);

export const ask = v.strictObject({
  load,
  turns: v.pipe(turns, v.minLength(1, 'is empty')),
  continueAnswer: v.optional(v.boolean(), false),
  maxTokens: v.optional(v.pipe(schema.count, v.minValue(1))),
  temperature: v.pipe(v.number(), v.minValue(0), v.maxValue(2)),
  topK: schema.count,
  topP: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  seed: v.optional(schema.count),
  minP: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  repeatPenalty: v.optional(v.pipe(v.number(), v.minValue(0.1), v.maxValue(10))),
  format: v.optional(format),
  session: schema.text(200),
});
export type Ask = v.InferOutput<typeof ask>;

const piece: v.GenericSchema<Piece> = v.variant('kind', [
  v.object({ kind: v.literal('token'), text: v.string(), tokens: v.number() }),
  v.object({
    kind: v.literal('start'),
    evaluated: v.number(),
    reused: v.number(),
    contextSize: v.number(),
    device: v.string(),
    note: v.exactOptional(v.string()),
  }),
  v.object({
    kind: v.literal('end'),
    reason: v.picklist(['stop', 'length', 'context']),
    tokens: v.number(),
    tokensPerSecond: v.number(),
    firstTokenMs: v.number(),
  }),
]);

/** Joins token pieces that a slow reader has not taken. */
export function joinPieces(older: Piece, newer: Piece): Piece | undefined {
  if (older.kind !== 'token' || newer.kind !== 'token') return undefined;
  const text = joinText(older.text, newer.text);
  return text === undefined ? undefined : { kind: 'token', text, tokens: older.tokens + newer.tokens };
}

export const ready = v.object({
  ms: v.number(),
  device: v.string(),
  note: v.exactOptional(v.string()),
  contextSize: v.number(),
  trainedContext: v.number(),
  /** False for a base model: it has no chat template and is asked in plain "User:/Assistant:" lines. */
  chat: v.boolean(),
});
export type Ready = v.InferOutput<typeof ready>;

const vector = v.custom<Float32Array>((value) => value instanceof Float32Array, 'is no vector');

export const processDoor = {
  'process.load': call('Loads weights and one context, so that the first question need not wait.', load, ready),
  'process.generate': stream('Streams an answer.', ask, piece, joinPieces),
  'process.measure': call(
    'Counts the tokens of each turn under the template of the model.',
    v.strictObject({ load, turns }),
    v.object({ tokens: v.array(v.number()), contextSize: v.number() }),
  ),
  'process.embed': call(
    'Vectors of texts, of length 1 and in order; `behind` waits while an answer is written.',
    v.strictObject({ load, texts: v.array(v.string()), behind: v.boolean() }),
    v.object({ vectors: v.array(vector) }),
  ),
  'process.score': call(
    'Natural logarithms of the probabilities of the tokens of an answer; waits while an answer is written.',
    v.strictObject({
      load,
      turns: v.pipe(turns, v.minLength(1, 'is empty')),
      answer: v.string(),
      most: v.optional(v.pipe(schema.count, v.minValue(1))),
      session: schema.text(200),
    }),
    v.object({ logs: v.array(v.number()) }),
  ),
  'process.speed': call(
    'Times the model: tokens a second while reading a prompt and while writing.',
    load,
    v.object({ prompt: v.number(), decode: v.number() }),
  ),
  'process.pulse': call('Answers at once, unless the process hangs.', schema.empty, schema.empty),
  'process.warm': call(
    'The models that are loaded now.',
    schema.empty,
    v.array(v.object({ sha256: v.string(), gpuLayers: v.number() })),
  ),
  'process.rest': call(
    'Gives the memory of one model back when its answers have ended.',
    v.strictObject({ sha256: schema.sha256 }),
    v.object({ rested: v.boolean() }),
  ),
  'process.unload': call('Gives the memory of all weights back.', schema.empty, schema.empty),
} as const;
