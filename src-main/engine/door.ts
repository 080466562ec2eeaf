/** The engine's verbs: this machine, the catalogue, getting models, the models that are here. */
import * as v from 'valibot';
import { call, schema, stream } from '../wire/index.ts';

/** How a model would do here. `speed` is in tokens a second; `measured` false = estimated from the memory rate. */
export const fit = v.object({
  verdict: v.picklist(['well', 'slowly', 'too-big']),
  speed: v.optional(v.number()),
  measured: v.boolean(),
  /** Weights, context and working memory together, in bytes, at `contextSize` tokens. */
  memory: v.number(),
  contextSize: v.number(),
  /** One sentence: why. */
  reason: v.string(),
});
export type Fit = v.InferOutput<typeof fit>;

export const entry = v.object({
  id: v.string(),
  /** 'Qwen3 4B' */
  name: v.string(),
  goodFor: v.string(),
  parameters: v.number(),
  quantisation: v.string(),
  /** Bytes; undefined when only the publisher's host knows. */
  size: v.optional(v.number()),
  /** Bytes of weights, reckoned from parameters and quantisation: about what fetching brings. */
  estimate: v.number(),
  licence: v.string(),
  /** Whose statement the hash is: pinned by us, or the publisher's at the time of fetching. */
  hash: v.picklist(['pinned', 'publisher']),
  sources: v.array(v.object({ kind: v.picklist(['https', 'pip']), host: v.string() })),
  warmUp: v.boolean(),
  recommended: v.boolean(),
  here: v.boolean(),
  fit,
});
export type CatalogueEntry = v.InferOutput<typeof entry>;

export const model = v.object({
  /** Catalogue id, or `sha256:<first 16>` for a file that the catalogue does not know. */
  id: v.string(),
  sha256: schema.sha256,
  name: v.string(),
  size: v.number(),
  architecture: v.string(),
  quantisation: v.string(),
  licence: v.optional(v.string()),
  trainedContext: v.number(),
  parameters: v.number(),
  /** Kept by another program and only linked from here. */
  linked: v.optional(v.string()),
  warmUp: v.boolean(),
  chat: v.boolean(),
  /** 'embed': it finds by meaning and cannot talk. */
  purpose: v.optional(v.picklist(['chat', 'embed'])),
  /** Its weights are in memory now. */
  warm: v.boolean(),
  layers: v.number(),
  /** Layers on the graphics card: of the present load, or undefined while it is not loaded. */
  gpuLayers: v.optional(v.number()),
  /** Tokens a second when this machine last timed it: reading a prompt, writing an answer. */
  timed: v.optional(v.object({ prompt: v.number(), decode: v.number(), at: v.number() })),
  fit,
});
export type Model = v.InferOutput<typeof model>;

export const hardware = v.object({
  memory: v.number(),
  freeMemory: v.number(),
  physicalCores: v.number(),
  threads: v.number(),
  /** Bytes a second, measured once; undefined until then. */
  memoryRate: v.optional(v.number()),
  gpu: v.object({
    found: v.nullable(v.string()),
    backend: v.picklist(['cpu', 'vulkan', 'cuda', 'metal']),
    memory: v.optional(v.number()),
    note: v.optional(v.string()),
  }),
});
export type Hardware = v.InferOutput<typeof hardware>;

export const fetching = v.variant('kind', [
  v.object({
    kind: v.literal('bytes'),
    job: schema.id,
    bytes: v.number(),
    total: v.optional(v.number()),
    source: v.string(),
  }),
  v.object({ kind: v.literal('done'), job: schema.id, model }),
]);
export type Fetching = v.InferOutput<typeof fetching>;

const path = schema.text(4096);

export const engineDoor = {
  'engine.hardware': call('What this machine has for a model.', schema.empty, hardware),
  'engine.catalogue': call('Models that can be had, with how each would do here.', schema.empty, v.array(entry)),
  'engine.fetch': stream(
    'Fetches a model of the catalogue, checks it, and keeps it; leaving the stream does not stop it.',
    v.strictObject({ id: schema.text(100) }),
    fetching,
    (older, newer) => (older.kind === 'bytes' && newer.kind === 'bytes' ? newer : undefined),
  ),
  'engine.found': call(
    'Models that Ollama, LM Studio or the Hugging Face cache already keep on this machine.',
    schema.empty,
    v.array(
      v.object({
        path,
        program: v.picklist(['Ollama', 'LM Studio', 'Hugging Face']),
        name: v.string(),
        size: v.number(),
      }),
    ),
  ),
  'engine.import': call(
    'Takes a GGUF file into use: linked where it lies, or copied with `copy`.',
    v.strictObject({ path, copy: v.optional(v.boolean(), false) }),
    model,
  ),
  'engine.embedder': call(
    'The model that finds by meaning: whether it is here, and where it can be had (`engine.fetch` with its id).',
    schema.empty,
    v.object({
      id: v.string(),
      name: v.string(),
      here: v.boolean(),
      /** Bytes on disk, and bytes that fetching brings over the network. */
      size: v.number(),
      fetched: v.number(),
      host: v.string(),
      licence: v.string(),
      dimensions: v.number(),
    }),
  ),
  'engine.models': call('Models that are here.', schema.empty, v.array(model)),
  'engine.remove': call(
    'Removes a model from this machine; a linked file itself is left alone.',
    v.strictObject({ id: schema.text(100) }),
    v.object({ freed: v.number() }),
  ),
  'engine.speed': call(
    'Times a model on this machine; takes a few seconds.',
    v.strictObject({ id: schema.text(100) }),
    v.object({ prompt: v.number(), decode: v.number(), at: v.number() }),
  ),
  'engine.rest': call(
    'Gives the memory of a warm model back; it is loaded again when needed.',
    v.strictObject({ id: schema.text(100) }),
    v.object({ rested: v.boolean() }),
  ),
  'engine.warm': call(
    'Loads a model before the first question.',
    v.strictObject({ id: schema.text(100) }),
    v.object({ ms: v.number(), device: v.string(), note: v.optional(v.string()) }),
  ),
} as const;
