/** The generation loop: a prompt goes in, an answer comes out in pieces of whole characters. */
import { Fault } from '../wire/index.ts';
import { openDecoder } from './decode.ts';
import type { Kept } from './kept.ts';
import type { Form, Sampling, Sequence, Weights } from './llama.ts';
import type { Piece } from './ports.ts';
import type { Prompt } from './prompt.ts';
import { openStops } from './stops.ts';

/**
 * Pieces that come faster than 30 a second are sent together: text is read, and each message wakes three processes beside
 * the model's threads (measured over the bare loop: 0.96 of its speed at 16 ms, as fast at 33).
 */
const FRAME_MS = 33;
/** How long the evaluation of a prompt may go on before it looks whether it is still wanted. */
const STEP_MS = 250;
/** Tokens of the first step; a usual question fits, and its evaluation then costs not one pass more. */
const FIRST_STEP = 256;
const LEAST_STEP = 32;
const MOST_STEP = 512;

export interface GenerateOptions {
  readonly weights: Pick<Weights, 'detokenize' | 'isStop' | 'stopStrings'>;
  readonly sequence: Sequence;
  readonly prompt: Prompt;
  /** What is there of the answer already, when it is continued. */
  readonly partial: string;
  readonly kept: Kept;
  readonly sampling: Sampling;
  /** What the answer is held to, moved on behind `partial`. */
  readonly form?: Form | undefined;
  readonly maxTokens: number | undefined;
  /** When the caller's request came, on the clock of `now`. */
  readonly asked: number;
  readonly device: string;
  readonly note: string | undefined;
  /** Milliseconds on a clock that only goes forward. */
  now(): number;
}

/**
 * Evaluates what the sequence does not hold yet, then writes until the model ends, `maxTokens` is reached ('length') or
 * the context is full ('context'). Aborting or leaving takes effect at the next token.
 *
 * @throws Fault `context-full` when the prompt leaves no room for an answer
 */
export async function* generate(options: GenerateOptions, signal: AbortSignal): AsyncGenerator<Piece> {
  const { weights, sequence, prompt, partial, kept, now } = options;
  const { tokens } = prompt;
  // The binding keeps one place free, and the first token of an answer needs one.
  const most = sequence.size - 1;
  if (tokens.length >= most) throw contextFull(tokens.length, sequence.size);

  // The last token is always evaluated: the answer's first token is drawn from what it says.
  const reused = await sequence.keep(tokens.slice(0, -1));
  yield {
    kind: 'start',
    evaluated: tokens.length - reused,
    reused,
    contextSize: sequence.size,
    device: options.device,
    ...(options.note !== undefined && { note: options.note }),
  };
  const rest = await prefill(sequence, tokens.slice(reused), signal, now);
  if (!rest) return;

  const written = tokens.slice(tokens.length - prompt.open);
  const ends = written.map(() => -1);
  if (ends.length > 0) ends[ends.length - 1] = partial.length;
  let text = partial;
  const decoder = openDecoder(weights.detokenize, tokens);
  // Within a form only its end is one: a stop string may be part of a JSON text.
  const stops = openStops(options.form ? [] : weights.stopStrings);
  let count = 0;
  let reason: 'stop' | 'length' | 'context' = 'stop';
  let firstAt = 0;
  let lastAt = 0;
  let sentAt = -Infinity;
  let ready = '';
  let readyTokens = 0;
  try {
    for await (const token of chooseTokens(options, rest, written)) {
      if (signal.aborted) return;
      if (weights.isStop(token)) break;
      lastAt = now();
      if (count++ === 0) firstAt = lastAt;
      let piece = decoder.push(token);
      // Many templates leave the blank before the first word to the model; a form means what it says.
      if (text === '' && !options.form) piece = piece.trimStart();
      text += piece;
      written.push(token);
      ends.push(decoder.whole ? text.length : -1);
      ready += stops.push(piece);
      readyTokens++;
      if (ready !== '' && (lastAt - sentAt >= FRAME_MS || stops.hit)) {
        yield { kind: 'token', text: ready, tokens: readyTokens };
        sentAt = lastAt;
        ready = '';
        readyTokens = 0;
      }
      if (stops.hit) break;
      if (count === options.maxTokens) {
        reason = 'length';
        break;
      }
      if (tokens.length + count > most) {
        reason = 'context';
        break;
      }
    }
  } finally {
    kept.add(text, written, ends);
  }
  if (signal.aborted) return;
  ready += stops.rest();
  if (ready !== '' || readyTokens > 0) yield { kind: 'token', text: ready, tokens: readyTokens };
  const seconds = (lastAt - firstAt) / 1000;
  yield {
    kind: 'end',
    reason,
    tokens: count,
    tokensPerSecond: count > 1 && seconds > 0 ? (count - 1) / seconds : 0,
    firstTokenMs: count > 0 ? firstAt - options.asked : now() - options.asked,
  };
}

/**
 * The one place where the next token is chosen. Here it is the library's sampler, in native code; a watermark would
 * replace this by a loop that looks at the logits (measured: equal in cost for the choice of a token alone).
 */
function chooseTokens(
  { sequence, sampling, form }: Pick<GenerateOptions, 'sequence' | 'sampling' | 'form'>,
  prompt: readonly number[],
  written: readonly number[],
): AsyncIterable<number> {
  return sequence.next(prompt, sampling, { recent: () => written, ...(form && { form }) });
}

/**
 * Evaluates a long prompt in steps of about 250 ms, so that an abort need not wait for all of it. The last step is left
 * to the caller, who gets the first token of the answer out of the same pass.
 *
 * @returns the tokens of the last step, or undefined when aborted
 */
async function prefill(sequence: Sequence, tokens: readonly number[], signal: AbortSignal, now: () => number) {
  let at = 0;
  let step = FIRST_STEP;
  while (tokens.length - at > step) {
    if (signal.aborted) return undefined;
    const began = now();
    await sequence.feed(tokens.slice(at, at + step));
    at += step;
    const perMs = step / Math.max(1, now() - began);
    step = Math.min(MOST_STEP, Math.max(LEAST_STEP, Math.round(perMs * STEP_MS)));
  }
  return signal.aborted ? undefined : tokens.slice(at);
}

/** What does not fit the context. */
export const contextFull = (tokens: number, contextSize: number) =>
  new Fault(
    'context-full',
    `The conversation has ${tokens} tokens and the model can hold ${contextSize}; nothing was lost. ` +
      'Shorten the message, or begin a new conversation.',
    { details: { tokens, contextSize } },
  );
