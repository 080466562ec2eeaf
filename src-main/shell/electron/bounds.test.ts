/** Where the window stands: remembered, always on a screen, never anything else in the file. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fit, readStanding, SMALLEST, writeStanding } from './bounds.ts';

const runs = process.env['DAIMON_LONG'] ? 10_000 : 1000;
const screen = { x: 0, y: 0, width: 1920, height: 1080 };
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'daimon-bounds-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('what was written is read again, by the owner alone', async () => {
  const standing = { x: 10, y: 20, width: 900, height: 700, maximized: true };
  await writeStanding(folder, standing);
  expect(readStanding(folder)).toEqual(standing);
  expect(JSON.parse(readFileSync(join(folder, 'window.json'), 'utf8'))).toEqual(standing);
  if (process.platform !== 'win32') expect(statSync(join(folder, 'window.json')).mode & 0o777).toBe(0o600);
});

test.each(['', '{', '[]', '{"x":1}', '{"x":1e99,"y":0,"width":1,"height":1,"maximized":false}', '"x"'])(
  'a file that says %j is as good as none',
  (text) => {
    writeFileSync(join(folder, 'window.json'), text);
    expect(readStanding(folder)).toBeUndefined();
  },
);

test('the first window stands in the middle, and one that fits stays where it was', () => {
  expect(fit(undefined, [screen])).toEqual({ x: 360, y: 140, width: 1200, height: 800 });
  expect(fit({ x: 5, y: 6, width: 700, height: 600 }, [screen])).toEqual({ x: 5, y: 6, width: 700, height: 600 });
});

test('a window of a screen that is gone comes to the first', () => {
  const second = { x: 1920, y: 0, width: 1280, height: 800 };
  const was = { x: 2000, y: 50, width: 800, height: 600 };
  expect(fit(was, [screen, second])).toEqual(was);
  expect(fit(was, [screen])).toEqual({ x: 560, y: 240, width: 800, height: 600 });
});

test('wherever it was and whatever screens there are, its title bar can be reached', () => {
  const at = fc.integer({ min: -5000, max: 5000 });
  const size = fc.integer({ min: 0, max: 6000 });
  const large = fc.integer({ min: 640, max: 5000 });
  const rectangle = fc.record({ x: at, y: at, width: size, height: size });
  const area = fc.record({ x: at, y: at, width: large, height: large });
  fc.assert(
    fc.property(
      fc.option(rectangle, { nil: undefined }),
      fc.array(area, { minLength: 1, maxLength: 3 }),
      (was, areas) => {
        const now = fit(was, areas);
        expect(now.width).toBeGreaterThanOrEqual(SMALLEST.width);
        expect(now.height).toBeGreaterThanOrEqual(SMALLEST.height);
        const reached = areas.some(
          (one) =>
            now.y >= one.y &&
            now.y <= one.y + one.height - 100 &&
            Math.min(now.x + now.width, one.x + one.width) - Math.max(now.x, one.x) >= 100,
        );
        expect(reached).toBe(true);
      },
    ),
    { seed: 45, numRuns: runs },
  );
});

test('a folder that is gone is no reason to say anything', async () => {
  await writeStanding(join(folder, 'gone'), { ...screen, maximized: false });
});
