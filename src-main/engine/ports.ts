/** What rooms above may ask of the engine besides its door. A scripted fake and the real engine pass one suite. */

export interface Turn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
}
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

/** A model file that was checked just now, and how to load it: context size and threads are always explicit. */
export interface ModelFile {
  readonly path: string;
  /** Of the whole file; two ids with the same hash share weights. */
  readonly sha256: string;
  /** Tokens. */
  readonly contextSize: number;
  readonly threads: number;
  readonly gpu: 'auto' | 'off';
}
/** What the room's front asks of the engine process. It knows files, not ids; loads on demand and keeps what it loaded. */
export interface Runner {
  /** As `Generator.generate`; `request.model` is only a name here. */
  generate(request: GenerateRequest, file: ModelFile, signal: AbortSignal): AsyncIterable<Piece>;
  measure(
    file: ModelFile,
    turns: readonly Turn[],
    signal?: AbortSignal,
  ): Promise<{ readonly tokens: readonly number[]; readonly contextSize: number }>;
  /** Loads the file; `note` is one sentence when it does not run where it was meant to. */
  warm(
    file: ModelFile,
    signal?: AbortSignal,
  ): Promise<{ readonly ms: number; readonly device: string; readonly note?: string }>;
  /** Decodes a few dozen tokens after a fixed prompt; tokens a second. */
  measureSpeed(file: ModelFile, signal?: AbortSignal): Promise<number>;
  /** Lets go of a file that is about to be removed. */
  unload(sha256: string): Promise<void>;
  close(): Promise<void>;
}
