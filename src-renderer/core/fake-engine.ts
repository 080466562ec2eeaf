/** The scripted core's models: its catalogue, fetches that begin, models that come, go and are timed. */
import type { engineDoor, Model } from '../../src-main/engine/door.ts';
import { Fault, type Handlers } from '../../src-main/wire/index.ts';
import { entry, fakeId, model as modelOf, type World } from './fake-world.ts';

interface Needs {
  readonly world: World;
  readonly change: (edit: (world: World) => void) => void;
}

/** Fetched as any model of the catalogue is, and not one of it. */
const embedder = entry({ id: 'all-minilm-l6-v2-q8_0', name: 'MiniLM L6', size: 83_506_384 });

/** @param needs the world is changed in place, through `change` */
export function fakeEngine({ world, change }: Needs): Handlers<typeof engineDoor> {
  const turnModel = (id: string, to: { [K in keyof Model]?: Model[K] | undefined }) =>
    change(() => {
      world.models = world.models.map((one) => (one.id === id ? ({ ...one, ...to } as Model) : one));
    });
  return {
    'engine.hardware': () => ({
      memory: world.memory,
      freeMemory: world.memory / 2,
      physicalCores: 4,
      threads: 4,
      memoryRate: 20e9,
      gpu: { found: null, backend: 'cpu' },
    }),
    'engine.embedder': () => ({
      id: 'all-minilm-l6-v2-q8_0',
      name: 'MiniLM L6',
      here: world.embedder ?? true,
      size: 25_000_000,
      fetched: 83_506_384,
      host: 'Python package index',
      licence: 'Apache-2.0',
      dimensions: 384,
    }),
    'engine.catalogue': () => world.catalogue,
    async *'engine.fetch'({ id }, signal) {
      const wanted = [...world.catalogue, embedder].find((one) => one.id === id);
      if (!wanted) throw new Fault('unknown-model', 'The catalogue has no such model; look at it again.');
      if (world.settings.cut)
        throw new Fault('dial-cut', 'Every connection to the outside is cut. Nothing was fetched; allow them first.');
      const mine = fakeId(600 + world.jobs.length);
      change(() => {
        world.jobs = [
          {
            id: mine,
            kind: 'engine.fetch',
            title: `Fetching ${wanted.name}`,
            state: 'running',
            done: 0,
            total: wanted.size ?? wanted.estimate,
            unit: 'bytes',
            rate: 5e6,
            secondsLeft: (wanted.size ?? wanted.estimate) / 5e6,
            startedAt: Date.now(),
          },
          ...world.jobs,
        ];
      });
      yield {
        kind: 'bytes',
        job: mine,
        bytes: 0,
        total: wanted.size ?? wanted.estimate,
        source: wanted.sources[0]!.host,
      };
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
    'engine.found': () => world.found,
    'engine.import': ({ path }) => {
      if (!path.endsWith('.gguf'))
        throw new Fault('not-a-gguf', 'That file is not a GGUF model. It was left as it is; choose another file.');
      const taken = modelOf({ id: 'sha256:0123456789abcdef', name: path.split('/').pop()!, linked: path });
      change(() => (world.models = [...world.models, taken]));
      return taken;
    },
    'engine.models': () => world.models,
    'engine.remove': ({ id }) => {
      const gone = world.models.find((one) => one.id === id);
      change(() => (world.models = world.models.filter((one) => one.id !== id)));
      return { freed: gone?.size ?? 0 };
    },
    'engine.speed': ({ id }) => {
      const timed = { prompt: 549, decode: 28, at: Date.now() };
      turnModel(id, { timed });
      return timed;
    },
    'engine.rest': ({ id }) => {
      turnModel(id, { warm: false, gpuLayers: undefined });
      return { rested: true };
    },
    'engine.warm': ({ id }) => {
      turnModel(id, { warm: true, gpuLayers: 0 });
      return { ms: 300, device: 'cpu' };
    },
  };
}
