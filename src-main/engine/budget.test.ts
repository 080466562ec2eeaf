/** Who rests: within the budget, the least recently used first, nobody without need. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toRest, type Warm } from './budget.ts';

const runs = { numRuns: process.env['DAIMON_LONG'] ? 20_000 : 1000, seed: 11 };
const models = fc
  .array(fc.record({ memory: fc.integer({ min: 0, max: 20 }), busy: fc.boolean() }), { maxLength: 6 })
  .chain((all) =>
    fc
      .shuffledSubarray([...all.keys()], { minLength: all.length })
      .map((used) => all.map((one, i): Warm => ({ ...one, key: `m${i}`, used: used[i]! }))),
  );
const sum = (all: readonly Warm[]) => all.reduce((total, { memory }) => total + memory, 0);
const asked = fc.tuple(models, fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 60 }));
const split = (warm: readonly Warm[], keys: readonly string[]) => ({
  rested: keys.map((key) => warm.find((one) => one.key === key)!),
  kept: warm.filter(({ key }) => !keys.includes(key)),
});

test('what stays and what comes fit together, or nothing stays that has a size', () => {
  fc.assert(
    fc.property(asked, ([warm, memory, budget]) => {
      const { kept, rested } = split(warm, toRest(warm, memory, budget));
      expect(new Set(rested).size + kept.length).toBe(warm.length);
      if (sum(kept) + memory > budget) expect(kept).toEqual([]);
    }),
    runs,
  );
});

test('none rests that could have stayed', () => {
  fc.assert(
    fc.property(asked, ([warm, memory, budget]) => {
      const { kept, rested } = split(warm, toRest(warm, memory, budget));
      for (const one of rested) expect(sum(kept) + one.memory + memory).toBeGreaterThan(budget);
    }),
    runs,
  );
});

test('one that answers rests only where all idle ones are not enough, and after them', () => {
  fc.assert(
    fc.property(asked, ([warm, memory, budget]) => {
      const { rested } = split(warm, toRest(warm, memory, budget));
      const busy = warm.filter((one) => one.busy);
      if (sum(busy) + memory <= budget) expect(rested.filter((one) => one.busy)).toEqual([]);
      const first = rested.findIndex((one) => one.busy);
      if (first >= 0) expect(rested.slice(first).every((one) => one.busy)).toBe(true);
    }),
    runs,
  );
});

test('of equal ones, those used longest ago rest', () => {
  fc.assert(
    fc.property(models, fc.integer({ min: 0, max: 40 }), (some, budget) => {
      const warm = some.map((one) => ({ ...one, memory: 7, busy: false }));
      const { kept, rested } = split(warm, toRest(warm, 7, budget));
      for (const gone of rested) for (const here of kept) expect(gone.used).toBeLessThan(here.used);
      expect(rested.map(({ used }) => used)).toEqual(rested.map(({ used }) => used).toSorted((a, b) => a - b));
    }),
    runs,
  );
});

test('a large one that makes room alone lets a small, older one stay', () => {
  const warm: Warm[] = [
    { key: 'small', memory: 1, used: 1, busy: false },
    { key: 'large', memory: 8, used: 2, busy: false },
  ];
  expect(toRest(warm, 9, 10)).toEqual(['large']);
  expect(toRest(warm, 10, 10)).toEqual(['small', 'large']);
  expect(toRest(warm, 1, 10)).toEqual([]);
  expect(toRest(warm, 50, 10)).toEqual(['small', 'large']);
});
