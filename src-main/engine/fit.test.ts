/** The fit: more memory is never worse, a bigger model never faster, and each verdict says why. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CATALOGUE, catalogueEntry, type Entry } from './catalogue.ts';
import type { Fit } from './door.ts';
import { contextFor, estimateSpeed, fitOf, memoryFor, type Machine, type Needs } from './fit.ts';
import { recommend } from './recommend.ts';

const GB = 1e9;
const needs = fc.record<Needs>({
  weights: fc.integer({ min: 50e6, max: 50e9 }),
  bytesPerToken: fc.integer({ min: 50e6, max: 50e9 }),
  contextBytes: fc.integer({ min: 2048, max: 1 << 20 }),
  trainedContext: fc.constantFrom(512, 2048, 4096, 8192, 32_768, 131_072),
  vocabulary: fc.integer({ min: 32, max: 300_000 }),
  width: fc.integer({ min: 64, max: 16_384 }),
});
const machine = fc
  .record({
    memory: fc.integer({ min: 1 * GB, max: 128 * GB }),
    share: fc.double({ min: 0.05, max: 1, noNaN: true }),
    memoryRate: fc.option(fc.integer({ min: 1 * GB, max: 400 * GB }), { nil: undefined }),
    gpuMemory: fc.option(fc.integer({ min: 1 * GB, max: 48 * GB }), { nil: undefined }),
  })
  .map(({ share, ...rest }): Machine => ({ ...rest, freeMemory: rest.memory * share }));
const chosen = fc.oneof(fc.constant('auto' as const), fc.constantFrom(512, 4096, 65_536));
const rank = { well: 2, slowly: 1, 'too-big': 0 };
const runs = { numRuns: process.env['DAIMON_LONG'] ? 20_000 : 1000, seed: 7 };

test('more memory never makes a verdict worse', () => {
  fc.assert(
    fc.property(needs, machine, chosen, fc.integer({ min: 0, max: 64 * GB }), (model, now, context, more) => {
      const later = { ...now, memory: now.memory + more, freeMemory: now.freeMemory + more };
      expect(rank[fitOf(model, later, context).verdict]).toBeGreaterThanOrEqual(
        rank[fitOf(model, now, context).verdict],
      );
    }),
    runs,
  );
});

test('a bigger model is never faster', () => {
  fc.assert(
    fc.property(needs, machine, fc.integer({ min: 0, max: 50e9 }), (model, now, more) => {
      const bigger = { ...model, weights: model.weights + more, bytesPerToken: model.bytesPerToken + more };
      expect(estimateSpeed(bigger, now)).toBeLessThanOrEqual(estimateSpeed(model, now) * (1 + 1e-12));
    }),
    runs,
  );
});

test('a larger context never needs less, and none is larger than what the model was trained for', () => {
  fc.assert(
    fc.property(needs, machine, chosen, (model, now, context) => {
      const size = contextFor(model, now.memory, context);
      expect(size).toBeGreaterThan(0);
      expect(size).toBeLessThanOrEqual(model.trainedContext);
      expect(memoryFor(model, size + 1)).toBeGreaterThan(memoryFor(model, size));
    }),
    runs,
  );
});

test('what was measured is shown as measured, and decides', () => {
  const { needs: model } = catalogueEntry('qwen3-4b-instruct-2507-q4_k_m') as Entry;
  const laptop = { memory: 16 * GB, freeMemory: 12 * GB, memoryRate: 40 * GB };
  const fit = fitOf(model, laptop);
  expect(fit).toMatchObject({ verdict: 'well', measured: false });
  expect(fit.reason).toContain('estimated');
  expect(fitOf(model, laptop, 'auto', 3.21)).toMatchObject({ verdict: 'slowly', measured: true, speed: 3.21 });
  expect(fitOf(model, laptop, 'auto', 3.21).reason).toContain('wrote 3.2 tokens a second here');
});

test('a model that fits only when other programs are closed says so', () => {
  const { needs: model } = catalogueEntry('qwen3-8b-q4_k_m') as Entry;
  const busy = fitOf(model, { memory: 16 * GB, freeMemory: 2 * GB, memoryRate: 60 * GB });
  expect(busy).toMatchObject({ verdict: 'slowly' });
  expect(busy.reason).toMatch(/only 2\.0 GB is free now: close other programs first/);
  const small = fitOf(model, { memory: 4 * GB, freeMemory: 3 * GB, memoryRate: 60 * GB });
  expect(small).toMatchObject({ verdict: 'too-big' });
  expect(small.reason).toMatch(/this machine has 4\.0 GB in all/);
});

test('without a measurement no speed is shown', () => {
  const { needs: model } = catalogueEntry('smollm2-135m-instruct-q4_1') as Entry;
  const fit = fitOf(model, { memory: 8 * GB, freeMemory: 6 * GB });
  expect(fit.speed).toBeUndefined();
  expect(fit.reason).toContain('not known yet');
});

const recommended = (now: Machine): Entry => {
  const fits = new Map<string, Fit>(CATALOGUE.map((entry) => [entry.id, fitOf(entry.needs, now)]));
  return recommend(fits, now.memory);
};

test('an 8 GB machine is recommended 1.5 to 4 billion parameters, whatever its speed', () => {
  for (const memory of [7.6 * GB, 8 * GB, 8 * 2 ** 30])
    for (const memoryRate of [undefined, 5 * GB, 12 * GB, 30 * GB, 60 * GB]) {
      const { parameters, free } = recommended({ memory, freeMemory: memory * 0.7, memoryRate });
      expect(parameters).toBeGreaterThanOrEqual(1.5e9);
      expect(parameters).toBeLessThanOrEqual(4.1e9);
      expect(free).toBe(true);
    }
});

test('larger machines are recommended larger models, and the warm-up model never', () => {
  const sizes = [4, 8, 16, 32, 64].map(
    (memory) => recommended({ memory: memory * GB, freeMemory: memory * 0.8 * GB, memoryRate: 400 * GB }).parameters,
  );
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  expect(new Set(sizes).size).toBeGreaterThanOrEqual(4);
  fc.assert(
    fc.property(machine, (now) => {
      const best = recommended(now);
      expect(best.warmUp).toBe(false);
      expect(['Apache-2.0', 'MIT']).toContain(best.licence);
    }),
    { numRuns: 200, seed: 7 },
  );
});

test('the catalogue spans 135M to 70B, ids are unique, and only measured files have a size and a hash', () => {
  expect(new Set(CATALOGUE.map(({ id }) => id)).size).toBe(CATALOGUE.length);
  const parameters = CATALOGUE.map((entry) => entry.parameters);
  expect(parameters).toEqual([...parameters].sort((a, b) => a - b));
  expect(Math.min(...parameters)).toBeLessThan(140e6);
  expect(Math.max(...parameters)).toBeGreaterThan(70e9);
  for (const entry of CATALOGUE) {
    expect(entry.sources.length).toBeGreaterThan(0);
    // The wheel is the one thing that was measured.
    expect(entry.pinned !== undefined).toBe(entry.sources.some(({ kind }) => kind === 'pip'));
    expect(entry.warmUp).toBe(entry.id === 'smollm2-135m-instruct-q4_1');
  }
});
