/** The indexing: places are watched, their files read, and all that is left to do is known to the tables. */
import { realpathSync } from 'node:fs';
import type { Clock, Jobs, Log, Store } from '../../base/ports.ts';
import type { Handlers } from '../../wire/index.ts';
import type { Id } from '../../wire/schema.ts';
import type { libraryDoor } from '../door.ts';
import type { Embedder, TakenOut } from '../ports.ts';
import type { ReadingPart } from '../reading.ts';
import type { Shelf } from '../shelf.ts';
import { openAdding } from './adding.ts';
import { openFiles } from './files.ts';
import { openGiven } from './given.ts';
import { listFiles } from './listing.ts';
import { openLooking } from './looking.ts';
import { openMeaning } from './meaning.ts';
import { within } from './paths.ts';
import { openPlaces } from './places.ts';
import { howRead, openReadingOne } from './reading-one.ts';
import { openRemoving } from './removing.ts';
import { openState, waitingFiles } from './state.ts';
import { turns } from './turns.ts';
import { openWalker, type Walker } from './walk.ts';
import { openWatcher, type Watcher } from './watcher.ts';
import { openWatching, type Pace } from './watching.ts';
import { openWorking } from './working.ts';

export type IndexingVerb =
  | 'library.count'
  | 'library.add'
  | 'library.change'
  | 'library.pause'
  | 'library.resume'
  | 'library.again'
  | 'library.state'
  | 'library.watch'
  | 'library.files'
  | 'library.wait'
  | 'library.remove';

export interface IndexingNeeds {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly ids: () => Id;
  readonly jobs: Jobs;
  readonly embedder: Embedder;
  readonly reading: Pick<ReadingPart, 'parts' | 'handlers' | 'take'>;
  readonly shelf: Shelf;
  /** daimon's own, of which nothing is ever read. */
  readonly dataFolder: string;
  /** Of the readers. */
  readonly version: string;
  /** A test's own watcher, walker or patience. */
  readonly parts?: {
    readonly watcher?: Watcher;
    readonly walker?: Walker;
    readonly pace?: Partial<Pace>;
    readonly pausesMs?: readonly number[];
  };
}
export interface Indexing {
  readonly handlers: Pick<Handlers<typeof libraryDoor>, IndexingVerb>;
  forgetting(forget: (what: TakenOut) => Promise<void>): () => void;
  wake(): void;
  /** Stops watching and reading at once; resolves when nothing of it runs. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

export function openIndexing({
  store,
  clock,
  log,
  ids,
  jobs,
  embedder,
  reading,
  shelf,
  version,
  ...more
}: IndexingNeeds): Indexing {
  const dataFolder = real(more.dataFolder);
  const walker = more.parts?.walker ?? openWalker();
  const places = openPlaces({ store, clock, ids });
  const files = openFiles({ store, clock });
  const given = openGiven({ store, clock, places });
  /** Keeping a content and pointing a file at it, against sweeping contents that no file points at. */
  const inTurn = turns();
  const oneAdd = turns();
  const listeners = new Set<(what: TakenOut) => Promise<void>>();
  let resting = true;
  let waking = false;
  const waiting = () => waitingFiles(store);

  const meaning = openMeaning({
    log,
    embedder,
    shelf,
    inTurn,
    ...(more.parts?.pausesMs && { pausesMs: more.parts.pausesMs }),
  });
  const looking = openLooking({
    store,
    log,
    walker,
    places,
    files,
    dataFolder,
    changed(what) {
      if (what === 'gone') working.lost();
      if (what) working.arrived();
      state.changed();
    },
  });
  const watching = openWatching({
    log,
    watcher: more.parts?.watcher ?? openWatcher(),
    places,
    looking,
    dataFolder,
    ...(more.parts?.pace && { pace: more.parts.pace }),
    changed: () => state.changed(),
  });
  const working = openWorking({
    store,
    clock,
    log,
    jobs,
    shelf,
    places,
    files,
    looking,
    meaning,
    inTurn,
    waiting,
    readOne: openReadingOne({ store, log, reading, shelf, files, given, version }),
    changed: () => state.changed(),
  });
  const state = openState({ store, shelf, places, looking, watching, working, meaning, waking: () => waking });

  const forget = async (id: Id) => {
    await watching.drop(id);
    await looking.drop(id);
  };
  const removing = openRemoving({
    store,
    shelf,
    places,
    inTurn,
    async quieten({ place, path }) {
      if (path === undefined) await forget(place);
      else {
        // It may be walking with the old patterns.
        await looking.drop(place);
        looking.look(place);
      }
      await working.breakOff((file) => file.place === place && (path === undefined || within(file.path, path)));
    },
    async tell(what) {
      for (const listener of listeners) await listener(what);
    },
    changed: () => state.changed(),
  });
  /** What was read otherwise than it would be now waits to be read again; until then it stays findable as it is. */
  const readAgain = async (place: Id | undefined): Promise<void> => {
    const rows = await store.background.all<{ id: number; path: string; how: string; ocr: number }>(
      `SELECT f.id, f.path, c.how, p.ocr FROM file f JOIN content c ON c.id = f.content JOIN place p ON p.id = f.place
       WHERE f.state = 'read' AND p.kind <> 'given' ${place === undefined ? '' : 'AND p.id = ?'}`,
      place === undefined ? [] : [place],
    );
    const stale = rows.filter(({ path, how, ocr }) => how !== howRead(version, { path, ocr: ocr === 1 }));
    for (let at = 0; at < stale.length; at += 200)
      await store.background.run(
        "UPDATE file SET state = 'waiting' WHERE state = 'read' AND id IN (SELECT value FROM json_each(?))",
        [JSON.stringify(stale.slice(at, at + 200).map(({ id }) => id))],
      );
    working.arrived();
  };
  const change = async (
    id: Id,
    { ocr, ignore }: { readonly ocr?: boolean | undefined; readonly ignore?: readonly string[] | undefined },
  ) => {
    const before = places.get(id);
    store.transaction(() => {
      if (ocr !== undefined) places.setOcr(id, ocr);
      if (ignore !== undefined) places.setIgnore(id, ignore);
    });
    if (ocr === true && !before.ocr) files.again({ place: id });
    if (ocr !== undefined && ocr !== before.ocr) await readAgain(id);
    if (ignore !== undefined) looking.look(id);
    working.arrived();
    state.changed();
  };
  const begun = (id: Id) => {
    if (!resting) watching.add(id);
    working.arrived();
    state.changed();
  };
  const adding = openAdding({
    store,
    walker,
    places,
    files,
    given,
    dataFolder,
    takeUpload: (upload) => reading.take(upload),
    begun,
    ended: forget,
    change,
  });

  const offEmbedder = embedder.onEmbedder(() => {
    meaning.more({ afresh: true });
    working.arrived();
    state.changed();
  });
  let awake: Promise<void> = Promise.resolve();

  return {
    forgetting(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    wake() {
      resting = false;
      waking = true;
      looking.wake();
      watching.wake();
      working.wake();
      state.changed();
      awake = (async () => {
        try {
          // Who has no files here need not carry the store's worker, some 20 MB, only to look for what is left of them.
          if (!store.get('SELECT 1 FROM place UNION ALL SELECT 1 FROM leaving UNION ALL SELECT 1 FROM content')) return;
          // In turn with what is being added now: that is no remainder.
          await oneAdd(async () => {
            await given.sweep();
            await adding.takeOver();
            await removing.goOn();
          });
          await readAgain(undefined);
        } catch (error) {
          // The rows still say what is left to do; the next start tries again.
          if (!resting) log.unexpected(error, 'library.wake');
        } finally {
          waking = false;
          state.changed();
        }
      })();
    },
    async rest() {
      resting = true;
      await Promise.all([working.rest(), watching.rest(), looking.rest(), awake]);
      walker.rest();
    },
    async close() {
      resting = true;
      offEmbedder();
      await Promise.all([working.rest(), watching.rest(), looking.rest(), awake]);
      state.close();
      await walker.close();
    },
    handlers: {
      'library.count': (asked, signal) => adding.count(asked, signal),
      'library.add': async (asked, signal) => {
        // What could not be taken out to its end still has its path.
        await oneAdd(() => removing.goOn());
        return adding.add(asked, oneAdd, signal);
      },
      async 'library.change'({ place, ...how }) {
        await change(place, how);
        return state.place(place);
      },
      async 'library.pause'({ place }) {
        if (place === undefined) working.pause();
        else {
          places.get(place);
          places.setPaused(place, true);
          await working.breakOff((file) => file.place === place);
        }
        state.changed();
        return state.get();
      },
      'library.resume'({ place }) {
        if (place === undefined) {
          // Where all was paused together, a place that was paused by itself before stays so.
          if (!working.paused()) places.goOnWithEach();
          working.resume();
        } else {
          places.get(place);
          places.setPaused(place, false);
          meaning.more();
          working.arrived();
        }
        state.changed();
        return state.get();
      },
      'library.again'(which) {
        if (which.place !== undefined) places.get(which.place);
        const again = files.again(which);
        working.arrived();
        state.changed();
        return { again };
      },
      'library.state': () => state.get(),
      'library.watch': (_input, signal) => state.follow(signal),
      'library.files': (asked, signal) => listFiles(store, asked, signal),
      'library.wait': (_input, signal) => state.wait(signal),
      'library.remove': (which) => oneAdd(() => removing.remove(which)),
    },
  };
}

/** As the disk names it; a folder that is not there yet, as it was named. */
function real(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch {
    return folder;
  }
}
