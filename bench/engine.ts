/** What the stack costs on top of the library's bare loop: tokens a second, and time to the first token. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Sent } from '../src-main/assistant/door.ts';
import { systemTurn } from '../src-main/assistant/prompt.ts';
import type { Id } from '../src-main/wire/schema.ts';
import { password, startCore, type CoreProcess } from '../test/e2e/core.ts';
import { daimon } from '../test/e2e/daimon.ts';
import { smollm2 } from '../test/fixtures/real-model.ts';
import type { BareAnswer, BareAsk } from './engine-bare.ts';
import type { Figure } from './figure.ts';

/** One way to get an answer. `round` makes every prompt differ from its first words on, so that nothing is reused. */
export interface Arm {
  answer(ask: { round: number; n: number; temperature: number }): Promise<Measured>;
}
/** `ms` from the first token to the last, as the caller sees them. */
export interface Measured {
  readonly tokens: number;
  readonly ms: number;
  readonly firstMs: number;
}

const ROUNDS = Number(process.env['DAIMON_ROUNDS'] ?? 8);
const N = 96;
const SAMPLED = { temperature: 0.7, topK: 40, topP: 0.9 };
const NAME = 'Wren';
/** Differs from its first words on, so that nothing but the system turn is reused. */
const question = (round: number) =>
  `${round * 7919} is the number of this story. Write a long story about a lighthouse keeper who finds a letter.`;

/** Verb → gate → assistant (store, prompt) → engine's room → runner → process → loop, and back to the local socket. */
export function wholeArm({ core }: CoreProcess): Arm {
  return {
    async answer({ round, n, temperature }) {
      const began = performance.now();
      let first = 0;
      let last = 0;
      let done: Extract<Sent, { kind: 'done' }> | undefined;
      const ask = { text: question(round), maxTokens: n, temperature, seed: round };
      for await (const item of core['assistant.send'](ask)) {
        if (item.kind === 'done') done = item;
        if (item.kind !== 'token') continue;
        last = performance.now();
        if (first === 0) first = last;
      }
      return { tokens: done!.tokens, ms: last - first, firstMs: first - began };
    },
  };
}

export function bareArm({
  threads,
  contextSize,
}: {
  threads: number;
  contextSize: number;
}): Arm & { close(): Promise<void> } {
  const child = fork(fileURLToPath(new URL('./engine-bare.ts', import.meta.url)), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return {
    async answer({ round, n, temperature }) {
      const prompt =
        `<|im_start|>system\n${systemTurn(NAME).text}<|im_end|>\n<|im_start|>user\n${question(round)}<|im_end|>\n` +
        '<|im_start|>assistant\n';
      const sampling = { ...SAMPLED, temperature, seed: round };
      const ask: BareAsk = { file: smollm2, threads, contextSize, prompt, n, sampling };
      const answered = once(child, 'message');
      child.send(ask);
      return ((await answered) as [BareAnswer])[0];
    },
    async close() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const rate = ({ tokens, ms }: Measured) => ((tokens - 1) / ms) * 1000;

/** Compares `ours` with the bare loop, interleaved, each round with a prompt of its own. */
export async function compare(ours: Arm, bare: Arm): Promise<Figure[]> {
  const figures: Figure[] = [];
  const extra: number[] = [];
  let round = 1;
  for (const arm of [ours, bare]) await arm.answer({ round: 0, n: 8, temperature: 0 });
  for (const [name, temperature, bound] of [
    ['greedy', 0, 0.96],
    ['sampled', SAMPLED.temperature, 0.93],
  ] as const) {
    const pairs: { ours: Measured; bare: Measured }[] = [];
    for (let i = 0; i < ROUNDS; i++, round++) {
      const order = i % 2 === 0 ? [ours, bare] : [bare, ours];
      const results = new Map<Arm, Measured>();
      for (const arm of order) results.set(arm, await arm.answer({ round, n: N, temperature }));
      const pair = { ours: results.get(ours)!, bare: results.get(bare)! };
      pairs.push(pair);
      extra.push(pair.ours.firstMs - pair.bare.firstMs);
    }
    const ratio = median(pairs.map((pair) => rate(pair.ours) / rate(pair.bare)));
    const best = Math.max(...pairs.map((p) => rate(p.ours))) / Math.max(...pairs.map((p) => rate(p.bare)));
    figures.push(
      { name: `${name}: decode, ours / bare`, value: ratio, unit: '×', bound: `≥ ${bound}`, holds: ratio >= bound },
      { name: `${name}: decode, best of ours / best of bare`, value: best, unit: '×' },
      { name: `${name}: decode, ours`, value: median(pairs.map((pair) => rate(pair.ours))), unit: 'tokens/s' },
    );
  }
  const first = median(extra);
  figures.push({ name: 'extra time to first token', value: first, unit: 'ms', bound: '≤ 15', holds: first <= 15 });
  return figures;
}

/** A question, its answer, a second question: how many tokens the second one evaluates beyond those it adds. */
async function followUp({ core }: CoreProcess): Promise<Figure[]> {
  const send = async (text: string, conversation?: Id) => {
    let done: Extract<Sent, { kind: 'done' }> | undefined;
    const ask = { text, maxTokens: 48, temperature: 0, ...(conversation && { conversation }) };
    for await (const item of core['assistant.send'](ask)) if (item.kind === 'done') done = item;
    return done!;
  };
  const first = await send('What is the capital of France?');
  const next = await send('And what is the capital of Italy?', first.conversation);
  // The prompt and the answer of the first turn are there, but for the answer's last token, which nothing has followed.
  const there = first.evaluated + first.reused + first.tokens - 1;
  return [
    {
      name: 'warm follow-up: tokens of the first turn evaluated again',
      value: there - next.reused,
      unit: 'tokens',
      bound: '≤ 0',
      holds: next.reused >= there,
    },
    { name: 'warm follow-up: tokens evaluated', value: next.evaluated, unit: 'tokens' },
  ];
}

export async function run(): Promise<Figure[]> {
  const one = daimon();
  const whole = await startCore(one.folder);
  try {
    await whole.core['vault.create']({ name: NAME, password: password() });
    const { id, fit } = await whole.core['engine.import']({ path: smollm2 });
    const { threads } = await whole.core['engine.hardware']({});
    await whole.core['engine.warm']({ id });
    const bare = bareArm({ threads, contextSize: fit.contextSize });
    try {
      return [...(await compare(wholeArm(whole), bare)), ...(await followUp(whole))];
    } finally {
      await bare.close();
    }
  } finally {
    whole.close();
    await one.remove();
  }
}
