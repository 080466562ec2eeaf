/** One row of the KV cache over llama.cpp: evaluate, keep a beginning, choose tokens, or weigh given ones. */
import type {
  ControlledEvaluateIndexOutput,
  LlamaGrammarEvaluationState,
  LlamaModel,
  Token,
  TokenBias,
} from './llama.ts';
import { Fault } from '../wire/index.ts';
import { noMemory, unreadable } from './load-faults.ts';

/** How the next token is drawn; temperature 0 takes the likeliest. */
export interface Sampling {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly seed: number;
  /** Share of the likeliest token's probability below which none is drawn; absent: off. */
  readonly minP?: number;
  /** Makes the tokens of `recent` less likely again; absent: off. */
  readonly repeatPenalty?: number;
}

/** Where an answer stands within the form that it is held to. Of one answer only: it moves on with each token. */
export interface Form {
  readonly state: LlamaGrammarEvaluationState;
  /** Control tokens, whose names a form would take for text: none may be drawn but those that end the answer. */
  readonly banned: TokenBias;
}
export interface Bounds {
  /** Tokens of the answer so far, when `repeatPenalty` needs them; the last 64 count. */
  readonly recent?: () => readonly number[];
  readonly form?: Form;
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
  next(tokens: readonly number[], sampling: Sampling, bounds?: Bounds): AsyncIterable<number>;
  /**
   * Evaluates, and tells of each token that has a `next` how likely that one was to follow: natural logarithms of
   * probabilities at temperature 1, in order.
   */
  weigh(tokens: readonly number[], nexts: readonly (number | undefined)[]): Promise<readonly number[]>;
  dispose(): Promise<void>;
}

/** Makes the cache that one conversation has. @throws Fault `no-memory` */
export async function openSequence(
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
    next(tokens, { repeatPenalty, ...sampling }, { recent, form } = {}) {
      const punishTokens = () => (recent?.().slice(-RECENT) ?? []) as Token[];
      const answer = sequence.evaluate(tokens as Token[], {
        ...sampling,
        ...(repeatPenalty !== undefined && {
          repeatPenalty: { penalty: repeatPenalty, maxPunishTokens: RECENT, punishTokens },
        }),
        ...(form && { grammarEvaluationState: form.state, tokenBias: form.banned }),
      });
      return form ? held(answer) : answer;
    },
    async weigh(tokens, nexts) {
      const found = await sequence.controlledEvaluate(
        tokens.map((token, i) => {
          const next = nexts[i];
          if (next === undefined) return token as Token;
          // The largest logit is that of the token which greedy choice selects (`includeMax` adds it only when it is
          // there already: node-llama-cpp 3.22.1); the weight of all others comes summed, as nothing larger crosses.
          const filter = { tokens: [next as Token], includeSelected: true };
          return [
            token as Token,
            { generateNext: { options: GREEDY, token: true, logits: { filter }, totalLogitWeight: true } },
          ];
        }),
      );
      return nexts.flatMap((next, i) => (next === undefined ? [] : [logOf(next, found[i]?.next)]));
    },
    dispose: () => context.dispose(),
  };
}

const GREEDY = { temperature: 0 } as const;

/** Natural logarithm of the softmax. */
function logOf(next: number, said: ControlledEvaluateIndexOutput['next'] | undefined): number {
  const own = said?.logits?.get(next as Token);
  const most = said?.token === undefined || said.token === null ? undefined : said.logits?.get(said.token);
  const weight = said?.totalLogitWeight;
  if (own === undefined || most === undefined || weight === undefined) throw unreadable(undefined);
  return own - most - Math.log(weight);
}

/** How many tokens back a repetition counts, as in llama.cpp. */
const RECENT = 64;

async function* held(answer: AsyncIterable<number>): AsyncGenerator<number> {
  try {
    yield* answer;
  } catch (cause) {
    throw new Fault(
      'bad-grammar',
      'The model has no way to go on within the form that was asked for. What it wrote is kept; ask for another form.',
      { cause },
    );
  }
}
