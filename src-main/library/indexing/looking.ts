/** Compares what the disk has with what is known: new and changed files wait to be read, gone ones are let go. */
import { realpath, stat } from 'node:fs/promises';
import type { Log, Statement, Store } from '../../base/ports.ts';
import { isFault } from '../../wire/index.ts';
import type { Id } from '../../wire/schema.ts';
import { same, type Files, type Known } from './files.ts';
import { below, belowParams, samePath, within } from './paths.ts';
import type { OnDisk, Places } from './places.ts';
import { SYSTEM } from './rules.ts';
import type { FoundFile } from './tree.ts';
import type { Walker } from './walk.ts';

/** Rows of one write: some milliseconds with the triggers that count them. */
const ROWS = 100;
/** Paths of one place that are looked at one by one; with more, the whole place is quicker. */
const MOST_PATHS = 200;

export interface LookingNeeds {
  readonly store: Store;
  readonly log: Log;
  readonly walker: Walker;
  readonly places: Places;
  readonly files: Files;
  readonly dataFolder: string;
  /** Something is other than it was: files wait; or files are gone, and contents may have nobody who points at them. */
  changed(what?: 'arrived' | 'gone'): void;
}

interface Asked {
  whole: boolean;
  readonly paths: Set<string>;
  running: { readonly abort: AbortController; readonly ended: Promise<void> } | undefined;
}

export type Looking = ReturnType<typeof openLooking>;

export function openLooking({ store, log, walker, places, files, dataFolder, changed }: LookingNeeds) {
  const asked = new Map<Id, Asked>();
  const notes = new Map<Id, string>();
  const lasted = new Map<Id, number>();
  let resting = true;

  const note = (id: Id, sentence: string | undefined) => {
    if (notes.get(id) === sentence) return;
    if (sentence === undefined) notes.delete(id);
    else notes.set(id, sentence);
    changed();
  };

  /** One place after what was asked of it; requests that come meanwhile are joined. */
  const run = async (id: Id, mine: Asked, signal: AbortSignal) => {
    while ((mine.whole || mine.paths.size > 0) && !signal.aborted) {
      const place = places.find(id);
      if (!place || place.path === null) {
        mine.whole = false;
        mine.paths.clear();
        return;
      }
      const whole = mine.whole || mine.paths.size > MOST_PATHS;
      const paths = whole ? [] : [...mine.paths];
      mine.whole = false;
      mine.paths.clear();
      const began = performance.now();
      try {
        if (whole) await lookAt(place as OnDisk, undefined, signal);
        else for (const path of paths) await lookAt(place as OnDisk, path, signal);
        if (whole) lasted.set(id, performance.now() - began);
      } catch (error) {
        if (signal.aborted) return;
        // The next look finds what this one missed; the rows are as they were.
        if (isFault(error, 'folder-silent')) note(id, error.message);
        else if (isFault(error)) log.info('library.look-failed', { code: error.code });
        else log.unexpected(error, 'library.look');
        return;
      }
    }
  };
  const begin = (id: Id, mine: Asked) => {
    const abort = new AbortController();
    const ended = run(id, mine, abort.signal).finally(() => {
      mine.running = undefined;
      if (!resting && (mine.whole || mine.paths.size > 0)) begin(id, mine);
      else asked.delete(id);
      changed('arrived');
    });
    mine.running = { abort, ended };
  };

  const away = 'This is not there now: its disk may not be connected. What was read of it stays findable.';
  const lookAt = async (place: OnDisk, only: string | undefined, signal: AbortSignal): Promise<void> => {
    const root = await stat(place.path).catch(() => undefined);
    if (!root || root.isDirectory() !== (place.kind === 'folder')) return note(place.id, away);
    // A place is where its files truly are; a link that took its name leads to what nobody added.
    const real = await realpath(place.path).catch(() => undefined);
    if (real === undefined || !samePath(real, place.path)) return note(place.id, away);
    if (place.kind === 'file') {
      note(place.id, undefined);
      const found = {
        kind: 'file' as const,
        path: place.path,
        size: root.size,
        changedAt: root.mtimeMs,
        inode: root.ino,
      };
      return compare(place, [found], new Set(), signal);
    }
    const last = store.get<{ id: number }>('SELECT coalesce(max(id), 0) AS id FROM file')!.id;
    const seen = new Set<number>();
    const closed: string[] = [];
    let counted = 0;
    const skip = [dataFolder, ...SYSTEM, ...places.onDisk().flatMap(({ id, path }) => (id === place.id ? [] : [path]))];
    const tree = { root: place.path, ignore: place.ignore, skip, ...(only !== undefined && { only }) };
    for await (const { entries } of walker.walk(tree, {}, signal)) {
      const found = entries.filter((entry): entry is FoundFile => entry.kind === 'file');
      for (const entry of entries) if (entry.kind === 'closed') closed.push(entry.path);
      counted += found.length;
      if (found.length > 0) await compare(place, found, seen, signal);
    }
    const identity = `${root.dev}:${root.ino}`;
    if (only === undefined) {
      // A folder that is empty and not the one it was: the disk that belongs there is not mounted.
      const strange = place.root !== null && place.root !== identity;
      if ((counted === 0 && strange) || closed.includes(place.path)) return note(place.id, away);
      if (counted > 0 && place.root !== identity) places.setRoot(place.id, identity);
    }
    note(place.id, closedSentence(closed.length));
    await letGo({ place, under: only ?? place.path, seen, closed, last }, signal);
  };

  const compare = async (
    place: OnDisk,
    found: readonly FoundFile[],
    seen: Set<number>,
    signal: AbortSignal,
  ): Promise<void> => {
    const known = new Map(files.known(found.map(({ path }) => path)).map((row) => [row.path, row]));
    const changes: Statement[] = [];
    for (const file of found) {
      const row = known.get(file.path);
      if (row) seen.add(row.id);
      if (!row || row.place !== place.id || !same(row, file) || isBack(row)) changes.push(files.found(place, file));
    }
    for (let at = 0; at < changes.length; at += ROWS) {
      await store.background.batch(changes.slice(at, at + ROWS), signal);
      changed('arrived');
    }
  };

  /** Rows of what is not there any more. Not of what came meanwhile, nor of folders that could not be looked into. */
  const letGo = async (
    {
      place,
      under,
      seen,
      closed,
      last,
    }: { place: OnDisk; under: string; seen: ReadonlySet<number>; closed: readonly string[]; last: number },
    signal: AbortSignal,
  ): Promise<void> => {
    for (let after = ''; ;) {
      const rows = await store.background.all<{ id: number; path: string }>(
        `SELECT id, path FROM file WHERE place = ? AND path > ? AND id <= ? AND ${below('path')} ORDER BY path LIMIT 2000`,
        [place.id, after, last, ...belowParams(under)],
        signal,
      );
      const gone = rows
        .filter(({ id, path }) => !seen.has(id) && !closed.some((folder) => within(path, folder)))
        .map(({ id }) => id);
      for (let at = 0; at < gone.length; at += ROWS) {
        await store.background.batch([files.gone(gone.slice(at, at + ROWS))], signal);
        changed('gone');
      }
      if (rows.length < 2000) return;
      after = rows.at(-1)!.path;
    }
  };

  return {
    /** Looks through a place, or at one path in it (and below), soon. */
    look(id: Id, path?: string) {
      if (resting) return;
      const mine: Asked = asked.get(id) ?? { whole: false, paths: new Set(), running: undefined };
      asked.set(id, mine);
      if (path === undefined) mine.whole = true;
      else mine.paths.add(path);
      if (!mine.running) begin(id, mine);
      changed();
    },
    /** Whether a look is under way or asked for. */
    busy: () => asked.size > 0,
    looks: (id: Id) => asked.has(id),
    note: (id: Id) => notes.get(id),
    isAway: (id: Id) => notes.get(id) === away,
    /** Milliseconds that the last whole look took. */
    lasted: (id: Id) => lasted.get(id) ?? 0,
    /** Forgets what was asked of a place; resolves when nothing looks at it. */
    async drop(id: Id) {
      const mine = asked.get(id);
      notes.delete(id);
      if (!mine) return;
      mine.whole = false;
      mine.paths.clear();
      mine.running?.abort.abort();
      await mine.running?.ended;
    },
    wake: () => void (resting = false),
    async rest() {
      resting = true;
      await Promise.all(
        [...asked.values()].map(async (mine) => {
          mine.whole = false;
          mine.paths.clear();
          mine.running?.abort.abort();
          await mine.running?.ended;
        }),
      );
    },
  };
}

const isBack = (row: Known): boolean => row.state === 'refused' && row.code === 'file-missing';

function closedSentence(count: number): string | undefined {
  if (count === 0) return undefined;
  const [what, them] = count === 1 ? ['A folder', 'it'] : [`${count.toLocaleString('en')} folders`, 'them'];
  return `${what} in it may not be looked into: your system does not let daimon read ${them}.`;
}
