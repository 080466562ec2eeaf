/** The runner over real engine processes: what a person asks of it, and its bad days. */
import { copyFile, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pss } from '../../bench/pss.ts';
import { answerOf, assistant, user } from '../../test/compliance/generator.ts';
import { settableClock } from '../../test/fakes/clock.ts';
import { engineHost, wallClock, type EngineHost } from '../../test/fakes/engine-host.ts';
import { keptLog } from '../../test/fakes/log.ts';
import { needSmollm2, SMOLLM2_SHA256 } from '../../test/fixtures/real-model.ts';
import { isFault } from '../wire/index.ts';
import { readGguf } from './gguf/index.ts';
import type { Turn } from './ports.ts';
import { DRIVER_NOTE, type Load } from './process-door.ts';
import { openRunner, type Runner } from './runner.ts';
import type { SupervisorOptions } from './supervisor.ts';

const BAD = new URL('../../test/fakes/engine-bad.ts', import.meta.url);
const loadOf = (file: string, gpu: Load['gpu'] = 'off'): Load => ({
  ...{ file, sha256: SMOLLM2_SHA256 as Load['sha256'], contextSize: 1024, threads: 1, gpu },
  ...{ memory: 200e6, budget: 0 },
});
const system: Turn = { role: 'system', text: 'You are a helpful assistant.' };

function setUp(host: EngineHost = engineHost(), clock = wallClock, pulse?: SupervisorOptions['pulse']) {
  const log = keptLog();
  const runner = openRunner({ host, log, clock, ...(pulse && { pulse }) });
  return { host, log, runner };
}
const ask = (runner: Runner, load: Load, turns: readonly Turn[], options: Parameters<typeof answerOf>[2] = {}) =>
  answerOf(
    {
      model: 'smollm2',
      generator: {
        generate: ({ model: _, ...request }, signal) => runner.generate({ ...request, load }, signal),
        measure: (_, turns, signal) => runner.measure(load, turns, signal),
      },
    },
    turns,
    options,
  );
const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('with SmolLM2', () => {
  const { runner, host } = setUp();
  let load: Load;
  beforeAll(() => void (load = loadOf(needSmollm2())));
  afterAll(() => runner.close());

  test('the process starts with the first request only', async () => {
    expect(host.children).toHaveLength(0);
    const ready = await runner.warm(load);
    expect(ready).toMatchObject({ device: 'cpu', chat: true, trainedContext: 8192, contextSize: 1024 });
    expect(host.children).toHaveLength(1);
  });

  test('it knows the capital of France', async () => {
    const { text, end } = await ask(runner, load, [user('What is the capital of France?')]);
    expect(text).toContain('Paris');
    expect(end.reason).toBe('stop');
  });

  test('a warm follow-up evaluates only what is new', async () => {
    const session = 'follow';
    const question = [system, user('What is the capital of France?')];
    const first = await ask(runner, load, question, { session, maxTokens: 48 });
    const next = [...question, assistant(first.text), user('And what is the capital of Italy?')];
    const second = await ask(runner, load, next, { session, maxTokens: 48 });
    const { tokens } = await runner.measure(load, next);
    expect(second.start.evaluated).toBeLessThanOrEqual(tokens.at(-1)!);
    expect(second.start.reused).toBeGreaterThan(20);
  });

  test('an answer that no tokenizer would cut that way is reused whole', async () => {
    const session = 'sampled';
    const question = [system, user('Invent ten strange words.')];
    const first = await ask(runner, load, question, { session, maxTokens: 40, temperature: 1.6, topP: 1, seed: 5 });
    const next = [...question, assistant(first.text), user('Now ten more.')];
    const second = await ask(runner, load, next, { session, maxTokens: 2 });
    const { tokens } = await runner.measure(load, next);
    // The answer's last token has not been evaluated yet when the count of tokens ends it.
    expect(second.start.evaluated).toBeLessThanOrEqual(tokens.at(-1)! + 1);
  });

  test('a partial answer that was stopped early is reused up to there', async () => {
    const session = 'stopped';
    const turns = [system, user('Write a long story about the sea.')];
    const stop = new AbortController();
    let text = '';
    const request = { load, turns, session, temperature: 0, topK: 40, topP: 0.95 };
    const reading = async () => {
      for await (const piece of runner.generate(request, stop.signal))
        if (piece.kind === 'token' && (text += piece.text).length > 60) stop.abort();
    };
    await faultOf(reading());
    const again = await ask(runner, load, [...turns, assistant(text)], { session, continueAnswer: true });
    expect(again.start.evaluated).toBeLessThanOrEqual(2);
  });

  test('a conversation whose cache gave way to two others is evaluated again and goes on', async () => {
    const first = await ask(runner, load, [user('Say hello.')], { session: 'x' });
    for (const session of ['y', 'z']) await ask(runner, load, [user('Say goodbye.')], { session, maxTokens: 2 });
    const turns = [user('Say hello.'), assistant(first.text), user('Again.')];
    const later = await ask(runner, load, turns, { session: 'x' });
    expect(later.start.evaluated).toBeGreaterThan(10);
    expect(later.text).not.toBe('');
  });

  test('an answer that fills the context says so', async () => {
    const small: Load = { ...load, contextSize: 256 };
    const filler = user(`Go on with this story: ${'The keeper looked at the sea. '.repeat(26)}`);
    const { contextSize, tokens } = await runner.measure(small, [system, filler]);
    const prompt = tokens.reduce((sum, count) => sum + count, 0);
    expect(prompt).toBeLessThan(contextSize);
    const { end } = await ask(runner, small, [filler, assistant('Then')], { continueAnswer: true, maxTokens: 500 });
    expect(end.reason).toBe('context');
  });

  test('a message of 1 MB is refused with its count, and the process lives', async () => {
    const pid = runner.pid!;
    const fault = await faultOf(ask(runner, load, [user('a'.repeat(1 << 20))]));
    expect(isFault(fault, 'context-full')).toBe(true);
    expect(runner.pid).toBe(pid);
  });

  test('a missing file and a truncated one are Faults, and the next answer works', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'daimon-engine-'));
    // Weights are known by their hash: one that is loaded would not be looked for on disk again.
    const strange = (name: string, digit: string): Load => ({
      ...loadOf(join(folder, `${name}.gguf`)),
      sha256: digit.repeat(64) as Load['sha256'],
    });
    try {
      const missing = await faultOf(runner.warm(strange('none', 'a')));
      expect(isFault(missing, 'model-missing')).toBe(true);
      const short = join(folder, 'short.gguf');
      await copyFile(load.file, short);
      await truncate(short, Math.floor((await stat(short)).size / 2));
      const cut = await faultOf(runner.warm(strange('short', 'b')));
      expect(isFault(cut, 'model-unreadable')).toBe(true);
      const handle = await open(join(folder, 'text.gguf'), 'w');
      await handle.write('this is no model');
      await handle.close();
      const text = await faultOf(runner.warm(strange('text', 'c')));
      expect(isFault(text, 'model-unreadable')).toBe(true);
      // No Fault names a file: its name may be personal.
      for (const fault of [missing, cut, text]) expect((fault as Error).message).not.toContain(folder);
      expect((await ask(runner, load, [user('Say hello.')])).text).not.toBe('');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('an idle engine takes little more than the weights and its cache', async () => {
    await runner.warm(load);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const memory = await pss(runner.pid!);
    if (memory === undefined) return;
    expect(memory - (await stat(load.file)).size).toBeLessThan(250e6);
  });

  test('speed is measured for reading and writing', async () => {
    const { prompt, decode } = await runner.speed(load);
    expect(prompt).toBeGreaterThan(decode);
    expect(decode).toBeGreaterThan(1);
  });

  test('the process ends when its wire closes, also in the middle of an answer', async () => {
    const other = setUp();
    const reading = (async () => {
      const turns = [system, user('Write a long story.')];
      const request = { load, turns, session: 'a', temperature: 0, topK: 40, topP: 0.95 };
      for await (const piece of other.runner.generate(request, new AbortController().signal))
        if (piece.kind === 'token') return piece;
      return undefined;
    })();
    await reading;
    const pid = other.runner.pid!;
    const began = performance.now();
    await other.runner.close();
    expect(performance.now() - began).toBeLessThan(1500);
    expect(alive(pid)).toBe(false);
    expect(isFault(await faultOf(other.runner.warm(load)), 'closed')).toBe(true);
  });
});

describe('a graphics driver', () => {
  for (const trouble of ['driver-throws', 'driver-kills', 'memory-full'])
    test(`that fails (${trouble}) leaves the processor and one sentence`, async () => {
      const { runner, host } = setUp(engineHost(BAD, { TROUBLE: trouble }));
      const load = loadOf(needSmollm2(), 'auto');
      try {
        const { text, start } = await ask(runner, load, [user('What is the capital of France?')]);
        expect(text).toContain('Paris');
        expect(start).toMatchObject({ device: 'cpu', note: DRIVER_NOTE });
        expect((await runner.warm(load)).note).toBe(DRIVER_NOTE);
        // It is not tried again.
        expect(host.children).toHaveLength(trouble === 'driver-kills' ? 2 : 1);
      } finally {
        await runner.close();
      }
    });

  test('that does not exist is not mentioned', async () => {
    const { runner } = setUp();
    try {
      const ready = await runner.warm(loadOf(needSmollm2(), 'auto'));
      if (ready.device === 'cpu') expect(ready.note).toBeUndefined();
    } finally {
      await runner.close();
    }
  });
});

describe('a model that kills the engine', () => {
  test('is left alone after three crashes within a minute, and may be tried a minute later', async () => {
    const clock = settableClock();
    const { runner, host } = setUp(engineHost(BAD, { TROUBLE: 'always-dies' }), clock);
    const load = loadOf('/nowhere.gguf');
    try {
      for (let i = 0; i < 2; i++) expect(isFault(await faultOf(runner.warm(load)), 'engine-crashed')).toBe(true);
      expect(isFault(await faultOf(runner.warm(load)), 'model-crashes')).toBe(true);
      const started = host.children.length;
      expect(isFault(await faultOf(ask(runner, load, [user('Hello.')])), 'model-crashes')).toBe(true);
      expect(host.children).toHaveLength(started);
      // Another model is not to blame.
      const other = { ...load, sha256: '2'.repeat(64) as Load['sha256'] };
      expect(isFault(await faultOf(runner.warm(other)), 'engine-crashed')).toBe(true);
      clock.advance(61_000);
      expect(isFault(await faultOf(runner.warm(load)), 'engine-crashed')).toBe(true);
    } finally {
      await runner.close();
    }
  });

  test(
    'is ended when its chat template goes on without end, and said to be unreadable',
    { timeout: 30_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'daimon-engine-'));
      const file = join(folder, 'loop.gguf');
      const honest = await readFile(needSmollm2());
      // A template of the same length, so that nothing moves.
      const at = honest.indexOf('{% for message in messages %}');
      const end = honest.indexOf('{% endif %}', honest.lastIndexOf('add_generation_prompt', at + 2000)) + 11;
      const loop =
        '{% for i in range(99999) %}{% for j in range(99999) %}{% for k in range(99999) %}{% endfor %}{% endfor %}{% endfor %}';
      honest.write(loop.padEnd(end - at), at, 'latin1');
      await writeFile(file, honest);
      const { runner, host, log } = setUp(engineHost(), wallClock, { everyMs: 500, patience: 4 });
      const load: Load = { ...loadOf(file, 'auto'), sha256: '3'.repeat(64) as Load['sha256'] };
      try {
        expect(await readGguf(file)).toMatchObject({ template: true });
        expect(isFault(await faultOf(runner.warm(load)), 'model-unreadable')).toBe(true);
        await expect.poll(() => host.children[0]?.signalCode).toBe('SIGKILL');
        expect(log.lines.map((line) => line.event)).toContain('engine.hung');
        // It is not tried again at once, also not without the GPU, and others are not to blame.
        const started = host.children.length;
        expect(isFault(await faultOf(ask(runner, load, [user('Hello.')])), 'model-unreadable')).toBe(true);
        expect(host.children).toHaveLength(started);
        expect((await runner.warm(loadOf(needSmollm2()))).chat).toBe(true);
      } finally {
        await runner.close();
        await rm(folder, { recursive: true });
      }
    },
  );

  test('without a GPU the driver is not blamed', async () => {
    const { runner, log } = setUp(engineHost(BAD, { TROUBLE: 'always-dies' }));
    try {
      await faultOf(runner.warm(loadOf('/nowhere.gguf', 'auto')));
      expect(log.lines.map((line) => line.event)).not.toContain('engine.driver-failed');
    } finally {
      await runner.close();
    }
  });
});
