/** What rooms above may ask of the engine besides its door. A scripted fake and the real engine pass one suite. */
import type { schema } from '../wire/index.ts';

type Sha256 = schema.Sha256;

export interface Turn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
}
export type Format =
  | { readonly kind: 'json'; /** A JSON Schema. */ readonly schema: unknown }
  | { readonly kind: 'grammar'; /** GBNF, with a rule `root`. */ readonly gbnf: string };
export interface GenerateRequest {
  /** Model id of `engine.models`. */
  readonly model: string;
  /** System first, then user and assistant in turn; the last is the user's. With `continueAnswer` the last is the assistant's partial answer. */
  readonly turns: readonly Turn[];
  readonly continueAnswer?: boolean;
  readonly maxTokens?: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly seed?: number;
  /** Tokens below this share of the likeliest one's probability are left out; 0 or absent: off. */
  readonly minP?: number;
  /** Above 1: tokens of the last 64 become less likely again; absent: off. */
  readonly repeatPenalty?: number;
  /** The answer is held to this form. Faults: `bad-grammar`, `bad-json-schema`. */
  readonly format?: Format;
  /** Nothing about this answer is noted, not even how fast it was: it belongs to a conversation that leaves no trace. */
  readonly unrecorded?: boolean;
  /** Which conversation: the engine keeps its evaluated prefix between turns. */
  readonly session: string;
}
export type Piece =
  | {
      readonly kind: 'start';
      readonly evaluated: number;
      readonly reused: number;
      readonly contextSize: number;
      readonly device: string;
      readonly note?: string;
    }
  | { readonly kind: 'token'; readonly text: string; readonly tokens: number }
  | {
      readonly kind: 'end';
      readonly reason: 'stop' | 'length' | 'context';
      readonly tokens: number;
      readonly tokensPerSecond: number;
      readonly firstTokenMs: number;
    };

export interface Generator {
  /**
   * Streams an answer. Leaving the loop or aborting ends it. Throws Faults: `no-model`, `model-missing`, `context-full`
   * (the turns do not fit), `engine-crashed` (the process died; ask again with what was written and `continueAnswer`).
   */
  generate(request: GenerateRequest, signal: AbortSignal): AsyncIterable<Piece>;
  /** Tokens of each turn under the model's own template, and the context there is for all of them with the answer. */
  measure(
    model: string,
    turns: readonly Turn[],
    signal?: AbortSignal,
  ): Promise<{ readonly tokens: readonly number[]; readonly contextSize: number }>;
}

/** Vectors of texts, for finding by meaning. One suite, `test/compliance/embedder.ts`, holds every adapter. */
export interface Embedder {
  /** Whose vectors these are: only vectors of one id are comparable. Undefined while no such model is here. */
  embedderNow(): { readonly id: string; readonly dimensions: number } | undefined;
  /**
   * One vector a text, of length 1 (L2), in order. A text that is longer than the model can read counts with its beginning.
   * `behind`: at low priority, between answers; it waits while one is being written. Faults: `no-embedder`, `engine-crashed`.
   */
  embed(texts: readonly string[], how: { readonly behind: boolean }, signal?: AbortSignal): Promise<Float32Array[]>;
  /** Called whenever such a model arrives or goes. Returns the way to be called no more. */
  onEmbedder(listener: () => void): () => void;
}

export interface ScoreRequest {
  readonly model: string;
  /** Up to and with the question. */
  readonly turns: readonly Turn[];
  /** The text whose likelihood is wanted, as the assistant's answer to them. */
  readonly answer: string;
  /** At most so many tokens of the answer, from its beginning. */
  readonly most?: number;
  /** As of `GenerateRequest`: the evaluated prefix is kept between calls of one session, apart from conversations. */
  readonly session: string;
}
export interface Scorer {
  /**
   * Natural logarithms of the probability of each token of the answer, under the model's own distribution (temperature 1),
   * in one prefill. Nothing is generated. Faults as `generate`.
   */
  score(request: ScoreRequest, signal: AbortSignal): Promise<{ readonly logs: readonly number[] }>;
}

/** A model file that was checked just now, and how to load it: context size and threads are always explicit. */
export interface Load {
  readonly file: string;
  /** Of the whole file. */
  readonly sha256: Sha256;
  /** Tokens. */
  readonly contextSize: number;
  readonly threads: number;
  readonly gpu: 'auto' | 'off';
  /** Bytes that it takes while it is loaded. */
  readonly memory: number;
  /** Bytes that all loaded models may take together; one alone may take more. */
  readonly budget: number;
  /** 'embed': it measures likeness, and no conversation is ever opened with it. Absent: it talks. */
  readonly purpose?: 'embed';
}
export interface RunRequest extends Omit<GenerateRequest, 'model'> {
  readonly load: Load;
}
/** What the room's front asks of the engine process. It knows files, not ids; loads on demand and keeps what it loaded. */
export interface Runner {
  generate(request: RunRequest, signal: AbortSignal): AsyncIterable<Piece>;
  measure(
    load: Load,
    turns: readonly Turn[],
    signal?: AbortSignal,
  ): Promise<{ readonly tokens: readonly number[]; readonly contextSize: number }>;
  /** Loads the weights; `note` is one sentence when they are not where they were meant to be. */
  warm(
    load: Load,
    signal?: AbortSignal,
  ): Promise<{ readonly ms: number; readonly device: string; readonly note?: string }>;
  /** Vectors of length 1; `load` has the purpose 'embed', and its context is what is read of a text. */
  embed(
    load: Load,
    texts: readonly string[],
    how: { readonly behind: boolean },
    signal?: AbortSignal,
  ): Promise<readonly Float32Array[]>;
  /** As `Scorer`. */
  score(
    load: Load,
    request: Omit<ScoreRequest, 'model'>,
    signal: AbortSignal,
  ): Promise<{ readonly logs: readonly number[] }>;
  /** Tokens a second, reading and writing; takes about three seconds. */
  speed(load: Load, signal?: AbortSignal): Promise<{ readonly prompt: number; readonly decode: number }>;
  /** The models that are loaded now, and how many of their layers are on the graphics card. */
  loaded(): Promise<readonly { readonly sha256: string; readonly gpuLayers: number }[]>;
  /** Gives the memory of one model back when its answers have ended; false when it is not loaded. */
  rest(sha256: Sha256): Promise<boolean>;
  /** The same of all models. */
  unload(): Promise<void>;
  close(): Promise<void>;
}
