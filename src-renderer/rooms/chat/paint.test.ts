/** What waits for the screen: first words at once, then not more often than the eye needs, and nothing lost. */
import { expect, test, vi } from 'vitest';
import { openPainter } from './paint.ts';

const tokens = async (every: number, count: number) => {
  const painted: { at: number; text: string }[] = [];
  const painter = openPainter({ paint: (text) => painted.push({ at: performance.now(), text }) });
  const began = performance.now();
  for (let i = 0; i < count; i++) {
    painter.add(`${i} `);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
  painter.flush();
  return { painted, began };
};

test('a hundred tokens a second are painted at most some twenty times, whole and in order', async () => {
  const { painted, began } = await tokens(10, 100);
  expect(painted.map(({ text }) => text).join('')).toBe(Array.from({ length: 100 }, (_, i) => `${i} `).join(''));
  const seconds = (painted.at(-1)!.at - began) / 1000;
  expect(painted.length / seconds).toBeLessThan(26);
  expect(painted.length).toBeGreaterThan(5);
  expect(painted[0]!.at - began).toBeLessThan(60);
});

test('words that come slowly are each painted with the next frame', async () => {
  const { painted } = await tokens(90, 6);
  expect(painted.map(({ text }) => text)).toEqual(['0 ', '1 ', '2 ', '3 ', '4 ', '5 ']);
});

test('what is dear to draw is drawn less often, and cheap again as soon as it is', () => {
  let time = 0;
  const waits: (() => void)[] = [];
  const frames: (() => void)[] = [];
  const painted: number[] = [];
  let cost = 16;
  const painter = openPainter({
    paint: () => {
      painted.push(time);
      time += cost;
    },
    request: (on) => frames.push(on),
    cancel: () => {},
    now: () => time,
    after: (on) => void waits.push(on),
  });
  const second = () => {
    const until = time + 1000;
    const before = painted.length;
    while (time < until) {
      painter.add('word ');
      for (const on of frames.splice(0)) on();
      for (const on of waits.splice(0)) on();
      time += 10;
      vi.advanceTimersByTime(10);
    }
    return painted.length - before;
  };
  vi.useFakeTimers();
  try {
    const dear = second();
    cost = 2;
    second();
    expect(dear).toBeLessThan(8);
    expect(second()).toBeGreaterThan(10);
  } finally {
    vi.useRealTimers();
  }
});

test('what is dropped never comes, and what is flushed comes once', async () => {
  const painted: string[] = [];
  const painter = openPainter({ paint: (text) => painted.push(text) });
  painter.add('a');
  painter.drop();
  painter.add('b');
  painter.flush();
  painter.add('c');
  painter.drop();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(painted).toEqual(['b']);
});
