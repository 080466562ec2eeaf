/** How a model would do on this machine: the memory it needs with its context, its speed, and one honest sentence. */
import type { Fit } from './door.ts';

/** What the estimate needs to know of a model; all sizes in bytes. */
export interface Needs {
  readonly weights: number;
  /** Read for each token: less than the weights for a mixture of experts. */
  readonly bytesPerToken: number;
  /** Keys and values of one token in all blocks. */
  readonly contextBytes: number;
  readonly trainedContext: number;
  readonly vocabulary: number;
  readonly width: number;
}
export interface Machine {
  readonly memory: number;
  readonly freeMemory: number;
  /** Bytes a second. */
  readonly memoryRate?: number | undefined;
  /** Bytes of a GPU that has its back end; undefined otherwise. */
  readonly gpuMemory?: number | undefined;
}

/** Tokens a second at which an answer comes about as fast as one reads. */
export const WELL = 7;
/** Parts of the memory rate that llama.cpp's products reach: 0.6–0.8 in measurements of 4-bit models. */
const EFFICIENCY = 0.7;
/** Seconds a token costs beside reading weights: graph, sampling, the way through the processes. */
const OVERHEAD = 0.001;
/** Assumed for the verdict (never shown) until the rate was measured: a slow laptop's. */
const CAUTIOUS_RATE = 10e9;
/** A cautious bandwidth of a graphics card's own memory, which nothing here measures. */
const GPU_RATE = 150e9;
/** Tokens that are evaluated at once; llama.cpp reserves their outputs (`n_ubatch`). */
const BATCH = 512;
const MIB = 1 << 20;
/** The process and libraries, without weights and buffers. */
const PROCESS = 200 * MIB;
/** Context sizes that 'auto' chooses from. Small models lose the thread before 4,096 tokens are full. */
const CONTEXTS = [16_384, 8192, 4096, 2048];
const SMALL = 1e9;

/** Bytes of weights, context, buffers and process together. */
export const memoryFor = (needs: Needs, contextSize: number): number =>
  needs.weights + needs.contextBytes * contextSize + BATCH * 4 * (needs.vocabulary + 8 * needs.width) + PROCESS;

/** Conversations of a model that keep their evaluated context, each in a cache and buffers of its own (sessions.ts). */
export const LIVE = 2;
/** The part of a machine's memory that loaded models may take together, unless the person says otherwise. */
const SHARE = 0.6;

/** Bytes that a loaded model takes with its live conversations; the process around it is there anyway. */
export const residentFor = (needs: Needs, contextSize: number): number =>
  Math.round(needs.weights + LIVE * (memoryFor(needs, contextSize) - needs.weights - PROCESS));

/**
 * Bytes that loaded models may take together. 'auto' is 60 % of all memory, not of what is free at the moment: that
 * changes with every program, and a model that came and went with it would be loaded over and over.
 */
export const budgetFor = (memory: number, chosen: number | 'auto'): number =>
  chosen === 'auto' ? Math.round(memory * SHARE) : chosen;

/** What is left for a model when the system and other programs have theirs: all but a quarter, at most 4 GB less. */
const budget = (memory: number): number => memory - Math.min(memory / 4, 4e9);

/**
 * Tokens of context for a model: the person's choice within what the model was trained for, else as much as fits well.
 *
 * It depends on all memory, not on what is free at the moment: a context that changed its size between two questions
 * would be evaluated anew.
 */
export function contextFor(needs: Needs, memory: number, chosen: number | 'auto'): number {
  if (chosen !== 'auto') return Math.min(chosen, needs.trainedContext);
  const largest = needs.weights < SMALL ? 4096 : Infinity;
  const sizes = CONTEXTS.filter((size) => size <= largest).map((size) => Math.min(size, needs.trainedContext));
  // Four times its context must fit: a conversation should not push other programs out.
  const fitting = sizes.find((size) => memoryFor(needs, size) + needs.contextBytes * size * 3 <= budget(memory));
  return fitting ?? (sizes.at(-1) as number);
}

/** Tokens a second, from the bytes that a token reads. Never rises with the size of the model. */
export function estimateSpeed(needs: Needs, { memoryRate = CAUTIOUS_RATE, gpuMemory = 0 }: Machine): number {
  const onGpu = needs.weights === 0 ? 1 : Math.min(1, Math.max(0, gpuMemory - PROCESS) / needs.weights);
  const gpuRate = Math.max(GPU_RATE, memoryRate * EFFICIENCY);
  const seconds =
    (needs.bytesPerToken * onGpu) / gpuRate +
    (needs.bytesPerToken * (1 - onGpu)) / (memoryRate * EFFICIENCY) +
    OVERHEAD;
  return 1 / seconds;
}

/** @param measured tokens a second of this file on this machine, if it has written here */
export function fitOf(needs: Needs, machine: Machine, chosen: number | 'auto' = 'auto', measured?: number): Fit {
  const contextSize = contextFor(needs, machine.memory, chosen);
  const memory = Math.round(memoryFor(needs, contextSize));
  const guess = estimateSpeed(needs, machine);
  const speed = measured ?? (machine.memoryRate === undefined && !machine.gpuMemory ? undefined : round(guess));
  const fact = { measured: measured !== undefined, memory, contextSize, ...(speed !== undefined && { speed }) };
  const gpu = machine.gpuMemory ?? 0;
  const takes = `It needs ${gb(memory)} with its context`;
  if (memory > budget(machine.memory) + gpu)
    return { ...fact, verdict: 'too-big', reason: `${takes}; this machine has ${gb(machine.memory)} in all.` };
  // Judged at the smallest context, so that a machine that could hold a larger one is never the worse for it.
  const least = chosen === 'auto' ? Math.min(CONTEXTS.at(-1) as number, contextSize) : contextSize;
  if (memoryFor(needs, least) > machine.freeMemory + gpu)
    return {
      ...fact,
      verdict: 'slowly',
      reason: `${takes}, but only ${gb(machine.freeMemory)} is free now: close other programs first.`,
    };
  const verdict = (measured ?? guess) >= WELL ? 'well' : 'slowly';
  const pace =
    measured !== undefined
      ? `wrote ${perSecond(measured)} here`
      : speed !== undefined
        ? `should write about ${perSecond(speed)}, estimated from the speed of this machine's memory`
        : 'its speed here is not known yet';
  return { ...fact, verdict, reason: `${takes}, of ${gb(machine.memory)} here, and ${pace}.` };
}

const round = (speed: number): number => (speed >= 10 ? Math.round(speed) : Math.round(speed * 10) / 10);
const perSecond = (speed: number): string => {
  const shown = round(speed);
  return `${shown} ${shown === 1 ? 'token' : 'tokens'} a second`;
};
/** '3.4 GB': thousands, as disks and shops count. */
export const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 10e9 ? 1 : 0)} GB`;
