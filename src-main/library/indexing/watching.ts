/** Sees to it that every place is looked at again when something in it changes: told by the system, or by turns. */
import type { Stats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import type { Log } from '../../base/ports.ts';
import type { Id } from '../../wire/schema.ts';
import type { Looking } from './looking.ts';
import type { OnDisk, Places } from './places.ts';
import { within } from './paths.ts';
import { SYSTEM, UNWATCHED } from './rules.ts';
import type { Change, Watch, Watcher } from './watcher.ts';

export interface Pace {
  /** A path is looked at when it was quiet this long, … */
  readonly quietMs: number;
  /** … or this long after its first change. */
  readonly mostMs: number;
  /** Single files, and whether a folder is still the same. */
  readonly glanceMs: number;
  /** Folders of which the system does not tell. */
  readonly turnMs: number;
  /** All others: for what the system forgot to tell. */
  readonly anywayMs: number;
}
const PACE: Pace = { quietMs: 200, mostMs: 800, glanceMs: 1000, turnMs: 30_000, anywayMs: 3600_000 };
/** How long one path that never rests may be put off; two hand-overs within the shorter time are restlessness. */
const LONGEST_MS = 10_000;
const SOON_MS = 2000;
const FORGOTTEN_MS = 60_000;
/** A look through a whole place takes at most this share of the time. */
const SHARE = 1 / 20;

export interface WatchingNeeds {
  readonly log: Log;
  readonly watcher: Watcher;
  readonly places: Places;
  readonly looking: Looking;
  /** daimon's own: each write to its database would be a change to look at. */
  readonly dataFolder: string;
  readonly pace?: Partial<Pace>;
  changed(): void;
}

interface Watched {
  readonly place: OnDisk;
  how: 'yes' | 'by-turns' | 'no';
  watch: Watch | undefined;
  /** Which folder of the disk is watched, or how the single file was last seen. */
  identity: string | undefined;
  /** Subscribing, or asking the disk. */
  busy: Promise<void> | undefined;
  lookedAt: number;
  closed: boolean;
}
/** A path that changed, in one place. */
interface Restless {
  /** Its first change that was not handed on yet. */
  since: number;
  /** Least time between two hand-overs. */
  gap: number;
  handedAt?: number;
  timer?: NodeJS.Timeout | undefined;
}

export type Watching = ReturnType<typeof openWatching>;

export function openWatching({ log, watcher, places, looking, dataFolder, pace, changed }: WatchingNeeds) {
  const { quietMs, mostMs, glanceMs, turnMs, anywayMs } = { ...PACE, ...pace };
  const watched = new Map<Id, Watched>();
  const restless = new Map<string, Restless>();
  let clock: NodeJS.Timeout | undefined;

  const look = (one: Watched, path?: string) => {
    if (path === undefined) one.lookedAt = performance.now();
    looking.look(one.place.id, path);
  };

  /** Not at once: who saves a file writes it in several steps, or writes another and renames it. */
  const settle = (one: Watched, path: string) => {
    const now = performance.now();
    // Of each place for itself: one that lies in another hears of the same change, and only one of them has the file.
    const name = `${one.place.id} ${path}`;
    const old = restless.get(name);
    const wait: Restless = old && now - (old.handedAt ?? now) < FORGOTTEN_MS ? old : { since: now, gap: 0 };
    restless.set(name, wait);
    if (wait.timer) clearTimeout(wait.timer);
    else wait.since = now;
    const due = Math.min(quietMs, wait.since + mostMs - now);
    // One that changed again soon after it was handed on is a log, or still growing: it is read less and less often.
    const again = (wait.handedAt ?? -Infinity) + wait.gap - now;
    wait.timer = setTimeout(
      () => {
        const at = performance.now();
        const soon = at - (wait.handedAt ?? -Infinity) < Math.max(SOON_MS, 2 * wait.gap);
        wait.gap = soon ? Math.min(LONGEST_MS, Math.max(SOON_MS / 2, 2 * wait.gap)) : 0;
        wait.handedAt = at;
        wait.timer = undefined;
        look(one, path);
      },
      Math.max(0, due, again),
    ).unref();
    changed();
  };

  const onChange = (one: Watched, changes: readonly Change[]) => {
    if (one.closed) return;
    if (changes.length > 500) return look(one);
    for (const { path, created } of changes) {
      if (within(path, dataFolder)) continue;
      if (/[\\/]\.(?:git|daimon)ignore$/.test(path)) look(one);
      else settle(one, path);
      // A folder that came with folders in it: the system's watcher knows only the uppermost.
      if (created)
        void stat(path).then(
          (found) => found.isDirectory() && arrived(one),
          () => {},
        );
    }
  };
  /** Watches anew, since a folder came; once for many that come together. */
  const coming = new Map<Id, NodeJS.Timeout>();
  const arrived = (one: Watched) => {
    if (one.closed || coming.has(one.place.id)) return;
    const wait = Math.max(500, Math.min(FORGOTTEN_MS, looking.lasted(one.place.id) / SHARE));
    coming.set(
      one.place.id,
      setTimeout(() => {
        coming.delete(one.place.id);
        void subscribe(one).then(() => look(one));
      }, wait).unref(),
    );
  };

  const subscribe = async (one: Watched): Promise<void> => {
    await one.busy;
    one.busy = (async () => {
      await one.watch?.close().catch(() => {});
      one.watch = undefined;
      if (one.closed) return;
      // A place is no link; one that took its name is not watched.
      const found = await lstat(one.place.path).catch(() => undefined);
      if (!found?.isDirectory()) {
        one.how = 'no';
        one.identity = undefined;
        return;
      }
      try {
        const watch = await watcher.watch(
          one.place.path,
          { changed: (changes) => onChange(one, changes), lost: () => look(one) },
          [...UNWATCHED, ...SYSTEM, dataFolder],
        );
        if (one.closed) return void (await watch.close());
        one.watch = watch;
        one.how = 'yes';
      } catch (error) {
        // Linux: more folders than inotify may watch. The folder is looked through now and then instead.
        if (one.how !== 'by-turns') log.info('library.not-watched', { code: codeOf(error) });
        one.how = 'by-turns';
      }
      one.identity = folderIdentity(found);
    })();
    await one.busy.finally(() => (one.busy = undefined));
    changed();
  };

  /** Now and then: a folder that came back, or is another one under the same name; single files; whose turn it is. */
  const glance = (one: Watched) => {
    if (one.busy || one.closed) return;
    one.busy = (async () => {
      const found = await lstat(one.place.path).catch(() => undefined);
      if (one.closed) return;
      if (one.place.kind === 'file') {
        const identity = found && `${found.size}:${found.mtimeMs}:${found.ino}`;
        if (identity !== one.identity) settle(one, one.place.path);
        one.identity = identity;
        return;
      }
      const identity = found?.isDirectory() ? folderIdentity(found) : undefined;
      const since = performance.now() - one.lookedAt;
      const turn = one.how === 'by-turns' ? turnMs : anywayMs;
      if (identity !== one.identity) {
        one.identity = identity;
        one.how = 'no';
        // Not awaited: it waits for this glance.
        void subscribe(one).then(() => look(one));
      } else if (identity !== undefined && since > Math.max(turn, looking.lasted(one.place.id) / SHARE)) look(one);
    })();
    void one.busy.finally(() => (one.busy = undefined));
  };

  const add = (place: OnDisk) => {
    if (watched.has(place.id)) return;
    const one: Watched = {
      place,
      how: place.kind === 'file' ? 'yes' : 'no',
      watch: undefined,
      identity: undefined,
      busy: undefined,
      lookedAt: performance.now(),
      closed: false,
    };
    watched.set(place.id, one);
    if (place.kind === 'file') return look(one);
    // Looked at now, and once more when it is watched: what changed in between was seen by nobody.
    look(one);
    void subscribe(one).then(() => !one.closed && look(one));
  };
  const drop = async (id: Id) => {
    const one = watched.get(id);
    if (!one) return;
    one.closed = true;
    watched.delete(id);
    clearTimeout(coming.get(id));
    coming.delete(id);
    await one.busy?.catch(() => {});
    await one.watch?.close().catch(() => {});
  };

  return {
    /** Begins with a place that was added. */
    add(id: Id) {
      const place = places.find(id);
      if (place && place.path !== null) add(place as OnDisk);
    },
    drop,
    how: (id: Id): Watched['how'] => watched.get(id)?.how ?? 'no',
    /** Whether a change was heard of and not looked at yet. */
    busy: () => [...restless.values()].some(({ timer }) => timer !== undefined) || coming.size > 0,
    wake() {
      for (const place of places.onDisk()) add(place);
      clock ??= setInterval(() => {
        const now = performance.now();
        for (const [name, { timer, handedAt = now }] of restless)
          if (!timer && now - handedAt > FORGOTTEN_MS) restless.delete(name);
        watched.forEach(glance);
      }, glanceMs).unref();
    },
    async rest() {
      clearInterval(clock);
      clock = undefined;
      for (const { timer } of restless.values()) clearTimeout(timer);
      restless.clear();
      await Promise.all([...watched.keys()].map(drop));
    },
  };
}

const folderIdentity = (found: Stats): string => `${found.dev}:${found.ino}`;
const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? 'unknown').slice(0, 40);
