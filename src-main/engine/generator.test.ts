/** The scripted fake and the real engine (SmolLM2 in a forked process) under the suite of the port. */
import { fakeGenerator } from '../../test/fakes/generator.ts';
import { engineHost, wallClock } from '../../test/fakes/engine-host.ts';
import { keptLog } from '../../test/fakes/log.ts';
import { needSmollm2, SMOLLM2_SHA256 } from '../../test/fixtures/real-model.ts';
import { generatorCompliance } from '../../test/compliance/generator.ts';
import type { Generator } from './ports.ts';
import type { Load } from './process-door.ts';
import { openRunner } from './runner.ts';

const WORDS = 'sea light keeper wave storm letter bottle night ship home wind lamp rock tide gull rope'.split(' ');

generatorCompliance('the fake', async () => {
  const generator = fakeGenerator({
    contextSize: 1024,
    answer: (turns, random) => {
      const about = turns.at(-1)!.text.length;
      return Array.from({ length: 60 }, (_, i) => WORDS[Math.floor(random() * 16 + about * (i + 1)) % 16]).join(' ');
    },
  });
  return { generator, model: 'fake', crash: () => generator.crashAfter(0), close: async () => {} };
});

generatorCompliance('the engine', async () => {
  const load: Load = {
    file: needSmollm2(),
    sha256: SMOLLM2_SHA256 as Load['sha256'],
    contextSize: 1024,
    threads: 1,
    gpu: 'off',
    memory: 0,
    budget: 0,
  };
  const host = engineHost();
  const runner = openRunner({ host, log: keptLog(), clock: wallClock });
  const generator: Generator = {
    generate: ({ model: _, ...request }, signal) => runner.generate({ ...request, load }, signal),
    measure: (_, turns, signal) => runner.measure(load, turns, signal),
  };
  return {
    generator,
    model: 'smollm2',
    crash: () => void host.children.at(-1)!.kill('SIGKILL'),
    close: () => runner.close(),
  };
});
