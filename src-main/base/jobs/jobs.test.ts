/** Jobs: a model of their states walked at random, what outlives a restart, and what followers see. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settableClock } from '../../../test/fakes/clock.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../test/fakes/folder.ts';
import { keptLog } from '../../../test/fakes/log.ts';
import { Fault } from '../../wire/index.ts';
import type { Job } from '../door.ts';
import { idFactory } from '../id.ts';
import type { JobContext, JobSpec } from '../ports.ts';
import { openStore } from '../store/store.ts';
import { openJobs, type OpenJobs } from './jobs.ts';
import { rateMeter } from './rate.ts';

const never = new AbortController().signal;
const key = randomBytes(32);

async function setUp(folder: TemporaryFolder) {
  const clock = settableClock();
  const log = keptLog();
  const store = await openStore({ file: folder.file('daimon.db'), key, clock, log });
  return { clock, log, store, ...(await openJobs({ store, clock, log, ids: idFactory(clock) })) };
}

/** Work that a test moves step by step. */
function steered(extra: Partial<JobSpec<string>> = {}) {
  let context!: JobContext;
  const end = Promise.withResolvers<string>();
  const spec: JobSpec<string> = {
    kind: 'test.work',
    title: 'Work',
    run(given) {
      context = given;
      given.signal.addEventListener('abort', () => end.reject(given.signal.reason as Error), { once: true });
      return end.promise;
    },
    ...extra,
  };
  return {
    spec,
    context: () => context,
    finish: (value: string) => end.resolve(value),
    fail: (e: unknown) => end.reject(e),
  };
}
const tick = () => new Promise((resolve) => setImmediate(resolve));
const list = async (it: OpenJobs) => (await it.handlers['jobs.list']({}, never)) as Job[];

test('a job is followed from its first step to its end by everyone who looks', async () => {
  using folder = temporaryFolder();
  const it = await setUp(folder);
  const work = steered();
  const { id, result } = it.jobs.begin(work.spec);
  await tick();
  const seen: Job[][] = [[], []];
  const following = seen.map(async (mine) => {
    for await (const job of it.handlers['jobs.follow']({ id: id as Job['id'] }, never)) mine.push(job);
  });
  const leaver = it.handlers['jobs.follow']({ id: id as Job['id'] }, never)[Symbol.asyncIterator]();
  await leaver.next();
  await leaver.return!();
  for (let done = 0; done <= 10; done++) {
    work.context().progress({ done, total: 100, unit: 'bytes', note: 'half' });
    it.clock.advance(1000);
    await tick();
  }
  const [job] = await list(it);
  expect(job).toMatchObject({ state: 'running', done: 10, total: 100, unit: 'bytes', rate: 1, secondsLeft: 90 });
  work.finish('all');
  expect(await result).toBe('all');
  await Promise.all(following);
  for (const mine of seen) {
    expect(mine[0]).toMatchObject({ state: 'running', done: 0 });
    expect(mine.at(-1)).toMatchObject({ state: 'done', done: 10 });
    expect(mine.at(-1)).not.toHaveProperty('rate');
    expect(mine.length).toBe(13);
  }
  const after: Job[] = [];
  for await (const one of it.handlers['jobs.follow']({ id: id as Job['id'] }, never)) after.push(one);
  expect(after).toEqual([seen[0]!.at(-1)]);
  await it.close();
  await it.store.close();
});

test('a pause holds at the next checkpoint, a stop ends also a paused job', async () => {
  using folder = temporaryFolder();
  const it = await setUp(folder);
  const steps: number[] = [];
  const stepping: JobSpec<void> = {
    kind: 'test.steps',
    title: 'Steps',
    async run({ checkpoint }) {
      for (let step = 0; ; step++) {
        await checkpoint();
        steps.push(step);
        await tick();
      }
    },
  };
  const { id, result } = it.jobs.begin(stepping);
  await tick();
  await tick();
  expect(await it.handlers['jobs.pause']({ id: id as Job['id'] }, never)).toMatchObject({ state: 'paused' });
  await tick();
  const held = steps.length;
  for (let i = 0; i < 5; i++) await tick();
  expect(steps.length).toBe(held);
  expect(await it.handlers['jobs.resume']({ id: id as Job['id'] }, never)).toMatchObject({ state: 'running' });
  for (let i = 0; i < 5; i++) await tick();
  expect(steps.length).toBeGreaterThan(held);
  await it.handlers['jobs.pause']({ id: id as Job['id'] }, never);
  const stopped = await it.handlers['jobs.stop']({ id: id as Job['id'] }, never);
  expect(stopped).toMatchObject({ state: 'stopped', fault: { code: 'job-stopped' } });
  await expect(result).rejects.toMatchObject({ code: 'job-stopped' });
  expect(() => it.handlers['jobs.pause']({ id: id as Job['id'] }, never)).toThrowError(
    expect.objectContaining({ code: 'job-ended' }),
  );
  expect(() => it.handlers['jobs.pause']({ id: idFactory(it.clock)() }, never)).toThrowError(
    expect.objectContaining({ code: 'unknown-job' }),
  );
  await it.close();
  await it.store.close();
});

test('a failure keeps its fault; an unexpected one is in the log and says nothing of itself', async () => {
  using folder = temporaryFolder();
  const it = await setUp(folder);
  const fail = (error: unknown): JobSpec<never> => ({
    kind: 'test.fail',
    title: 'F',
    run: () => Promise.reject(error as Error),
  });
  const known = it.jobs.begin(fail(new Fault('no-room', 'No room.')));
  const unknown = it.jobs.begin(fail(new Error('a secret')));
  await expect(known.result).rejects.toMatchObject({ code: 'no-room' });
  await expect(unknown.result).rejects.toThrow('a secret');
  await it.idle();
  const jobs = await list(it);
  expect(jobs.map(({ fault }) => fault?.code)).toEqual(['internal', 'no-room']);
  expect(JSON.stringify(jobs)).not.toContain('a secret');
  expect(it.log.errors).toHaveLength(1);
  await it.close();
  await it.store.close();
});

test('what ran when daimon ended is interrupted, and may go on under the same id', async () => {
  using folder = temporaryFolder();
  const first = await setUp(folder);
  const { id } = first.jobs.begin(steered().spec);
  const paused = first.jobs.begin(steered().spec);
  await tick();
  await first.handlers['jobs.pause']({ id: paused.id as Job['id'] }, never);
  // As after a crash: nothing is closed in order.
  await first.store.close();
  const second = await setUp(folder);
  expect((await list(second)).map(({ id: one, state, fault }) => [one, state, fault?.code])).toEqual([
    [paused.id, 'stopped', 'interrupted'],
    [id, 'stopped', 'interrupted'],
  ]);
  const again = second.jobs.begin({ ...steered().spec, id });
  expect(again.id).toBe(id);
  expect((await list(second)).map(({ state }) => state)).toEqual(['stopped', 'running']);
  await second.close();
  expect((await list(second)).map(({ fault }) => fault?.code)).toEqual(['interrupted', 'interrupted']);
  expect(() => second.jobs.begin(steered().spec)).toThrowError(expect.objectContaining({ code: 'interrupted' }));
  await second.store.close();
});

test('progress reaches the disk twice a second at most, and its end at once', async () => {
  using folder = temporaryFolder();
  const it = await setUp(folder);
  const work = steered();
  it.jobs.begin(work.spec);
  await tick();
  const onDisk = () => it.store.get<{ done: number; state: string }>('select done, state from jobs')!;
  const seen = new Set<number>();
  for (let done = 1; done <= 100; done++) {
    it.clock.advance(50);
    work.context().progress({ done, unit: 'steps' });
    expect((await list(it))[0]!.done).toBe(done);
    seen.add(onDisk().done);
  }
  expect([...seen]).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  work.context().progress({ done: 103, unit: 'steps' });
  work.finish('x');
  await it.idle();
  expect(onDisk()).toEqual({ done: 103, state: 'done' });
  await it.close();
  await it.store.close();
});

test('a job whose progress cannot be saved goes on', async () => {
  using folder = temporaryFolder();
  const it = await setUp(folder);
  const work = steered();
  const { result } = it.jobs.begin(work.spec);
  await tick();
  await it.store.close();
  it.clock.advance(1000);
  work.context().progress({ done: 1, unit: 'steps' });
  work.finish('finished');
  expect(await result).toBe('finished');
  await it.idle();
  expect(it.log.errors.map(({ where }) => where)).toEqual(['jobs.save', 'jobs.save']);
  expect(() => it.jobs.begin(work.spec)).toThrowError(expect.objectContaining({ code: 'database-closed' }));
});

test('locking ends all but what may go on behind it', async () => {
  using folder = temporaryFolder();
  const it = await setUp(folder);
  const allowed = it.jobs.begin(steered({ behindLock: true }).spec);
  it.jobs.begin(steered().spec);
  await tick();
  await it.stopAll({ keepBehindLock: true });
  expect(it.allowedBehindLock().map(({ id }) => id)).toEqual([allowed.id]);
  let idle = false;
  void it.idle().then(() => (idle = true));
  await tick();
  expect(idle).toBe(false);
  await it.stopAll();
  await tick();
  expect(idle).toBe(true);
  await it.close();
  await it.store.close();
});

test('the rate is that of the last seconds', () => {
  const rate = rateMeter();
  for (let second = 0; second < 20; second++) rate.add(second * 10, second * 1000);
  expect(rate.perSecond()).toBe(10);
  for (let second = 0; second < 6; second++) rate.add(190 + second * 100, 20_000 + second * 1000);
  expect(rate.perSecond()).toBe(100);
  rate.add(0, 26_000);
  expect(rate.perSecond()).toBeUndefined();
});

/** What a job must be after each command, written down plainly. */
interface Model {
  state: 'running' | 'paused' | 'done' | 'failed' | 'stopped';
  done: number;
}
interface Real {
  it: Awaited<ReturnType<typeof setUp>>;
  work: ReturnType<typeof steered>;
  id: Job['id'];
}
type Step = fc.AsyncCommand<Model, Real>;
const active = ({ state }: Model) => state === 'running' || state === 'paused';
const command = (name: string, does: (model: Model, real: Real) => Promise<void>): Step => ({
  check: () => true,
  async run(model, real) {
    await does(model, real);
    await tick();
    const [job] = await list(real.it);
    expect({ state: job!.state, done: job!.done }, name).toEqual(model);
    expect(job!.endedAt !== undefined, name).toBe(!active(model));
  },
  toString: () => name,
});
const verb = (name: 'jobs.pause' | 'jobs.resume' | 'jobs.stop', next: Model['state']) =>
  command(name, async (model, { it, id }) => {
    const ask = async () => it.handlers[name]({ id }, never);
    if (active(model)) {
      model.state = next;
      expect(await ask()).toMatchObject(model);
    } else if (name === 'jobs.stop') expect(await ask()).toMatchObject(model);
    else await expect(ask()).rejects.toMatchObject({ code: 'job-ended' });
  });
const steps: fc.Arbitrary<Step>[] = [
  fc.constant(verb('jobs.pause', 'paused')),
  fc.constant(verb('jobs.resume', 'running')),
  fc.constant(verb('jobs.stop', 'stopped')),
  fc.nat(1000).map((done) =>
    command(`progress ${done}`, async (model, { it, work }) => {
      it.clock.advance(100);
      work.context().progress({ done, unit: 'steps' });
      if (active(model)) model.done = done;
    }),
  ),
  fc.constant(
    command('finish', async (model, { work }) => {
      work.finish('x');
      if (active(model)) model.state = 'done';
    }),
  ),
  fc.constant(
    command('fail', async (model, { work }) => {
      work.fail(new Fault('no', 'No.'));
      if (active(model)) model.state = 'failed';
    }),
  ),
];

test('any walk of verbs, steps and ends leaves the state that the model says', async () => {
  const runs = process.env['DAIMON_LONG'] ? 5_000 : 150;
  using folder = temporaryFolder();
  const it = await setUp(folder);
  await fc.assert(
    fc.asyncProperty(fc.commands(steps, { maxCommands: 15 }), async (commands) => {
      const work = steered();
      const { id } = it.jobs.begin(work.spec);
      await tick();
      await fc.asyncModelRun(
        () => ({ model: { state: 'running', done: 0 } as Model, real: { it, work, id: id as Job['id'] } }),
        commands,
      );
      work.finish('end');
      await it.stopAll();
      // The database says the same as the memory did.
      expect(it.store.get('select count(*) as n from jobs where ended_at is null')).toEqual({ n: 0 });
    }),
    { numRuns: runs, seed: 7, endOnFailure: true },
  );
  await it.close();
  await it.store.close();
}, 600_000);
