/** node-llama-cpp behind the few things the engine needs of it; nothing else imports the library. */
import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import {
  getLlama,
  isLlamaText,
  JinjaTemplateChatWrapper,
  LlamaGrammarEvaluationState,
  LlamaJsonSchemaGrammar,
  LlamaLogLevel,
  LlamaText,
  resolveChatWrapper,
  SpecialToken,
  SpecialTokensText,
  TokenBias,
  type ChatHistoryItem,
  type ChatWrapper,
  type Llama,
  type LlamaModel,
  type LlamaOptions,
  type Token,
} from 'node-llama-cpp';
import { Fault } from '../wire/index.ts';
import type { CheckedFormat } from './format.ts';
import { readGbnf } from './gbnf.ts';
import { noMemory, outOfMemory, unreadable } from './load-faults.ts';
import type { JsonSchema } from './json-schema.ts';
import { DRIVER_NOTE, type Load } from './process-door.ts';
import type { Turn } from './ports.ts';
import type { Segment, Tokenizer } from './prompt.ts';
import { openReader, type Reader } from './reader.ts';
import { EXCHANGE, plainLines, splitAtMarks } from './segments.ts';
import { openSequence, type Form, type Sequence } from './sequence.ts';

export type { Bounds, Form, Sampling, Sequence } from './sequence.ts';
/** For the files beside this one that are handed what was opened here. */
export type {
  ControlledEvaluateIndexOutput,
  LlamaGrammarEvaluationState,
  LlamaModel,
  Token,
  TokenBias,
} from 'node-llama-cpp';

export interface Weights extends Tokenizer {
  /** Whether the file brings a chat template. */
  readonly chat: boolean;
  /** Layers on the graphics card, the output's among them. */
  readonly gpuLayers: number;
  readonly trainedContext: number;
  /** @param open the last turn is the assistant's and stays open */
  render(turns: readonly Turn[], open: boolean): readonly Segment[];
  readonly stopStrings: readonly string[];
  isStop(token: number): boolean;
  detokenize(tokens: readonly number[], before: readonly number[]): string;
  /**
   * A form for one answer, after `written` of it. Faults `bad-json-schema`, `bad-grammar`, also when what is written
   * does not fit.
   */
  openForm(format: CheckedFormat, written: string): Promise<Form>;
  openSequence(options: { readonly contextSize: number; readonly threads: number }): Promise<Sequence>;
  /** Of a model that measures likeness: what turns one text into one vector. */
  openReader(options: { readonly contextSize: number; readonly threads: number }): Promise<Reader>;
  dispose(): Promise<void>;
}

export interface Backend {
  /** 'cpu', or the name of the GPU. */
  readonly device: string;
  /** One sentence, when a GPU was there and could not be used. */
  readonly note: string | undefined;
  /** Bytes free on the graphics card; undefined without one. */
  freeGpuMemory(): Promise<number | undefined>;
  /** @param template in place of the one in the file */
  load(load: Load, template?: string): Promise<Weights>;
  dispose(): Promise<void>;
}

export type LoadLlama = (options: LlamaOptions) => Promise<Llama>;
export const loadLlamaCpp: LoadLlama = getLlama;

/**
 * Starts llama.cpp. With `gpu: 'auto'` an installed back end (CUDA, Vulkan, Metal) is used if its driver works; if it
 * fails, the processor is used and `note` says so.
 *
 * Nothing is ever downloaded or compiled: `build: 'never'`. Log lines of llama.cpp are dropped, since they may quote
 * the prompt or name files.
 */
export async function openLlama(
  { gpu, threads }: { readonly gpu: 'auto' | 'off'; readonly threads: number },
  loadLlama: LoadLlama = loadLlamaCpp,
): Promise<Backend> {
  const options = {
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    usePrebuiltBinaries: true,
    logLevel: LlamaLogLevel.error,
    logger: () => {},
    maxThreads: threads,
  } as const satisfies LlamaOptions;
  let note: string | undefined;
  let llama: Llama;
  if (gpu === 'auto')
    try {
      llama = await loadLlama({ ...options, gpu: 'auto' });
      // The library tries each driver in a child first, and says nothing of one that failed there.
      if (llama.gpu === false && (await hasBackend())) note = DRIVER_NOTE;
    } catch {
      note = DRIVER_NOTE;
      llama = await loadLlama({ ...options, gpu: false });
    }
  else llama = await loadLlama({ ...options, gpu: false });
  const device = llama.gpu === false ? 'cpu' : ((await llama.getGpuDeviceNames())[0] ?? llama.gpu);
  return {
    device,
    note,
    freeGpuMemory: async () => (llama.gpu === false ? undefined : (await llama.getVramState()).free),
    load: (load, template) => loadWeights(llama, load, template),
    dispose: () => llama.dispose(),
  };
}

/** Whether a GPU back end of the library is installed here; the empty package that set-up puts in its place has no binaries. */
async function hasBackend(): Promise<boolean> {
  const system = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  for (const backend of ['cuda', 'vulkan'])
    try {
      await access(new URL('../bins', import.meta.resolve(`@node-llama-cpp/${system}-${backend}`)));
      return true;
    } catch {
      // Not this one.
    }
  return false;
}

async function loadWeights(llama: Llama, load: Load, given: string | undefined): Promise<Weights> {
  const { file, threads, contextSize, gpu, gpuLayers } = load;
  llama.maxThreads = threads;
  await access(file).catch(() => {
    throw new Fault(
      'model-missing',
      'The file of this model is gone. Conversations are safe; get the model again or choose another.',
    );
  });
  let model: LlamaModel;
  try {
    model = await llama.loadModel({
      modelPath: file,
      useMmap: true,
      // The layers that fit beside this context; the rest is computed on the processor.
      gpuLayers: gpu === 'off' || llama.gpu === false ? 0 : (gpuLayers ?? { fitContext: { contextSize } }),
    });
  } catch (cause) {
    throw outOfMemory(cause) ? noMemory(cause) : unreadable(cause);
  }
  const template = openTemplate(model, given ?? model.fileInfo.metadata?.tokenizer?.chat_template);
  const stopIds = new Set(template.stopIds);
  let banned: TokenBias | undefined;
  return {
    chat: template.chat,
    gpuLayers: model.gpuLayers,
    trainedContext: model.trainContextSize,
    bos: (model.tokens.shouldPrependBosToken ? model.tokens.bos : null) ?? undefined,
    plain: (text, startsText) => model.tokenize(text, false, startsText ? undefined : 'trimLeadingSpace'),
    render: template.render,
    stopStrings: template.stopStrings,
    isStop: (token) => stopIds.has(token) || model.isEogToken(token as Token),
    detokenize: (tokens, before) => model.detokenize(tokens as Token[], false, before as Token[]),
    async openForm(format, written) {
      const state = await openState(llama, model, format);
      // Any cut into tokens will do: it spells the same characters.
      for (const token of written === '' ? [] : model.tokenize(written, false, 'trimLeadingSpace'))
        accept(llama, state, token);
      return { state, banned: (banned ??= controlTokens(model)) };
    },
    openSequence: (options) => openSequence(model, options),
    openReader: (options) => openReader(model, options),
    dispose: () => model.dispose(),
  };
}

/**
 * The library ends its JSON grammars with four line breaks, to see the end; without them nothing but the model's own end
 * can follow, and no token is spent. Its integers may have a negative exponent (1e-5 is none), and exponents of sixteen
 * digits are read back as infinite.
 */
function jsonGbnf(schema: JsonSchema): string {
  // Only the text is wanted: parsing it is left to those who have checked it.
  const nobody = { _bindings: { AddonGrammar: class {} } } as unknown as Llama;
  const digits = '"-"? ("0" | [1-9] [0-9]{0,15})';
  return new LlamaJsonSchemaGrammar(nobody, schema as never).grammar
    .replace(/^(root ::= .*) "(?:\\n){4}" \[\\n\]\*$/m, '$1')
    .replace(/^integer-number-rule ::= .*$/m, `integer-number-rule ::= ${digits}`)
    .replace(
      /^fractional-number-rule ::= .*$/m,
      `fractional-number-rule ::= ${digits} ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?`,
    );
}

async function openState(llama: Llama, model: LlamaModel, format: CheckedFormat) {
  const bad = (cause: unknown) =>
    format.kind === 'json'
      ? new Fault(
          'bad-json-schema',
          'The JSON schema asks for more than answers can be held to. Nothing was written; ask for fewer or shorter parts.',
          { cause },
        )
      : new Fault('bad-grammar', 'The grammar could not be read. Nothing was written; mend it and ask again.', {
          cause,
        });
  try {
    const grammar = format.kind === 'json' ? jsonGbnf(format.schema) : format.gbnf;
    // What comes of a schema passes the same gate as what a person wrote.
    readGbnf(grammar);
    return new LlamaGrammarEvaluationState({ model, grammar: await llama.createGrammar({ grammar }) });
  } catch (error) {
    throw bad(error);
  }
}

/** Tells a form that a token is written already. The library keeps this to itself; a test holds it to its word. */
function accept(llama: Llama, state: LlamaGrammarEvaluationState, token: number): void {
  const { _bindings } = llama as unknown as Inside;
  const { _state } = state as unknown as { readonly _state: unknown };
  try {
    _bindings.AddonSampler.acceptGrammarEvaluationStateToken(_state, token);
  } catch (cause) {
    throw new Fault(
      'bad-grammar',
      'What is written of the answer does not fit the form that was asked for, so it cannot go on. It is kept; ask anew.',
      { cause },
    );
  }
}

interface Inside {
  readonly _bindings: {
    readonly AddonSampler: { acceptGrammarEvaluationStateToken(state: unknown, token: number): void };
  };
}

function controlTokens(model: LlamaModel): TokenBias {
  const banned: Token[] = [];
  for (const token of model.iterateAllTokens())
    if (model.getTokenAttributes(token).control && !model.isEogToken(token)) banned.push(token);
  return TokenBias.for(model).set(banned, 'never');
}

/** Renders turns the way the model was trained for: by the template in its file, never by what its name suggests. */
function openTemplate(model: LlamaModel, source: string | undefined) {
  const plain = { ...plainLines, chat: false, stopIds: [] as number[] };
  if (source === undefined || source.trim() === '') return plain;
  const ways = [
    () =>
      new JinjaTemplateChatWrapper({
        template: source,
        tokenizer: model.tokenizer,
        // Tools are not offered to the model, and looking for their syntax in the template takes 300 ms of the start.
        functionCallMessageTemplate: 'noJinja',
        // No place on screen shows thoughts yet, so templates that let them be switched off are asked to.
        reasoning: false,
        additionalRenderParameters: { enable_thinking: false, add_generation_prompt: true },
      }),
    // A template that is there and cannot be read still tells the family, and the library knows the usual ones.
    () => resolveChatWrapper(model, { warningLogs: false, noJinja: true }),
  ];
  for (const way of ways)
    try {
      return { ...templateOf(model, way()), chat: true };
    } catch {
      // The next way.
    }
  return plain;
}

/** @throws when the wrapper cannot render a plain exchange */
function templateOf(model: LlamaModel, wrapper: ChatWrapper) {
  // Templates see marks in place of texts, so that a text can neither change what a template does nor be taken for it.
  const mark = `\u2060${randomBytes(12).toString('hex')}-`;
  const marks = new RegExp(`${mark}(\\d+);`, 'g');
  const render = (turns: readonly Turn[], open: boolean): Segment[] => {
    const chatHistory = turns.map(({ role }, turn): ChatHistoryItem => {
      const text = `${mark}${turn};`;
      return role === 'assistant' ? { type: 'model', response: [text] } : { type: role, text };
    });
    // A template opens the answer itself (and may say more there); the library's own wrappers want to be told.
    if (!open && !(wrapper instanceof JinjaTemplateChatWrapper)) chatHistory.push({ type: 'model', response: [] });
    const segments: Segment[] = [];
    for (const value of LlamaText(wrapper.generateContextState({ chatHistory }).contextText).values) {
      if (typeof value === 'string') segments.push(...splitAtMarks(value, marks));
      else segments.push({ ids: value.tokenize(model.tokenizer) });
    }
    return segments;
  };
  // What follows an answer tells what ends one.
  const triggers = wrapper.generateContextState({
    chatHistory: [
      { type: 'user', text: 'a' },
      { type: 'model', response: ['b'] },
    ],
  }).stopGenerationTriggers;
  const stopIds: number[] = [];
  const stopStrings: string[] = [];
  for (const trigger of triggers) {
    const values = isLlamaText(trigger) ? trigger.values : [];
    if (values.every((value) => typeof value === 'string')) stopStrings.push(values.join(''));
    for (const value of values) {
      if (!(value instanceof SpecialToken) && !(value instanceof SpecialTokensText)) break;
      const first = value.tokenize(model.tokenizer)[0];
      if (first !== undefined && model.isSpecialToken(first)) stopIds.push(first);
      break;
    }
  }
  render(EXCHANGE, false);
  return { render, stopIds, stopStrings };
}
