/** How far everything is: read from counts that are kept, so that it may be asked ten times a second. */
import { setTimeout as sleep } from 'node:timers/promises';
import { latest, type Latest } from '../../base/latest.ts';
import type { Store } from '../../base/ports.ts';
import { Fault } from '../../wire/index.ts';
import type { Id } from '../../wire/schema.ts';
import type { Counts, LibraryPlace, LibraryState, LibraryWaiting } from '../door.ts';
import type { Shelf } from '../shelf.ts';
import type { Looking } from './looking.ts';
import type { Meaning } from './meaning.ts';
import type { Place, Places } from './places.ts';
import type { Watching } from './watching.ts';
import type { Working } from './working.ts';

/** Between two updates to whoever watches. */
const TELL_MS = 100;

interface Tally extends Counts {
  readonly place: Id;
  readonly documents: number;
  readonly pictures: number;
}
const NONE: Counts = { files: 0, waiting: 0, read: 0, meaning: 0, refused: 0 };

export interface StateNeeds {
  readonly store: Store;
  readonly shelf: Shelf;
  readonly places: Places;
  readonly looking: Looking;
  readonly watching: Watching;
  readonly working: Working;
  readonly meaning: Meaning;
  /** Whether something of an earlier start is still being finished. */
  waking(): boolean;
}
export const meaningAbsent =
  'Files are findable by word. To find them by meaning too, fetch the small model for it: engine.embedder {} names it, engine.fetch {"id": …} brings it.';
export const meaningFailed =
  'The model that finds by meaning failed several times, so files are findable by word only. library.resume {} tries again.';
const pausedSentence = 'Reading is paused. library.resume {} goes on with it.';

/** Files that wait in places that are not paused; cheap. */
export const waitingFiles = (store: Store): number =>
  store.get<{ n: number }>(
    `SELECT coalesce(sum(t.waiting), 0) AS n FROM tally t JOIN place p ON p.id = t.place
     WHERE p.paused = 0 AND p.leaving = 0`,
  )!.n;

export type State = ReturnType<typeof openState>;

export function openState({ store, shelf, places, looking, watching, working, meaning, waking }: StateNeeds) {
  const shown: Latest<number> = latest(0);
  let telling: NodeJS.Timeout | undefined;
  let closed = false;

  const tallies = () => new Map(store.all<Tally>('SELECT * FROM tally').map((tally) => [tally.place, tally]));
  const placeOf = (place: Place, tally: Tally | undefined): LibraryPlace => {
    const note = looking.note(place.id);
    return {
      id: place.id,
      kind: place.kind,
      name: place.name,
      ...(place.path !== null && { path: place.path }),
      addedAt: place.addedAt,
      paused: place.paused,
      ocr: place.ocr,
      ignore: [...place.ignore],
      watched: looking.isAway(place.id) ? 'no' : watching.how(place.id),
      counts: countsOf(tally),
      documents: tally?.documents ?? 0,
      pictures: tally?.pictures ?? 0,
      ...(note !== undefined && { note }),
    };
  };
  const get = (): LibraryState => {
    const by = tallies();
    const list = places.all();
    const { job, phase, rate, note } = working.now();
    const counts = list.map(({ id }) => countsOf(by.get(id))).reduce(add, NONE);
    const { passages, bare } = shelf.totals();
    const can = meaning.state();
    const left = phase === 'meaning' ? bare : waitingFiles(store);
    /** Nothing goes on, because what is left lies in places that are paused. */
    const held =
      phase === 'idle' &&
      waitingFiles(store) === 0 &&
      (counts.waiting > 0 ||
        (can === 'ready' && list.some(({ id, paused }) => paused && countsOf(by.get(id)).read > 0)));
    const paused = working.paused() || held;
    const why = note ?? (can === 'failed' ? meaningFailed : undefined);
    return {
      places: list.map((place) => placeOf(place, by.get(place.id))),
      counts,
      ...(job !== undefined && { job }),
      phase: paused ? 'paused' : phase === 'idle' && looking.busy() ? 'looking' : phase,
      passages,
      bare,
      ...(rate !== undefined && { rate, ...(rate > 0 && { secondsLeft: left / rate }) }),
      meaning: can,
      ...(why !== undefined && { note: why }),
    };
  };
  /** Everything that can be found is findable. Paused places and refused files hold nothing up. */
  const quiet = (): boolean =>
    working.paused() || (!waking() && !looking.busy() && !watching.busy() && working.idle() && !working.unfinished());

  /** The state now and after each change, ten times a second at most. */
  async function* follow(signal: AbortSignal): AsyncGenerator<LibraryState> {
    for await (const _ of shown.follow(signal)) {
      yield get();
      await sleep(TELL_MS, undefined, { signal }).catch(() => {});
    }
  }

  return {
    get,
    place: (id: string): LibraryPlace => {
      const place = places.get(id);
      return placeOf(place, tallies().get(place.id));
    },
    quiet,
    follow,
    async *wait(signal: AbortSignal): AsyncGenerator<LibraryWaiting> {
      for await (const _ of shown.follow(signal)) {
        const state = get();
        const { counts, passages, bare, rate, secondsLeft } = state;
        if (quiet()) {
          const meant = state.meaning === 'ready' && (!working.paused() || bare === 0);
          const note =
            state.note ?? (working.paused() ? pausedSentence : state.meaning === 'absent' ? meaningAbsent : undefined);
          yield { kind: 'done', counts, passages, meaning: meant, ...(note !== undefined && { note }) };
          return;
        }
        yield {
          kind: 'progress',
          counts,
          passages,
          bare,
          ...(rate !== undefined && { rate }),
          ...(secondsLeft !== undefined && { secondsLeft }),
        };
        await sleep(TELL_MS, undefined, { signal }).catch(() => {});
      }
      if (closed && !signal.aborted)
        throw new Fault('closed', 'daimon is closing or locked; what was saved is safe. Open it again.');
    },
    /** Something is other than it was. */
    changed() {
      if (closed || telling) return;
      telling = setTimeout(() => {
        telling = undefined;
        if (!closed) shown.set(shown.get() + 1);
      }, TELL_MS / 4);
    },
    close() {
      closed = true;
      clearTimeout(telling);
      shown.end();
    },
  };
}

const countsOf = (tally: Tally | undefined): Counts =>
  tally
    ? {
        files: tally.files,
        waiting: tally.waiting,
        read: tally.read,
        meaning: tally.meaning,
        refused: tally.refused,
      }
    : NONE;
const add = (a: Counts, b: Counts): Counts => ({
  files: a.files + b.files,
  waiting: a.waiting + b.waiting,
  read: a.read + b.read,
  meaning: a.meaning + b.meaning,
  refused: a.refused + b.refused,
});
