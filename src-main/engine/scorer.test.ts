/** How likely a given answer was: against a readable reference over all logits, and beside answers that are written. */
import { getLlama, LlamaLogLevel, type Llama, type LlamaContextSequence, type Token } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scorerCompliance } from '../../test/compliance/scorer.ts';
import { answerOf, assistant, user } from '../../test/compliance/generator.ts';
import { engineHost, wallClock } from '../../test/fakes/engine-host.ts';
import { keptLog } from '../../test/fakes/log.ts';
import { fakeScorer } from '../../test/fakes/engine-scorer.ts';
import { needSmollm2, SMOLLM2_SHA256 } from '../../test/fixtures/real-model.ts';
import type { Generator, ScoreRequest, Turn } from './ports.ts';
import type { Load } from './process-door.ts';
import { openLlama, type Backend, type Weights } from './llama.ts';
import { buildPrompt } from './prompt.ts';
import { openRunner, type Runner } from './runner.ts';
import { openWeighing } from './weighing.ts';

const load = (): Load => ({
  ...{ file: needSmollm2(), sha256: SMOLLM2_SHA256 as Load['sha256'], contextSize: 1024, threads: 1, gpu: 'off' },
  ...{ memory: 0, budget: 0 },
});
const never = new AbortController().signal;
const system: Turn = { role: 'system', text: 'You are a helpful assistant.' };
const FRANCE = [system, user('What is the capital of France?')];
const sum = (logs: readonly number[]) => logs.reduce((all, one) => all + one, 0);

scorerCompliance('the fake', async () => ({
  scorer: fakeScorer(),
  model: 'fake',
  likely: 'the capital of France',
  close: async () => {},
}));
scorerCompliance('the engine', async () => {
  const runner = openRunner({ host: engineHost(), log: keptLog(), clock: wallClock });
  return {
    scorer: { score: ({ model: _, ...request }, signal) => runner.score(load(), request, signal) },
    model: 'smollm2',
    likely: 'The capital of France is Paris.',
    close: () => runner.close(),
  };
});

describe('against the reference', () => {
  let backend: Backend;
  let weights: Weights;
  let llama: Llama;
  let sequence: LlamaContextSequence;
  beforeAll(async () => {
    backend = await openLlama({ gpu: 'off', threads: 1 });
    weights = await backend.load(load());
    const quiet = { logLevel: LlamaLogLevel.error, logger() {} };
    llama = await getLlama({ gpu: false, build: 'never', maxThreads: 1, ...quiet });
    const model = await llama.loadModel({ modelPath: needSmollm2() });
    sequence = (await model.createContext({ contextSize: 1024, threads: 1 })).getSequence();
  });
  afterAll(async () => {
    await backend.dispose();
    await llama.dispose();
  });

  /** One token after the other, with the logits of the whole vocabulary, in double precision. */
  async function reference(tokens: readonly number[], open: number): Promise<number[]> {
    const first = tokens.length - open;
    await sequence.clearHistory();
    await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(0, first - 1) as Token[]);
    const logs: number[] = [];
    for (let i = first; i < tokens.length; i++) {
      const [found] = await sequence.controlledEvaluate([[tokens[i - 1] as Token, { generateNext: { logits: true } }]]);
      const logits = found!.next.logits!;
      const most = [...logits.values()].reduce((a, b) => Math.max(a, b), -Infinity);
      const weight = [...logits.values()].reduce((all, one) => all + Math.exp(one - most), 0);
      logs.push(logits.get(tokens[i] as Token)! - most - Math.log(weight));
    }
    return logs;
  }

  test.each([
    ['The capital of France is Paris, and it lies on the Seine.', undefined],
    ['Zebra 7! \u{1F98A} ünï', undefined],
    ['The capital of France is Paris, and it lies on the Seine.', 4],
  ] as const)(
    'the logs of "%s" (%s tokens) are those of the whole distribution, within 0.001',
    async (answer, most) => {
      const turns = [...FRANCE, assistant(answer)];
      const prompt = buildPrompt({ turns, segments: weights.render(turns, true), tokenizer: weights });
      const weighing = openWeighing(weights, { contextSize: 1024, threads: 1 });
      try {
        const logs = await weighing.weigh(prompt, most, async () => {});
        const expected = (await reference(prompt.tokens, prompt.open)).slice(0, most);
        expect(logs).toHaveLength(expected.length);
        for (const [i, log] of logs.entries()) expect(Math.abs(log - expected[i]!), `token ${i}`).toBeLessThan(1e-3);
        // Again, over what is kept.
        const again = await weighing.weigh(prompt, most, async () => {});
        for (const [i, log] of again.entries()) expect(Math.abs(log - logs[i]!)).toBeLessThan(1e-3);
      } finally {
        await weighing.dispose();
      }
    },
  );

  test('what two prompts have in common is evaluated once', async () => {
    const fed: number[] = [];
    const counted: Pick<Weights, 'openSequence'> = {
      async openSequence(options) {
        const sequence = await weights.openSequence(options);
        return {
          ...sequence,
          feed: (tokens) => (fed.push(tokens.length), sequence.feed(tokens)),
          weigh: (tokens, nexts) => (fed.push(tokens.length), sequence.weigh(tokens, nexts)),
        };
      },
    };
    const weighing = openWeighing(counted, { contextSize: 1024, threads: 1, restMs: 50 });
    const weigh = (turns: readonly Turn[]) =>
      weighing.weigh(
        buildPrompt({ turns, segments: weights.render(turns, true), tokenizer: weights }),
        undefined,
        async () => {},
      );
    await weigh([...FRANCE, assistant('Paris is the capital.')]);
    const first = sum(fed.splice(0));
    await weigh([...FRANCE, assistant('Rome is the capital.')]);
    expect(sum(fed.splice(0))).toBeLessThan(first / 2);
    // Its memory is given back after a while, and the next score begins anew.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await weigh([...FRANCE, assistant('Paris is the capital.')]);
    expect(sum(fed)).toBe(first);
    await weighing.dispose();
  });
});

describe('beside answers', () => {
  let runner: Runner;
  beforeAll(() => void (runner = openRunner({ host: engineHost(), log: keptLog(), clock: wallClock })));
  afterAll(() => runner.close());
  const generator: Generator = {
    generate: ({ model: _, ...request }, signal) => runner.generate({ ...request, load: load() }, signal),
    measure: (_, turns, signal) => runner.measure(load(), turns, signal),
  };
  const ask = (turns: readonly Turn[], options = {}) => answerOf({ generator, model: 'one' }, turns, options);
  const score = (answer: string, more: Partial<ScoreRequest> = {}) =>
    runner.score(load(), { turns: FRANCE, answer, session: 'why', ...more }, never);

  test("the model's own answer is likelier than its words in another order", async () => {
    const { text } = await ask(FRANCE, { maxTokens: 24 });
    const shuffled = text.split(' ').toReversed().join(' ');
    const [own, other] = [(await score(text)).logs, (await score(shuffled)).logs];
    expect(sum(own) / own.length).toBeGreaterThan(sum(other) / other.length + 1);
  });

  test('a conversation finds its prefix as it left it', async () => {
    const first = await ask(FRANCE, { session: 'talk', maxTokens: 16 });
    await score('Berlin, I think.');
    const turns = [...FRANCE, assistant(first.text), user('And of Italy?')];
    expect((await ask(turns, { session: 'talk', maxTokens: 2 })).start.reused).toBeGreaterThan(20);
  });

  test('a score waits until the answer is written', async () => {
    const order: string[] = [];
    let first = () => {};
    const writing = new Promise<void>((resolve) => (first = resolve));
    const answering = (async () => {
      const request = { load: load(), turns: [user('Write a long story about the sea.')], session: 'story' };
      for await (const piece of runner.generate(
        { ...request, temperature: 0, topK: 40, topP: 0.95, maxTokens: 60 },
        never,
      ))
        if (piece.kind === 'token') first();
      order.push('answer');
    })();
    await writing;
    await score('Paris.').then(() => order.push('score'));
    await answering;
    expect(order).toEqual(['answer', 'score']);
  });

  test('one that is aborted while it waits ends at once', async () => {
    const stop = new AbortController();
    const request = { load: load(), turns: [user('Write a long story.')], session: 'story' };
    const answer = runner.generate({ ...request, temperature: 0, topK: 40, topP: 0.95, maxTokens: 80 }, never);
    const pieces = answer[Symbol.asyncIterator]();
    await pieces.next();
    const waiting = runner
      .score(load(), { turns: FRANCE, answer: 'Paris.', session: 'why' }, stop.signal)
      .catch((error: unknown) => (error as Error).name);
    setTimeout(() => stop.abort(), 50);
    expect(await waiting).toBe('AbortError');
    await pieces.return?.();
  });
});
