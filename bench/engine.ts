/** What the stack costs on top of the library's bare loop: tokens a second, time to the first token, memory. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { openRunner, type Load, type Runner } from '../src-main/engine/runner.ts';
import { engineHost, wallClock } from '../test/fakes/engine-host.ts';
import { keptLog } from '../test/fakes/log.ts';
import { smollm2, SMOLLM2_SHA256 } from '../test/fixtures/real-model.ts';
import type { BareAnswer, BareAsk } from './engine-bare.ts';
import type { Figure } from './figure.ts';
import { pss } from './pss.ts';

/** One way to get an answer. `round` makes every prompt differ from its first words on, so that nothing is reused. */
export interface Arm {
  answer(ask: { round: number; n: number; temperature: number }): Promise<Measured>;
  close(): Promise<void>;
}
/** `ms` from the first token to the last, as the caller sees them. */
export interface Measured {
  readonly tokens: number;
  readonly ms: number;
  readonly firstMs: number;
}

const ROUNDS = Number(process.env['DAIMON_ROUNDS'] ?? 8);
const N = 96;
const CONTEXT = 1024;
/** One core is left to whoever reads the tokens, as the engine's room does. */
const THREADS = Number(process.env['DAIMON_THREADS'] ?? Math.max(1, availableParallelism() - 1));
const SAMPLED = { temperature: 0.7, topK: 40, topP: 0.95 };
const system = (round: number) => `${round * 7919} is the number of this story. You are a helpful assistant.`;
const QUESTION = 'Write a long story about a lighthouse keeper who finds a letter in a bottle.';
const load = {
  file: smollm2,
  sha256: SMOLLM2_SHA256 as Load['sha256'],
  contextSize: CONTEXT,
  threads: THREADS,
  gpu: 'off',
} as const;

/** Runner → wire → process → loop. */
export function stackArm(runner: Runner): Arm {
  return {
    async answer({ round, n, temperature }) {
      const began = performance.now();
      let tokens = 0;
      let first = 0;
      let last = 0;
      const turns = [
        { role: 'system', text: system(round) },
        { role: 'user', text: QUESTION },
      ] as const;
      const ask = { load, turns, session: `s${round}`, maxTokens: n, ...SAMPLED, temperature, seed: round };
      for await (const piece of runner.generate(ask, new AbortController().signal)) {
        if (piece.kind !== 'token') continue;
        last = performance.now();
        if (tokens === 0) first = last;
        tokens += piece.tokens;
      }
      return { tokens, ms: last - first, firstMs: first - began };
    },
    close: () => runner.close(),
  };
}

export function bareArm(): Arm {
  const child = fork(fileURLToPath(new URL('./engine-bare.ts', import.meta.url)), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return {
    async answer({ round, n, temperature }) {
      const prompt =
        `<|im_start|>system\n${system(round)}<|im_end|>\n<|im_start|>user\n${QUESTION}<|im_end|>\n` +
        '<|im_start|>assistant\n';
      const sampling = { ...SAMPLED, temperature, seed: round };
      const ask: BareAsk = { file: load.file, threads: THREADS, contextSize: CONTEXT, prompt, n, sampling };
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
async function followUp(runner: Runner): Promise<Figure[]> {
  const ask = { load, session: 'follow', maxTokens: 48, temperature: 0, topK: 40, topP: 0.95 };
  const turns = [
    { role: 'system' as const, text: 'You are a helpful assistant.' },
    { role: 'user' as const, text: 'What is the capital of France?' },
  ];
  let text = '';
  let evaluated = 0;
  let reused = 0;
  const run = async (turns: { role: 'system' | 'user' | 'assistant'; text: string }[]) => {
    text = '';
    for await (const piece of runner.generate({ ...ask, turns }, new AbortController().signal))
      if (piece.kind === 'token') text += piece.text;
      else if (piece.kind === 'start') ({ evaluated, reused } = piece);
  };
  await run(turns);
  const next = [
    ...turns,
    { role: 'assistant' as const, text },
    { role: 'user' as const, text: 'And what is the capital of Italy?' },
  ];
  await run(next);
  const { tokens } = await runner.measure(load, next);
  // The marks that close the answer come with the new question.
  const added = tokens.at(-1)!;
  return [
    {
      name: 'warm follow-up: tokens evaluated beyond the new ones',
      value: evaluated - added,
      unit: 'tokens',
      bound: '≤ 0',
      holds: evaluated <= added,
    },
    { name: 'warm follow-up: tokens reused', value: reused, unit: 'tokens' },
  ];
}

export async function run(): Promise<Figure[]> {
  const began = performance.now();
  const runner = openRunner({ host: engineHost(), log: keptLog(), clock: wallClock });
  await runner.warm(load);
  const warm = performance.now() - began;
  const idle = (await pss(runner.pid!)) ?? NaN;
  const weights = (await stat(smollm2)).size;
  const ours = stackArm(runner);
  const bare = bareArm();
  try {
    return [
      ...(await compare(ours, bare)),
      ...(await followUp(runner)),
      {
        name: 'process started, model and context ready',
        value: warm,
        unit: 'ms',
        bound: '≤ 1200',
        holds: warm <= 1200,
      },
      { name: 'idle engine over the weights (PSS)', value: (idle - weights) / 1e6, unit: 'MB' },
    ];
  } finally {
    await Promise.all([ours.close(), bare.close()]);
  }
}
