/** Who hangs and who only slept: the watch over the engine process. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchPulse } from './pulse.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch() {
  let clock = 0;
  let silent = 0;
  const world = { wanted: true, answers: true };
  const end = watchPulse({
    beat: () => (world.answers ? Promise.resolve() : new Promise(() => {})),
    wanted: () => world.wanted,
    onSilence: () => void silent++,
    ...{ everyMs: 1000, patience: 4, now: () => clock },
  });
  return {
    world,
    end,
    silent: () => silent,
    /** @param tookMs how long the clock says that a tick took */
    async ticks(count: number, tookMs = 1000) {
      for (let i = 0; i < count; i++) {
        clock += tookMs;
        await vi.advanceTimersByTimeAsync(1000);
      }
    },
  };
}

test('a process that answers is left alone for ever', async () => {
  const { ticks, silent } = watch();
  await ticks(100);
  expect(silent()).toBe(0);
});

test('one that is silent for `patience` beats is reported, once', async () => {
  const { ticks, silent, world } = watch();
  world.answers = false;
  // The first tick asks.
  await ticks(4);
  expect(silent()).toBe(0);
  await ticks(1);
  expect(silent()).toBe(1);
  await ticks(50);
  expect(silent()).toBe(1);
});

test('nobody is asked while nobody waits for it', async () => {
  const { ticks, silent, world } = watch();
  world.answers = false;
  world.wanted = false;
  await ticks(50);
  expect(silent()).toBe(0);
});

test('a watcher that slept begins its count anew, however long it slept', async () => {
  const { ticks, silent, world } = watch();
  world.answers = false;
  await ticks(4);
  await ticks(1, 90_000);
  expect(silent()).toBe(0);
  await ticks(3);
  expect(silent()).toBe(0);
  await ticks(1);
  expect(silent()).toBe(1);
});

test('ticks that come a little late are counted', async () => {
  const { ticks, silent, world } = watch();
  world.answers = false;
  await ticks(5, 1900);
  expect(silent()).toBe(1);
});

test('an end of the watch ends it', async () => {
  const { ticks, silent, world, end } = watch();
  world.answers = false;
  await ticks(3);
  end();
  await ticks(20);
  expect(silent()).toBe(0);
});
