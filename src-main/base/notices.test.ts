/** Long work that ends is told of; short work, and what the person ended, is not. */
import { expect, test } from 'vitest';
import { Fault } from '../wire/index.ts';
import { settableClock } from '../../test/fakes/clock.ts';
import type { Notice } from './host.ts';
import { tellingAnswer, tellingJobs } from './notices.ts';
import type { Jobs } from './ports.ts';

function world() {
  const told: Notice[] = [];
  const clock = settableClock();
  const host = { notify: (notice: Notice) => told.push(notice) > 0 };
  /** Jobs whose end the test decides. */
  const jobs: Jobs = { begin: (spec) => ({ id: 'x', result: spec.run(undefined as never) }) };
  return { told, clock, needs: { host, clock }, jobs };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

test.each([
  [19_999, undefined, []],
  [20_000, undefined, [{ text: 'Work that took a while is done.', place: 'own/models' }]],
  [20_000, 'dial-failed', [{ text: 'Work that took a while has ended before it was done.', place: 'own/models' }]],
  [3_600_000, 'job-stopped', []],
  [3_600_000, 'interrupted', []],
])('a job of %i ms that ends with %s', async (ms, code, expected) => {
  const { told, clock, needs, jobs } = world();
  const end = Promise.withResolvers<void>();
  const { result } = tellingJobs(jobs, () => 'own/models', needs).begin({
    kind: 'engine.fetch',
    title: 'The secret model of Wren',
    run: () => end.promise,
  });
  result.catch(() => {});
  clock.advance(ms);
  if (code) end.reject(new Fault(code, 'It ended.'));
  else end.resolve();
  await settle();
  expect(told).toEqual(expected);
});

test('an answer is told of by its place alone, and only when it was long and came to its end', async () => {
  for (const [ms, leave, expected] of [
    [20_000, false, [{ text: 'An answer is ready.', place: 'chat/A' }]],
    [19_999, false, []],
    [60_000, true, []],
  ] as const) {
    const { told, clock, needs } = world();
    const pieces = (async function* () {
      yield 'I am';
      clock.advance(ms);
      yield 'Wren';
    })();
    for await (const piece of tellingAnswer(pieces, 'chat/A', needs)) if (leave && piece === 'Wren') break;
    expect(told).toEqual(expected);
  }
});
