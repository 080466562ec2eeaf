/** The seal must stay what it was: a key keeps its drawing for ever. */
import { expect, test } from 'vitest';
import { sealDrawing } from './seal.ts';
import drawings from './fixtures/seals.json' with { type: 'json' };

test('200 keys have the drawings of the design, path for path', () => {
  expect(drawings).toHaveLength(200);
  for (const { key, ...drawing } of drawings) expect(sealDrawing(key)).toEqual(drawing);
});

test('upper case, a missing prefix and separators change nothing', () => {
  const { key, ...drawing } = drawings[0]!;
  expect(sealDrawing(key.toUpperCase())).toEqual(drawing);
  expect(sealDrawing(key.slice(2))).toEqual(drawing);
  expect(sealDrawing(key.replace(/(.{4})/g, '$1 '))).toEqual(drawing);
});

test('no seal has four arms, and every weave occurs', () => {
  const arms = new Set(drawings.map((one) => one.arms));
  expect([...arms].sort()).toEqual([3, 5, 6, 7, 8]);
});
