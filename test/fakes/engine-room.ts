/** The engine's room over the real store, jobs and dialler, with a fake engine process. */
import { randomBytes } from 'node:crypto';
import { openDial } from '../../src-main/base/dial/dial.ts';
import { idFactory } from '../../src-main/base/id.ts';
import { openJobs } from '../../src-main/base/jobs/jobs.ts';
import { openStore } from '../../src-main/base/store/store.ts';
import { openEngine, type EngineOptions, type EngineSettings } from '../../src-main/engine/engine.ts';
import type { Runner } from '../../src-main/engine/ports.ts';
import { settableClock } from './clock.ts';
import { temporaryFolder } from './folder.ts';
import { keptLog } from './log.ts';
import { fakeRunner } from './runner.ts';
import { testCertificate } from './servers.ts';

export async function engineRoom({
  fetching,
  machine = { measure: async () => 20e9 },
  runner = fakeRunner(),
  shipped = [],
}: Pick<EngineOptions, 'fetching' | 'machine' | 'shipped'> & { readonly runner?: Runner } = {}) {
  const folder = temporaryFolder();
  const clock = settableClock();
  const log = keptLog();
  const key = randomBytes(32);
  let values: ReturnType<EngineSettings['get']> = {
    ...{ gpu: 'auto', contextSize: 'auto', model: null, memoryBudget: 'auto' },
  };
  let cut = false;
  const settings = {
    get: () => values,
    set: (change: Partial<typeof values>) => void (values = { ...values, ...change }),
  };
  const open = async () => {
    const store = await openStore({ file: folder.file('daimon.db'), key, clock, log });
    const jobs = await openJobs({ store, clock, log, ids: idFactory(clock) });
    const dialler = await openDial({
      ...{ store, clock, log, env: {}, ca: testCertificate, allowLoopback: true },
      settings: { cut: () => cut, setCut: (on) => void (cut = on) },
    });
    const engine = await openEngine({
      ...{ store, jobs: jobs.jobs, dial: dialler.dial, clock, log, dataFolder: folder.path, runner, settings },
      ...{ machine, shipped, home: folder.file('home') },
      fetching: { patience: 1, ...fetching },
    });
    return { store, jobs, dialler, engine };
  };
  let rooms = await open();
  const close = async () => {
    await rooms.engine.close();
    await rooms.jobs.close();
    await rooms.dialler.close();
    await rooms.store.close();
  };
  return {
    folder,
    settings,
    clock,
    log,
    runner,
    get engine() {
      return rooms.engine;
    },
    get jobs() {
      return rooms.jobs;
    },
    get dialler() {
      return rooms.dialler;
    },
    setCut: (on: boolean) => void (cut = on),
    /** Closes everything and opens it again on the same folder. */
    async restart() {
      await close();
      rooms = await open();
    },
    async [Symbol.asyncDispose]() {
      await close();
      folder[Symbol.dispose]();
    },
  };
}
export type EngineRoom = Awaited<ReturnType<typeof engineRoom>>;
