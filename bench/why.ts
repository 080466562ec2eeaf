/** Whether "why this answer" is believable: planted answers with the real model, and how clearly they are told apart. */
import type { Scorer } from '../src-main/engine/ports.ts';
import { openRunner, type Load } from '../src-main/engine/runner.ts';
import { planted, weighPlanted } from '../src-main/assistant/why.fixture.ts';
import { engineHost, wallClock } from '../test/fakes/engine-host.ts';
import { keptLog } from '../test/fakes/log.ts';
import { needSmollm2, SMOLLM2_SHA256 } from '../test/fixtures/real-model.ts';
import type { Figure } from './figure.ts';

export async function run(): Promise<Figure[]> {
  const runner = openRunner({ host: engineHost(), log: keptLog(), clock: wallClock });
  const load: Load = {
    ...{ file: needSmollm2(), sha256: SMOLLM2_SHA256 as Load['sha256'], contextSize: 2048, threads: 2, gpu: 'off' },
    ...{ memory: 0, budget: 0 },
  };
  const scorer: Scorer = { score: ({ model: _, ...request }, signal) => runner.score(load, request, signal) };
  let right = 0;
  let least = Infinity;
  let most = -Infinity;
  const times: number[] = [];
  try {
    for (const one of planted) {
      const began = performance.now();
      const found = await weighPlanted(scorer, one);
      times.push(performance.now() - began);
      if (found.right) right++;
      for (const [i, difference] of found.differences.entries())
        if (i + 1 === one.right) least = Math.min(least, difference);
        else most = Math.max(most, difference);
    }
  } finally {
    await runner.close();
  }
  const median = times.toSorted((a, b) => a - b)[times.length >> 1]!;
  return [
    {
      name: 'planted answers whose one passage matters much, the others not',
      value: right,
      unit: `of ${planted.length}`,
      bound: `≥ 9 of ${planted.length}`,
      holds: right >= 9,
    },
    { name: 'least difference of a passage that has the answer', value: least, unit: 'nats a token' },
    { name: 'largest difference of one that has not', value: most, unit: 'nats a token' },
    { name: 'four passages weighed (median)', value: median / 1000, unit: 's' },
  ];
}
