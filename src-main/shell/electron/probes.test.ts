/** The engine's self-test of a GPU binding, over processes that main forks. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fakeElectron } from '../../../test/fakes/electron/index.ts';
import { forkOurs } from './children.ts';
import { entries } from './entries.ts';
import { serveProbes } from './probes.ts';

const PROBES = new URL('../../../test/fakes/electron/engine-that-probes.ts', import.meta.url);

test('a binding that works passes, one of another kind or none at all does not, and each process was thrown away', async () => {
  const world = fakeElectron();
  const options = { electron: world.electron, entries, env: process.env, dataFolder: '/nowhere' };
  const engine = world.electron.utilityProcess.fork(fileURLToPath(PROBES));
  serveProbes(engine, () => forkOurs(options, 'probe'));
  const answer = await new Promise((resolve) => {
    engine.on('message', (message: object) => 'cpu' in message && resolve(message));
    engine.once('exit', resolve);
  });
  expect(answer).toEqual({ cpu: true, asGpu: false, broken: false });
  expect(world.forked.map(({ options: { serviceName } }) => serviceName).slice(1)).toEqual(
    Array(3).fill('daimon probe'),
  );
  expect(world.forked.slice(1).map(({ pid }) => pid)).toEqual([undefined, undefined, undefined]);
  engine.kill();
  await new Promise((resolve) => engine.once('exit', resolve));
});
