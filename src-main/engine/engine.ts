/** The engine's room: this machine, the catalogue, the models that are here, and answers from them. */
import { readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Dial, Jobs, Log, Store } from '../base/ports.ts';
import { Fault, type Handlers } from '../wire/index.ts';
import { openArrivals } from './arrivals.ts';
import { CATALOGUE, catalogueEntry } from './catalogue.ts';
import type { CatalogueEntry, engineDoor, Model } from './door.ts';
import { fitOfEmbedder, openEmbedder } from './embedder.ts';
import { hostOf, SCRATCH, type FetchSettings } from './fetch.ts';
import { openFetches } from './fetching.ts';
import { budgetFor, contextFor, fitOf, residentFor } from './fit.ts';
import { findModels, keeperOf } from './found.ts';
import { openMachine, type MachineNeeds, type Timing, type View } from './machine.ts';
import { modelsFolder, needsOf, openModels, type Kept } from './models.ts';
import type { Embedder, GenerateRequest, Generator, Load, Piece, Runner, Scorer } from './ports.ts';
import { recommend } from './recommend.ts';
import { migrations } from './schema.ts';
import { shippedFiles } from './shipped.ts';

export { hardwareHandler } from './hardware.ts';

export interface EngineSettings {
  get(): {
    readonly gpu: 'auto' | 'off';
    readonly contextSize: number | 'auto';
    readonly model: string | null;
    readonly memoryBudget: number | 'auto';
  };
  set(change: { readonly model: string | null }): unknown;
}
export interface EngineOptions {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly dial: Dial;
  readonly clock: Clock;
  readonly log: Log;
  readonly dataFolder: string;
  readonly runner: Runner;
  readonly settings: EngineSettings;
  /** What tests replace. */
  readonly fetching?: FetchSettings;
  readonly machine?: Pick<MachineNeeds, 'system' | 'measure'>;
  /** Whose folders are searched for models of other programs. */
  readonly home?: string;
  /** Files of the model that finds by meaning which came with daimon. */
  readonly shipped?: readonly string[];
}
export interface Engine extends Generator, Embedder, Scorer {
  readonly handlers: Handlers<typeof engineDoor>;
  /** Model of new conversations. @throws `no-model`, with how to get one */
  defaultModel(): string;
  hasModel(id: string): boolean;
  /** Whether a model only stands in until a better one has arrived. */
  warmUp(id: string): boolean;
  /** The name that people know a model by; the id of one that is not here. */
  modelName(id: string): string;
  /** Loads the default model in the background, so that the first answer does not wait. */
  warmDefault(): void;
  /** daimon is locked: the weights' memory is given back. */
  rest(): void;
  close(): Promise<void>;
}

/** How long a list of models waits for the engine process to say what is loaded. */
const ANSWER_MS = 300;
const isWarmUp = (id: string) => catalogueEntry(id)?.warmUp ?? false;

/** Opens the room; nothing is loaded, measured or fetched before it is asked for, but the memory rate. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { store, jobs, dial, clock, log, dataFolder, runner, settings, fetching = {} } = options;
  await store.migrate('engine', migrations);
  const folder = modelsFolder(dataFolder);
  await sweep(folder);
  const models = openModels({ store, clock, folder });
  const machine = openMachine({ store, clock, settings: () => settings.get(), ...options.machine });
  const closing = new AbortController();

  const fit = (needs: Parameters<typeof fitOf>[0], view: View, sha256?: string) =>
    fitOf(needs, view, settings.get().contextSize, sha256 === undefined ? undefined : view.speed(sha256));

  /** What was loaded when the engine last said so. */
  let loaded: Awaited<ReturnType<Runner['loaded']>> = [];
  const toModel = (kept: Kept, view: View): Model => {
    const { info } = kept;
    const entry = catalogueEntry(kept.id);
    const licence = info.licence ?? entry?.licence;
    const warm = loaded.find(({ sha256 }) => sha256 === kept.sha256);
    const timed = view.timed(kept.sha256);
    return {
      id: kept.id,
      sha256: kept.sha256,
      name: entry?.name ?? info.name,
      size: kept.size,
      architecture: info.architecture,
      quantisation: info.quantisation,
      ...(licence !== undefined && { licence }),
      trainedContext: info.trainedContext,
      parameters: info.parameters,
      ...(kept.keeper !== undefined && { linked: kept.keeper }),
      warmUp: entry?.warmUp ?? false,
      chat: info.purpose === 'chat' && info.template,
      purpose: info.purpose,
      warm: warm !== undefined,
      layers: info.blocks,
      // llama.cpp counts the output among the layers.
      ...(warm && { gpuLayers: Math.min(warm.gpuLayers, info.blocks) }),
      ...(timed && { timed }),
      fit: info.purpose === 'embed' ? fitOfEmbedder(kept.size) : fit(needsOf(info), view, kept.sha256),
    };
  };
  const { embedder, ...meaning } = openEmbedder({
    ...{ store, log, models, folder, runner, machine },
    shipped: options.shipped ?? shippedFiles(),
    gpu: () => settings.get().gpu,
  });

  /** daimon is locked: a fetch may go on, but nothing takes memory. */
  let resting = false;
  const arrivals = openArrivals({
    store,
    settings,
    here: (id) => (models.find(id) ? { warmUp: isWarmUp(id) } : undefined),
  });
  const arrived = async (kept: Kept) => {
    const { id, info } = kept;
    const tooBig = fit(needsOf(info), await machine.view(), kept.sha256).verdict === 'too-big';
    log.info('engine.model-arrived');
    meaning.arrived(id);
    const talks = info.purpose === 'chat';
    // So that the first question to it does not wait.
    if (arrivals.arrived({ id, warmUp: isWarmUp(id), talks, chat: info.template, tooBig }) && !resting) warmSoon(id);
  };
  const follow = openFetches({ jobs, dial, models, folder, settings: fetching, shipped: meaning.take, arrived });

  /** The chosen model while it is here, else the first that can talk. */
  const preferred = (): string | null => {
    const { model } = settings.get();
    if (model !== null && models.find(model)) return model;
    return models.list().find(({ info }) => info.purpose === 'chat')?.id ?? null;
  };

  /** A model's file, checked just now, with how to load it. */
  const load = async (id: string, signal?: AbortSignal): Promise<Load> => {
    const kept = await models.check(id, signal);
    if (kept.info.purpose !== 'chat')
      throw new Fault('no-model', 'This model only measures likeness and cannot talk. Choose another one.');
    const { threads, memory } = await machine.fixed();
    const { gpu, contextSize: chosen, memoryBudget } = settings.get();
    const needs = needsOf(kept.info);
    const contextSize = contextFor(needs, memory, chosen);
    return {
      file: kept.path,
      sha256: kept.sha256,
      contextSize,
      threads,
      gpu,
      memory: residentFor(needs, contextSize),
      budget: budgetFor(memory, memoryBudget),
    };
  };

  /** Answers that are being written, by any model. */
  let writing = 0;
  /** Ends the timing that is under way. */
  let timing: AbortController | undefined;
  const busy = () =>
    new Fault(
      'engine-busy',
      'A model is answering or being timed, and timing beside it would measure wrongly. Time it when the other has ended.',
    );
  const speed = async (id: string, signal: AbortSignal): Promise<Timing> => {
    if (writing > 0 || timing) throw busy();
    const mine = (timing = new AbortController());
    try {
      const checked = await load(id, signal);
      const both = AbortSignal.any([signal, mine.signal, closing.signal]);
      const found = await runner.speed(checked, both);
      mine.signal.throwIfAborted();
      return await machine.time(checked.sha256, found);
    } catch (error) {
      throw mine.signal.aborted && !signal.aborted ? busy() : error;
    } finally {
      timing = undefined;
    }
  };

  const warmSoon = (id: string) => {
    load(id, closing.signal)
      .then((checked) => runner.warm(checked, closing.signal))
      // The first question says what is wrong, to the person who asks it.
      .catch(() => log.info('engine.not-warmed'));
  };
  /** Asks what is loaded; a list of models does not wait for an engine that is busy. */
  const askLoaded = async () => {
    const asked = runner.loaded().then(
      (now) => (loaded = now),
      () => (loaded = []),
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, ANSWER_MS)));
    await Promise.race([asked, late]).finally(() => clearTimeout(timer));
  };

  async function* generate({ model, ...request }: GenerateRequest, signal: AbortSignal): AsyncGenerator<Piece> {
    // A person's question does not wait for a timing, which it would spoil anyway.
    timing?.abort();
    writing++;
    try {
      const checked = await load(model, signal);
      for await (const piece of runner.generate({ ...request, load: checked }, signal)) {
        if (piece.kind === 'end' && !request.unrecorded)
          void machine.note(checked.sha256, piece.tokensPerSecond, piece.tokens).catch((error: unknown) => {
            log.unexpected(error, 'engine.note-speed');
          });
        yield piece;
      }
    } finally {
      writing--;
    }
  }

  const handlers: Handlers<typeof engineDoor> = {
    'engine.hardware': async () => (await machine.view()).hardware,

    async 'engine.catalogue'() {
      const view = await machine.view();
      const here = new Map(models.list().map((kept) => [kept.id, kept]));
      const fits = new Map(
        CATALOGUE.map((entry) => {
          const kept = here.get(entry.id);
          return [entry.id, kept ? fit(needsOf(kept.info), view, kept.sha256) : fit(entry.needs, view)];
        }),
      );
      const best = recommend(fits, view.memory);
      return CATALOGUE.map((entry): CatalogueEntry => ({
        id: entry.id,
        name: entry.name,
        goodFor: entry.goodFor,
        parameters: entry.parameters,
        quantisation: entry.quantisation,
        size: entry.pinned?.size ?? here.get(entry.id)?.size,
        estimate: entry.needs.weights,
        licence: entry.licence,
        hash: entry.pinned ? 'pinned' : 'publisher',
        sources: entry.sources.map((source) => ({ kind: source.kind, host: hostOf(source, fetching.hub) })),
        warmUp: entry.warmUp,
        recommended: entry === best,
        here: here.has(entry.id),
        fit: fits.get(entry.id) as CatalogueEntry['fit'],
      }));
    },

    async *'engine.fetch'({ id }, signal) {
      for await (const item of follow(id, signal))
        yield item.kind === 'bytes'
          ? item
          : { kind: 'done', job: item.job, model: toModel(item.kept, await machine.view()) };
    },

    'engine.found': async () => {
      const known = new Set(models.list().map(({ path }) => path));
      const found = await findModels(options.home === undefined ? {} : { home: options.home, env: {} });
      const real = await Promise.all(found.map(({ path }) => realpath(path).catch(() => path)));
      return found.filter((_, i) => !known.has(real[i] as string));
    },

    async 'engine.import'({ path, copy }) {
      const { result } = jobs.begin({
        kind: 'engine.import',
        title: 'Checking a model file',
        run: (context) =>
          models.take(
            path,
            {
              copy,
              keeper: keeperOf(path) ?? 'another folder',
              async progress(done, total) {
                context.progress({ done, total, unit: 'bytes' });
                await context.checkpoint();
              },
            },
            context.signal,
          ),
      });
      const kept = await result;
      await arrived(kept);
      return toModel(kept, await machine.view());
    },

    'engine.embedder': meaning.state,

    async 'engine.models'() {
      const [view] = await Promise.all([machine.view(), askLoaded(), meaning.ready]);
      return models.list().map((kept) => toModel(kept, view));
    },

    async 'engine.remove'({ id }) {
      // Windows keeps a file that is mapped into memory.
      const sha256 = models.find(id)?.sha256;
      if (sha256) await runner.rest(sha256);
      const freed = await models.remove(id);
      meaning.removed(id);
      if (settings.get().model === id) arrivals.choose(preferred());
      return { freed };
    },

    'engine.speed': ({ id }, signal) => speed(id, signal),
    'engine.rest': async ({ id }) => {
      const kept = models.find(id);
      if (!kept) throw new Fault('no-model', 'This model is not on this machine, so it takes no memory.');
      return { rested: await runner.rest(kept.sha256) };
    },
    'engine.warm': async ({ id }, signal) => {
      const { ms, device, note } = await runner.warm(await load(id, signal), signal);
      return { ms, device, ...(note !== undefined && { note }) };
    },
  };

  // Measured while nobody waits; what is known already is only read.
  void machine.view().catch((error: unknown) => log.unexpected(error, 'engine.machine'));

  return {
    handlers,
    ...embedder,
    score: async ({ model, ...request }, signal) => runner.score(await load(model, signal), request, signal),
    generate,
    measure: async (model, turns, signal) => runner.measure(await load(model, signal), turns, signal),
    defaultModel() {
      const id = preferred();
      if (id === null)
        throw new Fault(
          'no-model',
          'No model is on this machine yet. Choose one under Own, or in a terminal: npm run -s daimon -- engine.fetch \'{"id":"smollm2-135m-instruct-q4_1"}\'',
        );
      return id;
    },
    warmUp: isWarmUp,
    modelName: (id) => catalogueEntry(id)?.name ?? models.find(id)?.info.name ?? id,
    hasModel: (id) => models.find(id) !== undefined,
    warmDefault() {
      resting = false;
      const id = preferred();
      if (id !== null) warmSoon(id);
    },
    rest() {
      resting = true;
      runner.unload().catch(() => log.info('engine.not-unloaded'));
    },
    async close() {
      closing.abort();
      await meaning.ready;
      machine.close();
      await runner.close();
    },
  };
}

/** Removes what an interrupted fetch had unpacked; parts of downloads stay, to go on from. */
async function sweep(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const left = names.filter((name) => name.startsWith(SCRATCH) || name.endsWith('.copy'));
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}
