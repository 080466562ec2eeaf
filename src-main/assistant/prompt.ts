/** Assembles what the model reads: who it is, and as much of the conversation as it can hold at once. */
import type { Generator, Turn } from '../engine/ports.ts';
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import type { Tree } from './tree.ts';

/** Part of the context that is kept for the answer, when the caller does not say how long it may be. */
const ANSWER_SHARE = 0.25;
/** After dropping, this part of the room for turns is used: many turns pass before the prefix changes again. */
const AFTER_DROP = 0.6;
/** Messages read and measured at a time, newest first. */
const BATCH = 32;

export interface Prompt {
  readonly turns: readonly Turn[];
  /** One sentence when turns were left out. */
  readonly note: string | undefined;
  /** Tokens that are left for the answer. */
  readonly room: number;
}

/**
 * Who the model is. Of the wordings tried with the smallest model of the catalogue, this one, near to what such models
 * were trained on, is the only one with which it answers a plain question plainly (greedy, "capital of France").
 */
export const systemTurn = (name: string): Turn => ({
  role: 'system',
  text: `You are a helpful AI assistant named ${name}.`,
});

interface AssembleOptions {
  readonly tree: Tree;
  readonly generator: Generator;
  readonly conversation: Id;
  /** The answer to be written: the prompt is the branch above it. */
  readonly answer: Id;
  readonly model: string;
  readonly name: string;
  readonly maxTokens: number | undefined;
}

/**
 * Takes turns from the newest back until the model's context, less the room for the answer, is full.
 *
 * @throws Fault `context-full` when the question alone does not fit; nothing is lost, the question is kept
 */
export async function assemble(
  { tree, generator, conversation, answer, model, name, maxTokens }: AssembleOptions,
  signal: AbortSignal,
): Promise<Prompt> {
  const system = systemTurn(name);
  const first = await generator.measure(model, [system], signal);
  const { contextSize } = first;
  const reserve = Math.min(maxTokens ?? Math.floor(contextSize * ANSWER_SHARE), Math.floor(contextSize / 2));
  const budget = contextSize - reserve - first.tokens[0]!;

  const keptFrom = tree.keptFrom(conversation);
  const taken: { turn: Turn; depth: number; tokens: number }[] = [];
  let used = 0;
  let whole = true;
  for (let before: Id | undefined = answer; before;) {
    const page = tree.page({ conversation, before, limit: BATCH });
    const batch = page.messages
      .map(({ role, text }, i) => ({ turn: { role, text }, depth: page.depths[i]! }))
      .filter(({ turn, depth }) => depth >= keptFrom && turn.text !== '')
      .reverse();
    const { tokens } = await generator.measure(
      model,
      batch.map(({ turn }) => turn),
      signal,
    );
    for (const [i, one] of batch.entries()) {
      used += tokens[i]!;
      taken.push({ ...one, tokens: tokens[i]! });
    }
    if (taken[0] && taken[0].tokens > budget)
      throw new Fault(
        'context-full',
        `This message has ${taken[0].tokens.toLocaleString('en')} tokens and the model can hold ${budget.toLocaleString('en')} of them at once. It is kept; send a shorter part of it, or choose a model with a larger context.`,
      );
    if (used > budget) {
      whole = false;
      break;
    }
    before = page.more && page.depths[0]! > keptFrom ? page.messages[0]!.id : undefined;
  }

  let kept = taken;
  if (!whole) {
    const target = budget * AFTER_DROP;
    let sum = 0;
    const end = taken.findIndex(({ tokens }, i) => i > 0 && (sum += tokens) + taken[0]!.tokens > target);
    kept = end < 0 ? taken : taken.slice(0, Math.max(1, end));
    // The first turn that stays must be a question, or templates that want turns in pairs refuse.
    while (kept.length > 1 && kept.at(-1)!.turn.role !== 'user') kept = kept.slice(0, -1);
    tree.keepFrom(conversation, kept.at(-1)!.depth);
  }
  const left = kept.at(-1)!.depth - 1;
  return {
    turns: [system, ...inTurn(kept.map(({ turn }) => turn).reverse())],
    note:
      left > 0
        ? `The ${left === 1 ? 'first message' : `first ${left.toLocaleString('en')} messages`} of this conversation no longer fit into what the model can hold at once; this answer was written without them. They are still here.`
        : undefined,
    room: contextSize - first.tokens[0]! - kept.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}

/** Joins neighbours of one role: a question without an answer would break templates that want turns in pairs. */
function inTurn(turns: readonly Turn[]): Turn[] {
  const out: Turn[] = [];
  for (const turn of turns) {
    const last = out.at(-1);
    if (last?.role === turn.role) out[out.length - 1] = { role: turn.role, text: `${last.text}\n\n${turn.text}` };
    else out.push(turn);
  }
  return out;
}
