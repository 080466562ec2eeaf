/** A scripted generator for tests of rooms above the engine: one token a word, with whatever trouble the test wants. */
import { setImmediate as tick } from 'node:timers/promises';
import type { GenerateRequest, Generator, Piece, Turn } from '../../src-main/engine/ports.ts';

export interface Script {
  /** The words of the answer, from what the model was given. Awaited before each word. */
  answer(request: GenerateRequest, signal: AbortSignal): Iterable<string> | AsyncIterable<string>;
  contextSize?: number;
}

const tokensOf = (text: string) => Math.ceil(text.length / 4) + 4;

/** A generator that follows the script; `requests` holds what it was asked. */
export function scripted({ answer, contextSize = 4096 }: Script): Generator & {
  readonly requests: GenerateRequest[];
  /** May change between requests. */ contextSize: number;
} {
  const requests: GenerateRequest[] = [];
  const fake = {
    requests,
    contextSize,
    async *generate(request: GenerateRequest, signal: AbortSignal): AsyncIterable<Piece> {
      requests.push(request);
      const evaluated = request.turns.reduce((sum, turn) => sum + tokensOf(turn.text), 0);
      yield { kind: 'start', evaluated, reused: 0, contextSize: fake.contextSize, device: 'cpu' };
      let tokens = 0;
      for await (const text of answer(request, signal)) {
        signal.throwIfAborted();
        tokens++;
        yield { kind: 'token', text, tokens: 1 };
        await tick();
      }
      yield { kind: 'end', reason: 'stop', tokens, tokensPerSecond: 100, firstTokenMs: 1 };
    },
    measure: async (_model: string, turns: readonly Turn[]) => ({
      tokens: turns.map((turn) => tokensOf(turn.text)),
      contextSize: fake.contextSize,
    }),
  };
  return fake;
}
