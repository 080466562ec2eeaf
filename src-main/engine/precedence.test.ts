/** Answers first: work behind and scores wait for them, between two small parts of theirs. */
import { setImmediate as tick } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openEmbedding } from './embedding.ts';
import type { Loaded } from './pool.ts';
import { openPrecedence, type Rank } from './precedence.ts';
import type { Load } from './process-door.ts';
import { openVectors } from './vectors.ts';

const never = new AbortController().signal;
const load: Load = {
  ...{ file: '/none', sha256: 'a'.repeat(64) as Load['sha256'], contextSize: 256, threads: 1, gpu: 'off' },
  ...{ memory: 0, budget: 0, purpose: 'embed' },
};

test('whoever waits goes on when nothing above is under way, whatever comes and goes', async () => {
  const RANKS: readonly Rank[] = ['answer', 'score', 'behind'];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(2), fc.boolean()), { maxLength: 40 }), async (moves) => {
      const precedence = openPrecedence();
      const inside: { rank: number; leave: () => void }[] = [];
      let passed = 0;
      let waiters = 0;
      for (const [rank, enters] of moves) {
        if (enters) inside.push({ rank, leave: precedence.enter(RANKS[rank]!) });
        else if (inside.length > 0) inside.shift()!.leave();
        waiters++;
        void precedence.clear(RANKS[rank]!, never).then(() => passed++);
        if (!inside.some((one) => one.rank < rank)) {
          const before = passed;
          await tick();
          expect(passed).toBeGreaterThan(before);
        }
      }
      for (const { leave } of inside) leave();
      await tick();
      expect(passed).toBe(waiters);
    }),
    { seed: 3, numRuns: 200 },
  );
});

test('leaving twice counts once, and one that gives up waits no more', async () => {
  const precedence = openPrecedence();
  const [first, second] = [precedence.enter('answer'), precedence.enter('answer')];
  first();
  first();
  let through = false;
  const waiting = precedence.clear('score', never).then(() => (through = true));
  await tick();
  expect(through).toBe(false);
  const stop = new AbortController();
  const given = precedence.clear('behind', stop.signal).catch((error: unknown) => (error as Error).name);
  stop.abort();
  expect(await given).toBe('AbortError');
  second();
  await waiting;
});

describe('texts', () => {
  /** Contexts that say what they read, when they are told to. */
  function desk(threads: number) {
    const read: string[] = [];
    const held: (() => void)[] = [];
    let open = 0;
    let most = 0;
    let rests = 0;
    const vectors = openVectors({
      contextSize: 256,
      threads,
      weights: {
        openReader: async () => ({
          async read(text) {
            most = Math.max(most, ++open);
            if (text.startsWith('slow')) await new Promise<void>((go) => held.push(go));
            open--;
            read.push(text);
            return Float32Array.of(text.length);
          },
          dispose: async () => {},
        }),
      },
    });
    const precedence = openPrecedence();
    const embed = openEmbedding({
      precedence,
      restMs: 20,
      models: {
        use: (_load, _signal, work) => work({ vectors } as Loaded),
        rest: async () => (rests++, true),
      },
    });
    return { read, held, vectors, precedence, embed, most: () => most, rests: () => rests };
  }
  const settle = async () => {
    for (let i = 0; i < 10; i++) await tick();
  };

  test('behind wait between two of them while an answer is written', async () => {
    const it = desk(1);
    const reading = it.embed(load, ['slow 1', 'slow 2'], true, never);
    await settle();
    const leave = it.precedence.enter('answer');
    it.held.shift()!();
    await settle();
    expect(it.read).toEqual(['slow 1']);
    expect(it.held).toHaveLength(0);
    // A question's own vector does not wait, neither for the answer nor for texts behind.
    await it.embed(load, ['question'], false, never);
    expect(it.read).toEqual(['slow 1', 'question']);
    leave();
    await settle();
    it.held.shift()!();
    expect((await reading).map(([length]) => length)).toEqual([6, 6]);
  });

  test('behind are read beside each other, in several lanes, for all who ask; one lane is left', async () => {
    const it = desk(4);
    const texts = Array.from({ length: 7 }, (_, i) => `slow ${i}`);
    const all = Promise.all([it.embed(load, texts, true, never), it.embed(load, texts, true, never)]);
    for (let done = 0; done < 14; done++) {
      await settle();
      it.held.shift()!();
    }
    const [first, second] = await all;
    expect(first).toHaveLength(7);
    expect(second).toEqual(first);
    expect(it.most()).toBe(3);
  });

  test('that are aborted while an answer is written end at once', async () => {
    const it = desk(2);
    const leave = it.precedence.enter('answer');
    const stop = new AbortController();
    const reading = it.embed(load, ['one'], true, stop.signal).catch((error: unknown) => (error as Error).name);
    await settle();
    stop.abort();
    expect(await reading).toBe('AbortError');
    expect(it.read).toEqual([]);
    leave();
  });

  test('after which none came for a while let the weights rest', async () => {
    const it = desk(2);
    await it.embed(load, ['one'], false, never);
    await it.embed(load, ['two'], false, never);
    expect(it.rests()).toBe(0);
    await expect.poll(() => it.rests()).toBe(1);
  });
});
