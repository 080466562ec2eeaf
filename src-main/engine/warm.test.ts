/** Several models in one engine process, and the nights it sleeps through: real processes with SmolLM2 under several names. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pss } from '../../bench/pss.ts';
import { answerOf, assistant, user } from '../../test/compliance/generator.ts';
import { engineHost, wallClock } from '../../test/fakes/engine-host.ts';
import { keptLog } from '../../test/fakes/log.ts';
import { needSmollm2, SMOLLM2_SHA256 } from '../../test/fixtures/real-model.ts';
import { isFault } from '../wire/index.ts';
import type { GenerateRequest, Turn } from './ports.ts';
import type { Load } from './process-door.ts';
import { openRunner, type Runner } from './runner.ts';

const BAD = new URL('../../test/fakes/engine-bad.ts', import.meta.url);
const system: Turn = { role: 'system', text: 'You are a helpful assistant.' };
const STORY = user('Write a long story about a lighthouse keeper and the sea.');
/** The engine knows weights by their hash: the same file under three of them is three models. */
const modelOf = (hash: string, more: Partial<Load> = {}): Load => ({
  ...{ file: needSmollm2(), sha256: hash as Load['sha256'], contextSize: 1024, threads: 1, gpu: 'off' },
  ...{ memory: 100, budget: 250, ...more },
});
const [A, B, C] = [SMOLLM2_SHA256, '4'.repeat(64), '5'.repeat(64)] as const;

const ask = (runner: Runner, load: Load, turns: readonly Turn[], options: Parameters<typeof answerOf>[2] = {}) =>
  answerOf(
    {
      model: 'one',
      generator: {
        generate: ({ model: _, ...request }, signal) => runner.generate({ ...request, load }, signal),
        measure: (_, given, signal) => runner.measure(load, given, signal),
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
const PATIENT = { timeout: 10_000 };
const hashes = async (runner: Runner) => (await runner.loaded()).map(({ sha256 }) => sha256).toSorted();

describe('several models', () => {
  let runner: Runner;
  beforeAll(() => void (runner = openRunner({ host: engineHost(), log: keptLog(), clock: wallClock })));
  afterAll(() => runner.close());

  test('a conversation that goes from one to another and back finds both as it left them', async () => {
    const session = 'a conversation';
    const question = user('What is the capital of France?');
    expect(await runner.loaded()).toEqual([]);
    const first = await ask(runner, modelOf(A), [question], { session });
    const second = await ask(runner, modelOf(B, { contextSize: 512 }), [question], { session });
    expect(second.start.reused).toBe(0);
    expect(second.start.contextSize).toBe(512);
    const pid = runner.pid;
    const turns = [question, assistant(first.text), user('And of Italy?')];
    const third = await ask(runner, modelOf(A), turns, { session });
    expect(third.start.reused).toBeGreaterThan(20);
    expect((await runner.warm(modelOf(B, { contextSize: 512 }))).ms).toBeLessThan(200);
    expect(await runner.loaded()).toEqual(
      [A, B].map((sha256): unknown => expect.objectContaining({ sha256, gpuLayers: 0 })),
    );
    expect(runner.pid).toBe(pid);
  });

  test('the least recently used rests when a third does not fit', async () => {
    await runner.warm(modelOf(B, { contextSize: 512 }));
    await runner.warm(modelOf(A));
    await runner.warm(modelOf(C, { contextSize: 512 }));
    expect(await hashes(runner)).toEqual([A, C].toSorted());
  });

  test('with a smaller budget those that are not needed rest at the next question', async () => {
    for (const hash of [A, C]) await runner.warm(modelOf(hash, { contextSize: 512 }));
    expect(await hashes(runner)).toEqual([A, C].toSorted());
    await runner.warm(modelOf(C, { contextSize: 512, budget: 150 }));
    await expect.poll(() => hashes(runner), PATIENT).toEqual([C]);
  });

  test('one that is larger than the whole budget is loaded alone', async () => {
    await runner.warm(modelOf(B, { contextSize: 512, memory: 9000 }));
    expect(await hashes(runner)).toEqual([B]);
  });

  test('the same weights with another context take their own place', async () => {
    await runner.warm(modelOf(A));
    const { contextSize } = await runner.warm(modelOf(A, { contextSize: 512 }));
    expect(contextSize).toBe(512);
    expect((await hashes(runner)).filter((hash) => hash === A)).toHaveLength(1);
  });

  test('a model that answers is waited for, and answers to the end', async () => {
    await runner.unload();
    const order: string[] = [];
    const alone = { memory: 100, budget: 150 };
    const long = ask(runner, modelOf(A, alone), [STORY], { session: 'a', maxTokens: 60 }).then((answer) => {
      order.push('first');
      return answer;
    });
    await expect.poll(() => hashes(runner), PATIENT).toEqual([A]);
    await sleep(100);
    const other = ask(runner, modelOf(B, alone), [user('Say hello.')], { session: 'b' }).then((answer) => {
      order.push('second');
      return answer;
    });
    expect((await long).end).toMatchObject({ reason: 'length', tokens: 60 });
    expect((await other).text).not.toBe('');
    expect(order).toEqual(['first', 'second']);
    expect(await hashes(runner)).toEqual([B]);
  });

  test('whoever gives up waiting for room leaves the one that answers where it is', async () => {
    await runner.unload();
    const alone = { memory: 100, budget: 150 };
    const long = ask(runner, modelOf(A, alone), [STORY], { session: 'a', maxTokens: 60 });
    await expect.poll(() => hashes(runner), PATIENT).toEqual([A]);
    const stop = new AbortController();
    const other = faultOf(runner.warm(modelOf(B, alone), stop.signal));
    await sleep(100);
    stop.abort();
    await other;
    expect((await long).end.tokens).toBe(60);
    expect((await ask(runner, modelOf(A, alone), [STORY], { session: 'a' })).start.reused).toBeGreaterThan(20);
    expect(await hashes(runner)).toEqual([A]);
  });

  test('two warm models answer at once', async () => {
    const both = [modelOf(A), modelOf(B)];
    for (const load of both) await runner.warm(load);
    const alone = (await ask(runner, both[0]!, [STORY], { session: 'x' })).text;
    const answers = await Promise.all(both.map((load) => ask(runner, load, [STORY], { session: 'y' })));
    expect(answers.map(({ text }) => text)).toEqual([alone, alone]);
    expect(await hashes(runner)).toEqual([A, B].toSorted());
  });

  test('a model gives its memory back when it is told to rest', async () => {
    for (const hash of [A, B]) await runner.warm(modelOf(hash));
    const before = await pss(runner.pid!);
    expect(await runner.rest(B as Load['sha256'])).toBe(true);
    expect(await runner.rest(B as Load['sha256'])).toBe(false);
    expect(await hashes(runner)).toEqual([A]);
    if (before === undefined) return;
    // Its caches and buffers: the pages of the file are shared with the other one.
    await expect.poll(() => pss(runner.pid!), PATIENT).toBeLessThan(before - 20e6);
  });

  test('timing a model costs no conversation its place', async () => {
    const turns = [user('What is the capital of France?')];
    for (const session of ['one', 'two']) await ask(runner, modelOf(A), turns, { session });
    const { prompt, decode } = await runner.speed(modelOf(A));
    expect(prompt).toBeGreaterThan(decode);
    for (const session of ['one', 'two'])
      expect((await ask(runner, modelOf(A), turns, { session })).start.evaluated).toBe(1);
  });
});

test('the same seed, settings and turns give the same answer in a new process, warm or cold, also after a long prompt', async () => {
  const sampling = { temperature: 0.9, topK: 50, topP: 0.95, minP: 0.02, repeatPenalty: 1.1, seed: 42, maxTokens: 24 };
  const long = user(`Go on with this story: ${'The keeper looked at the sea and thought of home. '.repeat(26)}`);
  const answers: string[][] = [];
  for (let process = 0; process < 2; process++) {
    const runner = openRunner({ host: engineHost(), log: keptLog(), clock: wallClock });
    try {
      const texts: string[] = [];
      for (const [turns, session] of [
        [[STORY], 'a'],
        [[STORY], 'a'],
        [[STORY], 'b'],
        [[long], 'a'],
        [[long], 'a'],
      ] as const)
        texts.push((await ask(runner, modelOf(A), turns, { session, ...sampling })).text);
      answers.push(texts);
    } finally {
      await runner.close();
    }
  }
  for (const texts of answers) {
    expect(new Set(texts.slice(0, 3)).size).toBe(1);
    expect(new Set(texts.slice(3)).size).toBe(1);
  }
  expect(answers[1]).toEqual(answers[0]);
});

test('a form that kills the engine is left alone after three deaths, and its model goes on without it', async () => {
  const host = engineHost(BAD, { TROUBLE: 'grammar-kills' });
  const runner = openRunner({ host, log: keptLog(), clock: wallClock });
  const format: GenerateRequest['format'] = { kind: 'grammar', gbnf: 'root ::= "yes" | "no"' };
  try {
    const within = () => faultOf(ask(runner, modelOf(A), [user('Is the sky blue?')], { format }));
    for (let i = 0; i < 2; i++) expect(isFault(await within(), 'engine-crashed')).toBe(true);
    expect(isFault(await within(), 'bad-grammar')).toBe(true);
    const started = host.children.length;
    expect(isFault(await within(), 'bad-grammar')).toBe(true);
    expect((await ask(runner, modelOf(A), [user('Say hello.')])).text).not.toBe('');
    // Not asked again: the process that was started to say so still runs.
    expect(host.children).toHaveLength(started);
  } finally {
    await runner.close();
  }
});

describe('a machine that sleeps in the middle of an answer', () => {
  /** With the engine's own patience in the long suite. */
  const long = process.env['DAIMON_LONG'] !== undefined;
  const [everyMs, patience, sleepMs] = long ? [5000, 6, 90_000] : [250, 4, 2500];

  test('with core and engine stopped goes on when it wakes', { timeout: 400_000 }, async () => {
    for (const first of ['core', 'engine'] as const) {
      const core = fork(
        fileURLToPath(new URL('../../test/fakes/asking.ts', import.meta.url)),
        [String(everyMs), String(patience)],
        { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
      );
      const gone = once(core, 'exit');
      const [{ pid }] = (await once(core, 'message')) as [{ pid: number }];
      const ended = once(core, 'message');
      process.kill(pid, 'SIGSTOP');
      process.kill(core.pid!, 'SIGSTOP');
      await sleep(sleepMs);
      const woken = first === 'core' ? [core.pid!, pid] : [pid, core.pid!];
      process.kill(woken[0]!, 'SIGCONT');
      await sleep(everyMs / 2);
      process.kill(woken[1]!, 'SIGCONT');
      expect((await ended)[0]).toEqual({ tokens: 60 });
      await gone;
    }
  });

  test(
    'with the engine alone stopped is a hang: it is ended, and the answer goes on',
    { timeout: 400_000 },
    async () => {
      const host = engineHost();
      const log = keptLog();
      const runner = openRunner({ host, log, clock: wallClock, pulse: { everyMs, patience } });
      try {
        let text = '';
        const request = { load: modelOf(A), session: 'a', temperature: 0, topK: 40, topP: 0.95, maxTokens: 120 };
        const reading = (async () => {
          for await (const piece of runner.generate(
            { ...request, turns: [system, STORY] },
            new AbortController().signal,
          ))
            if (piece.kind === 'token') {
              if (text === '') process.kill(runner.pid!, 'SIGSTOP');
              text += piece.text;
            }
        })();
        expect(isFault(await faultOf(reading), 'engine-crashed')).toBe(true);
        await expect.poll(() => host.children[0]!.signalCode).toBe('SIGKILL');
        expect(log.lines.map(({ event }) => event)).toContain('engine.hung');
        expect(text).not.toBe('');
        const rest = await ask(runner, modelOf(A), [STORY, assistant(text)], { continueAnswer: true });
        expect(rest.text).not.toBe('');
      } finally {
        await runner.close();
      }
    },
  );
});
