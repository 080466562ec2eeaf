/** node-llama-cpp behind the few things the engine needs of it; nothing else imports the library. */
import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import {
  getLlama,
  isLlamaText,
  JinjaTemplateChatWrapper,
  LlamaLogLevel,
  LlamaText,
  resolveChatWrapper,
  SpecialToken,
  SpecialTokensText,
  type ChatHistoryItem,
  type ChatWrapper,
  type Llama,
  type LlamaModel,
  type LlamaOptions,
  type Token,
} from 'node-llama-cpp';
import { Fault } from '../wire/index.ts';
import { DRIVER_NOTE, type Load } from './process-door.ts';
import type { Turn } from './ports.ts';
import type { Segment, Tokenizer } from './prompt.ts';

/** How the next token is drawn; temperature 0 takes the likeliest. */
export interface Sampling {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly seed: number;
}

/** One row of the KV cache. Positions and tokens agree with what the weights have really evaluated. */
export interface Sequence {
  /** Tokens it can hold. */
  readonly size: number;
  /** Tokens it holds. */
  held(): readonly number[];
  /** Drops what does not begin `tokens`; returns how many are left. */
  keep(tokens: readonly number[]): Promise<number>;
  /** Evaluates without choosing a token. */
  feed(tokens: readonly number[]): Promise<void>;
  /** Evaluates, then chooses and evaluates token after token until the model ends or the loop is left. */
  next(tokens: readonly number[], sampling: Sampling): AsyncIterable<number>;
  dispose(): Promise<void>;
}

export interface Weights extends Tokenizer {
  /** Whether the file brings a chat template. */
  readonly chat: boolean;
  readonly trainedContext: number;
  /** @param open the last turn is the assistant's and stays open */
  render(turns: readonly Turn[], open: boolean): readonly Segment[];
  readonly stopStrings: readonly string[];
  isStop(token: number): boolean;
  detokenize(tokens: readonly number[], before: readonly number[]): string;
  openSequence(options: { readonly contextSize: number; readonly threads: number }): Promise<Sequence>;
  dispose(): Promise<void>;
}

export interface Backend {
  /** 'cpu', or the name of the GPU. */
  readonly device: string;
  /** One sentence, when a GPU was there and could not be used. */
  readonly note: string | undefined;
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
  return {
    chat: template.chat,
    trainedContext: model.trainContextSize,
    bos: (model.tokens.shouldPrependBosToken ? model.tokens.bos : null) ?? undefined,
    plain: (text, startsText) => model.tokenize(text, false, startsText ? undefined : 'trimLeadingSpace'),
    render: template.render,
    stopStrings: template.stopStrings,
    isStop: (token) => stopIds.has(token) || model.isEogToken(token as Token),
    detokenize: (tokens, before) => model.detokenize(tokens as Token[], false, before as Token[]),
    openSequence: (options) => openSequence(model, options),
    dispose: () => model.dispose(),
  };
}

async function openSequence(
  model: LlamaModel,
  { contextSize, threads }: { contextSize: number; threads: number },
): Promise<Sequence> {
  const context = await model
    .createContext({
      contextSize,
      threads,
      sequences: 1,
      batchSize: Math.min(contextSize, 512),
      // Not a smaller context in silence: how much fits is the room's decision.
      failedCreationRemedy: false,
    })
    .catch((cause: unknown) => {
      throw noMemory(cause);
    });
  const sequence = context.getSequence();
  return {
    size: context.contextSize,
    held: () => sequence.contextTokens,
    async keep(tokens) {
      await sequence.adaptStateToTokens(tokens as Token[], false);
      return sequence.nextTokenIndex;
    },
    feed: (tokens) => sequence.evaluateWithoutGeneratingNewTokens(tokens as Token[]),
    next: (tokens, sampling) => sequence.evaluate(tokens as Token[], sampling),
    dispose: () => context.dispose(),
  };
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
      if (typeof value === 'string') segments.push(...split(value, marks));
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

const EXCHANGE: readonly Turn[] = (['system', 'user', 'assistant', 'user'] as const).map((role) => ({
  role,
  text: 'a',
}));

function* split(value: string, marks: RegExp): Generator<Segment> {
  let from = 0;
  for (const match of value.matchAll(marks)) {
    if (match.index > from) yield { text: value.slice(from, match.index) };
    yield { turn: Number(match[1]) };
    from = match.index + match[0].length;
  }
  if (from < value.length) yield { text: value.slice(from) };
}

/** For a base model: lines that any text model has seen. */
const plainLines = {
  stopStrings: ['\nUser:', '\nAssistant:'],
  render(turns: readonly Turn[], open: boolean): Segment[] {
    const segments = turns.flatMap(({ role }, turn): Segment[] => {
      const break_: Segment[] = turn === 0 ? [] : [{ text: '\n' }];
      if (role === 'system') return [...break_, { turn }, { text: '\n' }];
      if (role === 'user') return [...break_, { text: 'User: ' }, { turn }];
      return [...break_, { text: 'Assistant:' }, { turn, lead: ' ' }];
    });
    return open ? segments : [...segments, { text: '\nAssistant:' }];
  },
};

const outOfMemory = (error: unknown) => error instanceof Error && /memory/i.test(`${error.name} ${error.message}`);
const noMemory = (cause: unknown) =>
  new Fault(
    'no-memory',
    'There is not enough free memory for this model now. Close other programs, or choose a smaller model or context.',
    { cause },
  );
const unreadable = (cause: unknown) =>
  new Fault(
    'model-unreadable',
    'The file of this model could not be loaded; it may be incomplete or damaged. Get it again, or choose another model.',
    { cause },
  );
