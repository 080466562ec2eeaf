/** What a switch between two models costs while both are warm, against loading one; and what a second one weighs. */
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Piece } from '../src-main/engine/ports.ts';
import { openRunner, type Load, type Runner } from '../src-main/engine/runner.ts';
import { engineHost, wallClock } from '../test/fakes/engine-host.ts';
import { keptLog } from '../test/fakes/log.ts';
import { needSmollm2 } from '../test/fixtures/real-model.ts';
import type { Figure } from './figure.ts';
import { pss } from './pss.ts';

const ROUNDS = Number(process.env['DAIMON_ROUNDS'] ?? 5);
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const settled = () => new Promise((resolve) => setTimeout(resolve, 1500));

async function firstToken(runner: Runner, load: Load, text: string): Promise<number> {
  const began = performance.now();
  const turns = [{ role: 'user', text }] as const;
  const request = { load, turns, session: 'one', temperature: 0, topK: 40, topP: 0.95, maxTokens: 8 };
  let first = NaN;
  for await (const piece of runner.generate(request, new AbortController().signal) as AsyncIterable<Piece>)
    if (piece.kind === 'token' && Number.isNaN(first)) first = performance.now() - began;
  return first;
}

export async function run(): Promise<Figure[]> {
  const file = needSmollm2();
  const folder = mkdtempSync(join(tmpdir(), 'daimon-bench-'));
  // A file of its own: pages of one file would be shared by both models.
  const copy = join(folder, 'copy.gguf');
  copyFileSync(file, copy);
  const runner = openRunner({ host: engineHost(), log: keptLog(), clock: wallClock });
  const model = (path: string, digit: string, budget: number): Load => ({
    ...{ file: path, sha256: digit.repeat(64) as Load['sha256'], contextSize: 4096, threads: 1, gpu: 'off' },
    ...{ memory: 1, budget },
  });
  const question = 'What is the capital of France?';
  try {
    // With room for one, each switch is a load.
    const cold: number[] = [];
    for (let i = 0; i < ROUNDS; i++)
      for (const [path, digit] of [
        [file, 'a'],
        [copy, 'b'],
      ] as const)
        cold.push(await firstToken(runner, model(path, digit, 1), question));
    await settled();
    const one = (await pss(runner.pid!)) ?? NaN;
    const both = [model(file, 'a', 2), model(copy, 'b', 2)];
    for (const load of both) await firstToken(runner, load, question);
    await settled();
    const two = (await pss(runner.pid!)) ?? NaN;
    const warm: number[] = [];
    const ready: number[] = [];
    for (let i = 0; i < ROUNDS; i++)
      for (const load of both) {
        ready.push((await runner.warm(load)).ms);
        warm.push(await firstToken(runner, load, question));
      }
    await runner.rest(both[1]!.sha256);
    await settled();
    const after = (await pss(runner.pid!)) ?? NaN;
    const [slow, fast] = [median(cold.slice(1)), median(warm)];
    const weights = statSync(file).size;
    return [
      { name: 'switch: first token, the other model loaded anew', value: slow, unit: 'ms' },
      { name: 'switch: first token, both warm', value: fast, unit: 'ms' },
      { name: 'switch: warm / loaded anew', value: fast / slow, unit: '×', bound: '≤ 0.5', holds: fast / slow <= 0.5 },
      { name: 'switch: warm model ready', value: median(ready), unit: 'ms', bound: '≤ 50', holds: median(ready) <= 50 },
      { name: 'engine, one warm model (PSS)', value: one / 1e6, unit: 'MB' },
      { name: 'a second one over its weights (PSS)', value: (two - one - weights) / 1e6, unit: 'MB' },
      { name: 'left of it after it rests (PSS)', value: (after - one) / 1e6, unit: 'MB' },
    ];
  } finally {
    await runner.close();
    rmSync(folder, { recursive: true });
  }
}
