/** A core in miniature, to be stopped with its engine: asks one question, and says its engine's pid and how it ended. */
import { needSmollm2, SMOLLM2_SHA256 } from '../fixtures/real-model.ts';
import type { Load } from '../../src-main/engine/process-door.ts';
import { openRunner } from '../../src-main/engine/runner.ts';
import { isFault } from '../../src-main/wire/index.ts';
import { engineHost, wallClock } from './engine-host.ts';
import { keptLog } from './log.ts';

const [everyMs, patience] = process.argv.slice(2).map(Number) as [number, number];
const runner = openRunner({ host: engineHost(), log: keptLog(), clock: wallClock, pulse: { everyMs, patience } });
const load: Load = {
  ...{ file: needSmollm2(), sha256: SMOLLM2_SHA256 as Load['sha256'], contextSize: 1024, threads: 1, gpu: 'off' },
  ...{ memory: 0, budget: 0 },
};
const turns = [{ role: 'user', text: 'Write a long story about the sea.' }] as const;
const request = { load, turns, session: 'a', temperature: 0, topK: 40, topP: 0.95, maxTokens: 60 };
let tokens = 0;
try {
  for await (const piece of runner.generate(request, new AbortController().signal)) {
    if (piece.kind === 'token' && tokens === 0) process.send!({ pid: runner.pid });
    if (piece.kind === 'token') tokens += piece.tokens;
  }
  process.send!({ tokens });
} catch (error) {
  process.send!({ code: isFault(error) ? error.code : 'other' });
}
await runner.close();
process.disconnect();
