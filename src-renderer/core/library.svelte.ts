/** The person's files as this window sees them: every place, and how far it is, for as long as a component stands. */
import type { LibraryPlace, LibraryState } from '../../src-main/library/door.ts';
import { isFault } from '../../src-main/wire/index.ts';
import type { Core } from './doors.ts';
import { notify, type Notified } from './notify.ts';

export interface LibraryView {
  /** Undefined until the core has told it for the first time. */
  readonly state: LibraryState | undefined;
  readonly places: readonly LibraryPlace[];
  /** Files that are refused only since their text is a picture. */
  readonly pictures: number;
  /** Why it cannot be followed; a lost connection shows in the shell instead. */
  readonly fault: Notified | undefined;
  /** Takes what a verb answered with, before the stream tells it. */
  put(state: LibraryState): void;
  /** Follows again after a fault. */
  again(): void;
}

export interface LibraryViewOptions {
  readonly core: Core;
  /** Whether there is a connection; following begins anew with each. */
  readonly open: () => boolean;
}

/** Call it while a component is set up: leaving ends the following. */
export function openLibraryView({ core, open }: LibraryViewOptions): LibraryView {
  let state = $state.raw<LibraryState>();
  let fault = $state.raw<Notified>();
  let round = $state(0);

  const follow = async (signal: AbortSignal) => {
    try {
      for await (const next of core['library.watch']({}, signal)) {
        state = next;
        fault = undefined;
      }
    } catch (error) {
      if (!signal.aborted && !isFault(error, 'closed')) fault = notify(error);
    }
  };
  $effect(() => {
    void round;
    if (!open()) return;
    const stop = new AbortController();
    void follow(stop.signal);
    return () => stop.abort();
  });

  const pictures = $derived((state?.places ?? []).reduce((sum, place) => sum + place.pictures, 0));
  return {
    get state() {
      return state;
    },
    get places() {
      return state?.places ?? [];
    },
    get pictures() {
      return pictures;
    },
    get fault() {
      return fault;
    },
    put(next) {
      state = next;
    },
    again() {
      fault = undefined;
      round++;
    },
  };
}
