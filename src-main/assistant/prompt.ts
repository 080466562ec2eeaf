/** Assembles what the model reads: who it is, and as much of the branch as it can hold at once. */
import type { Generator, Turn } from '../engine/ports.ts';
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import type { Attached } from './attachments.ts';
import type { UsedSource } from './door.ts';
import { fitDocuments } from './fitting.ts';
import { cutNote, quote, type Passage } from './quoting.ts';
import type { MessageRow, SourceRow } from './rows.ts';
import type { Tree } from './tree.ts';

/** Part of the context that is kept for the answer, when the caller does not say how long it may be. */
const ANSWER_SHARE = 0.25;
/** After dropping, this part of the room for turns is used: many turns pass before the prefix changes again. */
const AFTER_DROP = 0.6;
/** Documents take at most this part of the room for turns, so that questions about them can follow. */
const DOCUMENTS_SHARE = 0.8;
/** Messages read and measured at a time, newest first. */
const BATCH = 32;
/** Characters of a document that are counted exactly before it is sent. */
const COUNTED = 400_000;
/** Tries to cut documents so that they fit together with their question. */
const TRIES = 8;

export interface Prompt {
  readonly turns: readonly Turn[];
  /** Sentences about what was left out. */
  readonly notes: readonly string[];
  /** Depth of the oldest message in it; undefined: no model is asked. */
  readonly keptFrom: number | undefined;
  /** What the answer is made from; undefined: not from the person's files. */
  readonly sources?: readonly UsedSource[];
  /** The answer itself, where there is nothing to ask a model. */
  readonly answer?: string;
}

/**
 * Who the model is. Of the wordings tried with the smallest model of the catalogue, this one, near to what such models
 * were trained on, is the only one with which it answers a plain question plainly (greedy, "capital of France").
 *
 * @param own what a persona or the conversation says instead
 */
export const systemTurn = (name: string, own?: string): Turn => ({
  role: 'system',
  text: own ?? `You are a helpful AI assistant named ${name}.`,
});

export interface Reader {
  readonly generator: Generator;
  readonly model: string;
  readonly system: Turn;
  readonly maxTokens: number | undefined;
}

/** Tokens that the model can take in turns, beside the system prompt and the room for the answer. */
export async function budgetOf({ generator, model, system, maxTokens }: Reader, signal: AbortSignal): Promise<number> {
  const first = await generator.measure(model, [system], signal);
  const { contextSize } = first;
  const reserve = Math.min(maxTokens ?? Math.floor(contextSize * ANSWER_SHARE), Math.floor(contextSize / 2));
  return contextSize - reserve - first.tokens[0]!;
}

/**
 * How long a document is for this model, and how much of documents it takes with one question. A very long one is
 * counted at its beginning and reckoned up: the engine's process, which may be answering, counts some MB a second.
 */
export async function measureDocument(
  reader: Reader,
  text: string,
  signal: AbortSignal,
): Promise<{ readonly tokens: number; readonly room: number }> {
  const budget = await budgetOf(reader, signal);
  const counted = text.slice(0, COUNTED);
  const { tokens } = await reader.generator.measure(reader.model, [{ role: 'user', text: counted }], signal);
  return {
    tokens: Math.round((tokens[0]! * text.length) / Math.max(1, counted.length)),
    room: Math.max(0, Math.floor(budget * DOCUMENTS_SHARE)),
  };
}

interface AssembleOptions extends Reader {
  readonly tree: Tree;
  readonly conversation: Id;
  /** The answer to be written, or weighed: the prompt is the branch above it. */
  readonly answer: Id;
  /** Depth of the oldest message that the prompt had, where that is known. */
  readonly keptFrom?: number;
  /** The text of a passage that the prompt does without, in every turn: earlier questions may have found it too. */
  readonly without?: string;
}
interface Taken {
  readonly turn: Turn;
  readonly depth: number;
  readonly tokens: number;
}

/**
 * Takes turns from the newest back until the model's context, less the room for the answer, is full.
 *
 * @throws Fault `context-full` when the question alone does not fit; nothing is lost, the question is kept
 */
export async function assemble(options: AssembleOptions, signal: AbortSignal): Promise<Prompt> {
  const { tree, generator, conversation, answer, model, system } = options;
  const budget = await budgetOf(options, signal);
  const measure = async (turns: readonly Turn[]) => (await generator.measure(model, turns, signal)).tokens;
  const notes: string[] = [];

  let keptFrom = 1;
  let used = 0;
  const taken: Taken[] = [];
  let complete = true;
  /** The message below the one that is looked at: a question stands in the prompt with the passages of that answer. */
  let below = answer;
  for (let before: Id | undefined = answer; before;) {
    const rows = tree.stretch({ conversation, before, limit: BATCH });
    // What the last answer of this model began with on this branch: the engine still has it evaluated.
    if (before === answer)
      keptFrom =
        options.keptFrom ?? rows.findLast((row) => row.kept_from !== null && row.model === model)?.kept_from ?? 1;
    const batch = rows.filter(({ depth }) => depth >= keptFrom).reverse();
    const documents = tree.attachments.texts(batch.filter(({ role }) => role === 'user').map(({ id }) => id));
    const sources = tree.sources.texts([below, ...batch.map(({ id }) => id)]);
    const turns: { row: MessageRow; turn: Turn }[] = [];
    for (const row of batch) {
      const own = documents.get(row.id);
      const passages = row.role === 'user' ? passagesOf(sources.get(below)) : undefined;
      const newest = taken.length === 0 && turns.length === 0;
      const turn: Turn = own
        ? await withDocuments({ row, documents: own, passages, budget, newest, options, measure })
        : {
            role: row.role,
            text: quote({ documents: [], passages, without: options.without, question: row.text, message: row.id }),
          };
      below = row.id;
      if (newest && own) notes.push(...own.flatMap((one) => cutNote(one) ?? []));
      // A failed answer has no text; a question that came without words still is the question.
      if (turn.text !== '' || newest) turns.push({ row, turn });
    }
    const tokens = await measure(turns.map(({ turn }) => turn));
    for (const [i, { row, turn }] of turns.entries()) {
      used += tokens[i]!;
      taken.push({ turn, depth: row.depth, tokens: tokens[i]! });
    }
    if (taken[0] && taken[0].tokens > budget)
      throw new Fault(
        'context-full',
        `This message has ${taken[0].tokens.toLocaleString('en')} tokens and the model can hold ${budget.toLocaleString('en')} of them at once. It is kept; send a shorter part of it, or choose a model with a larger context.`,
      );
    if (used > budget) {
      complete = false;
      break;
    }
    before = rows.length > 0 && rows[0]!.depth > keptFrom ? rows[0]!.id : undefined;
  }

  const kept = complete ? taken : newestOf(taken, budget * AFTER_DROP);
  const from = kept.at(-1)!.depth;
  const left = from - 1;
  if (left > 0)
    notes.push(
      `The ${left === 1 ? 'first message' : `first ${left.toLocaleString('en')} messages`} of this conversation no longer fit into what the model can hold at once; this answer was written without them. They are still here.`,
    );
  return {
    turns: [system, ...inTurn(kept.map(({ turn }) => turn).reverse())],
    notes,
    keptFrom: from,
  };
}

/** The newest turns within `target` tokens, the question always; the first of them is a question. */
function newestOf(taken: readonly Taken[], target: number): readonly Taken[] {
  let sum = 0;
  const end = taken.findIndex(({ tokens }, i) => i > 0 && (sum += tokens) + taken[0]!.tokens > target);
  let kept = end < 0 ? taken : taken.slice(0, Math.max(1, end));
  // Templates that want turns in pairs refuse others.
  while (kept.length > 1 && kept.at(-1)!.turn.role !== 'user') kept = kept.slice(0, -1);
  return kept;
}

/** Those that are still there; of an answer that was not made from files, or whose files are all gone, none. */
export function passagesOf(rows: readonly SourceRow[] | undefined): Passage[] | undefined {
  const here = rows?.filter(({ text }) => text !== '');
  return here?.length ? here : undefined;
}

/**
 * A question with its documents, each cut to what fits. What fitted once is kept, so that later turns of this model read
 * the very same text; only a newest question that would no longer fit is cut again.
 */
async function withDocuments({
  row,
  documents,
  passages,
  budget,
  newest,
  options: { tree, model, without },
  measure,
}: {
  row: MessageRow;
  documents: Attached[];
  passages: readonly Passage[] | undefined;
  budget: number;
  newest: boolean;
  options: AssembleOptions;
  measure: (turns: readonly Turn[]) => Promise<readonly number[]>;
}): Promise<Turn> {
  const around = { passages, question: row.text, message: row.id, without };
  const turn = (): Turn => ({ role: 'user', text: quote({ documents, ...around }) });
  const known = documents.every(({ fitted_by }) => fitted_by === model);
  if (known && (!newest || (await measure([turn()]))[0]! <= budget)) return turn();

  const [question] = await measure([{ role: 'user', text: quote({ documents: [], ...around }) }]);
  const limit = newest ? budget : Infinity;
  let room = Math.min(budget * DOCUMENTS_SHARE, Math.max(0, budget - question!));
  for (let left = TRIES; ; left--) {
    const fitted = await fitDocuments(documents, room, (texts) =>
      measure(texts.map((text) => ({ role: 'user', text }))),
    );
    for (const [i, one] of documents.entries()) documents[i] = { ...one, fitted: fitted[i]! };
    // The lines around the documents count too, so the whole is measured.
    const over = (await measure([turn()]))[0]! - limit;
    if (over <= 0 || left === 0) break;
    room = left === 1 ? 0 : Math.max(0, room - over - room * 0.02);
  }
  for (const { id, fitted } of documents) tree.attachments.fitted(id, fitted, model);
  return turn();
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
