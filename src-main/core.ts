/** The core: opens the rooms in order when daimon wakes, joins their doors, closes them in reverse when it sleeps. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openAssistant, type Assistant } from './assistant/assistant.ts';
import { systemClock } from './base/clock.ts';
import { openDial, type OpenDial } from './base/dial/dial.ts';
import type { Host } from './base/host.ts';
import { idFactory } from './base/id.ts';
import { openJobs, type OpenJobs } from './base/jobs/jobs.ts';
import { lifecycle } from './base/lifecycle.ts';
import { tellingAnswer, tellingJobs } from './base/notices.ts';
import type { Clock, Log, Store } from './base/ports.ts';
import { openStore, type Cipher } from './base/store/store.ts';
import { openEngine, hardwareHandler, type Engine } from './engine/engine.ts';
import { openRunner } from './engine/runner.ts';
import { openLibrary, type LibraryRoom } from './library/library.ts';
import { coreDoor } from './doors.ts';
import { gate, type Visitor } from './gate.ts';
import { openSettings } from './settings/settings.ts';
import { openVault } from './vault/vault.ts';
import { Fault, serve, type Door, type Handlers, type Wire } from './wire/index.ts';

export interface Core {
  /** Serves every verb, and `more` of the shell's own, on a wire. A visitor proves itself once; see `gate.ts`. */
  welcome(wire: Wire, visitor: Visitor, more?: { readonly door: Door; readonly handlers: Handlers<Door> }): void;
  /** Whether work is under way that ending the core would cut off. */
  busy(): boolean;
  close(): Promise<void>;
}

/** The rooms that the database carries; they outlive the lock while jobs that may go on are running. */
interface Ground {
  readonly store: Store;
  readonly jobs: OpenJobs;
  readonly dial: OpenDial;
  readonly engine: Engine;
  readonly library: LibraryRoom;
  close(): Promise<void>;
}

/** Where the window shows a piece of work, by the verb that began it. */
const placeOfWork = (kind: string) =>
  kind.startsWith('engine.') ? 'own/models' : kind.startsWith('library.') ? 'knows' : 'chat';

export async function openCore({
  host,
  dataFolder,
  log,
  clock = systemClock,
}: {
  readonly host: Host;
  readonly dataFolder: string;
  readonly log: Log;
  readonly clock?: Clock;
}): Promise<Core> {
  const ids = idFactory(clock);
  const database = join(dataFolder, 'daimon.db');
  const vaultFile = join(dataFolder, 'vault.json');
  const settings = openSettings({ dataFolder, log });
  let ground: Ground | undefined;
  let assistant: Assistant | undefined;
  let sleeping: Promise<void> | undefined;

  const openGround = async (keys: { db: Uint8Array; cipher: Cipher }): Promise<Ground> => {
    const life = lifecycle();
    try {
      const store = life.add(await openStore({ file: database, key: keys.db, cipher: keys.cipher, clock, log }));
      const opened = life.add(await openJobs({ store, clock, log, ids }));
      const jobs = { ...opened, jobs: tellingJobs(opened.jobs, placeOfWork, { host, clock }) };
      const dial = life.add(
        await openDial({
          store,
          clock,
          log,
          settings: {
            cut: () => settings.get().cut,
            setCut: (cut) => void settings.set({ cut }),
            watch: (signal) => settings.watch(signal),
          },
        }),
      );
      const runner = openRunner({ host, log, clock });
      const engine = life.add(
        await openEngine({
          store,
          jobs: jobs.jobs,
          dial: dial.dial,
          clock,
          log,
          dataFolder,
          runner,
          settings,
        }),
      );
      const library = life.add(
        await openLibrary({ host, log, ids, store, clock, jobs: jobs.jobs, embedder: engine, dataFolder }),
      );
      return { store, jobs, dial, engine, library, close: () => life.close() };
    } catch (error) {
      await life.close();
      throw error;
    }
  };

  const vault = openVault({
    host,
    dataFolder,
    log,
    clock,
    idleMinutes: () => settings.get().idleMinutes,
    jobs: {
      allowed: () => ground?.jobs.allowedBehindLock().length ?? 0,
      stopAll: async () => ground?.jobs.stopAll(),
    },
    async onUnlocked(keys) {
      ground ??= await openGround(keys);
      const { store, engine, library, jobs } = ground;
      try {
        assistant = await openAssistant({
          store,
          clock,
          ids,
          generator: {
            measure: (...asked) => engine.measure(...asked),
            generate: (request, signal) =>
              tellingAnswer(engine.generate(request, signal), `chat/${request.session}`, { host, clock }),
          },
          scorer: engine,
          library,
          jobs: jobs.jobs,
          warmUp: (id) => engine.warmUp(id),
          modelName: (id) => engine.modelName(id),
          defaultModel: () => engine.defaultModel(),
          hasModel: (id) => engine.hasModel(id),
          name: () => vault.status().name ?? 'daimon',
        });
      } catch (error) {
        await ground.close();
        ground = undefined;
        throw error;
      }
      engine.warmDefault();
      library.wake();
    },
    async onLocked() {
      entrance.lock();
      await assistant?.close();
      assistant = undefined;
      const now = ground;
      if (!now) return;
      now.engine.rest();
      now.library.rest();
      await now.jobs.stopAll({ keepBehindLock: true });
      sleeping = now.jobs.idle().then(async () => {
        // Awake again in the meantime: the ground stays.
        if (assistant || ground !== now) return;
        ground = undefined;
        await now.close();
      });
      if (now.jobs.allowedBehindLock().length === 0) await sleeping;
    },
  });

  /**
   * A new vault has a new data key, with which the database that is here would never open. So none is made: of two files
   * that belong together the person may still find the other.
   */
  const refuseStranded = (password: Uint8Array) => {
    if (!existsSync(database) || [vaultFile, `${vaultFile}.backup`].some((file) => existsSync(file))) return;
    password.fill(0);
    throw new Fault(
      'database-without-vault',
      'The conversations (daimon.db) are here, but the file with their key (vault.json, and its backup) is gone. Nothing was made or changed. Put vault.json or vault.json.backup back into the data folder from a copy of yours; or, to begin anew without them, move daimon.db away first.',
    );
  };

  const rooms = () =>
    assistant && ground
      ? {
          ...ground.jobs.handlers,
          ...ground.dial.handlers,
          ...ground.engine.handlers,
          ...ground.library.handlers,
          ...assistant.handlers,
        }
      : undefined;
  const entrance = gate({
    open: {
      ...settings.handlers,
      ...vault.handlers,
      'vault.create'(input, signal) {
        refuseStranded(input.password);
        return vault.handlers['vault.create'](input, signal);
      },
      'vault.restore'(input, signal) {
        refuseStranded(input.password);
        return vault.handlers['vault.restore'](input, signal);
      },
      'engine.hardware': hardwareHandler({ settings: () => settings.get() }),
    },
    rooms,
    status: () => vault.status(),
    touch: () => vault.touch(),
  });
  const unexpected = (error: unknown, verb: string) => log.unexpected(error, verb);

  return {
    welcome: (wire, visitor, more) =>
      serve<Door>({
        door: { ...coreDoor, ...more?.door },
        handlers: { ...entrance.handlers(visitor), ...more?.handlers } as unknown as Handlers<Door>,
        wire,
        unexpected,
      }),
    busy: () => (assistant?.writing() ?? 0) > 0 || (ground?.jobs.running() ?? 0) > 0,
    async close() {
      // Interrupted, not stopped by the person: rooms may go on with them at the next start.
      await ground?.jobs.close();
      await vault.close();
      await sleeping;
      entrance.close();
      settings.close();
    },
  };
}
