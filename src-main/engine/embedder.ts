/** Finding by meaning, for the rooms above: which model does it here, where it comes from, and vectors of texts. */
import type { Log, Store } from '../base/ports.ts';
import { Fault, isFault } from '../wire/index.ts';
import { EMBEDDER } from './catalogue.ts';
import { EMBEDDER_CARD, READS } from './embedder-card.ts';
import type { Fit } from './door.ts';
import { hostOf } from './fetch.ts';
import { gb } from './fit.ts';
import type { Kept, Models } from './models.ts';
import type { Embedder, Load, Runner } from './ports.ts';
import { takeShipped } from './shipped.ts';

export interface EmbedderNeeds {
  readonly store: Store;
  readonly log: Log;
  readonly models: Models;
  readonly folder: string;
  readonly runner: Pick<Runner, 'embed'>;
  /** Files that came with daimon, see `shipped.ts`. */
  readonly shipped: readonly string[];
  readonly machine: { fixed(): Promise<{ readonly threads: number }> };
  readonly gpu: () => 'auto' | 'off';
}

/** Beside its weights: buffers of a few contexts of 256 tokens (measured: 30 MB with three). */
const BUFFERS = 48 << 20;
const memoryOf = (size: number) => size + BUFFERS;

/** What `engine.models` says of a model that measures likeness: it writes nothing, so it has no speed of writing. */
export const fitOfEmbedder = (size: number): Fit => ({
  verdict: 'well',
  measured: false,
  memory: memoryOf(size),
  contextSize: READS,
  reason: `It finds by meaning, and takes ${gb(memoryOf(size))} while it works.`,
});

export type OpenEmbedder = ReturnType<typeof openEmbedder>;

export function openEmbedder(needs: EmbedderNeeds) {
  const { store, log, models, folder, runner, shipped, machine, gpu } = needs;
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of [...listeners]) listener();
  };
  const here = () => models.find(EMBEDDER.id);
  const isRemoved = () => store.get('SELECT 1 FROM engine_removed WHERE entry = ?', EMBEDDER.id) !== undefined;
  const take = (signal?: AbortSignal) => takeShipped({ files: shipped, models, folder }, signal);

  /** What came with daimon is taken into use at its first start, unless the person has removed it. */
  const ready = (async () => {
    if (here() || isRemoved() || !(await take())) return;
    log.info('engine.embedder-taken');
    changed();
  })().catch((error: unknown) => log.unexpected(error, 'engine.embedder'));

  const missing = () =>
    new Fault(
      'no-embedder',
      'The model that finds by meaning is not on this machine, so only words are looked for. Get it under Own; nothing is lost meanwhile.',
    );
  const load = async (signal?: AbortSignal): Promise<Load> => {
    await ready;
    if (!here()) throw missing();
    let kept: Kept;
    try {
      kept = await models.check(EMBEDDER.id, signal);
    } catch (error) {
      // Its file was tidied away from the models folder, and daimon still has its own.
      if (!isFault(error, 'model-missing') || !(await take(signal))) throw error;
      kept = await models.check(EMBEDDER.id, signal);
    }
    const { threads } = await machine.fixed();
    return {
      ...{ file: kept.path, sha256: kept.sha256, contextSize: READS, threads, gpu: gpu(), purpose: 'embed' },
      memory: memoryOf(kept.size),
      // It makes no other model rest.
      budget: Number.MAX_SAFE_INTEGER,
    };
  };

  const embedder: Embedder = {
    embedderNow() {
      const kept = here();
      return kept && { id: EMBEDDER.id, dimensions: kept.info.width };
    },
    async embed(texts, how, signal) {
      if (texts.length === 0) return [];
      return [...(await runner.embed(await load(signal), texts, how, signal))];
    },
    onEmbedder(listener) {
      // A function of its own: the same listener may be given twice.
      const mine = () => listener();
      listeners.add(mine);
      return () => void listeners.delete(mine);
    },
  };
  return {
    embedder,
    ready,
    /** Where `engine.fetch` looks before it connects to anyone. */
    take: async (id: string, signal: AbortSignal) => (id === EMBEDDER.id ? take(signal) : undefined),
    arrived(id: string) {
      if (id !== EMBEDDER.id) return;
      store.run('DELETE FROM engine_removed WHERE entry = ?', id);
      changed();
    },
    removed(id: string) {
      if (id !== EMBEDDER.id) return;
      store.run('INSERT OR IGNORE INTO engine_removed (entry) VALUES (?)', id);
      changed();
    },
    /** For `engine.embedder`. */
    state: async () => {
      await ready;
      return {
        ...{ id: EMBEDDER.id, name: EMBEDDER.name, here: here() !== undefined, size: EMBEDDER.pinned.size },
        fetched: EMBEDDER_CARD.wheel.size,
        host: hostOf(EMBEDDER.sources[0]!),
        ...{ licence: EMBEDDER.licence, dimensions: EMBEDDER_CARD.width },
      };
    },
  };
}
