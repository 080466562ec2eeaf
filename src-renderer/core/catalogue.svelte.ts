/** The catalogue as this window sees it: asked again while the speed of this computer's memory is still being measured. */
import type { CatalogueEntry } from '../../src-main/engine/door.ts';
import { isFault } from '../../src-main/wire/index.ts';
import type { Core } from './doors.ts';

/** What may be said about speeds: they come in a moment, they were not to be had, or they are there. */
export type Speeds = 'coming' | 'unknown' | 'estimated' | 'measured';

export interface Catalogue {
  /** Undefined until it was read for the first time. */
  readonly entries: readonly CatalogueEntry[] | undefined;
  readonly speeds: Speeds;
  /** @throws the Fault of a catalogue that cannot be read */
  read(): Promise<void>;
}

/** The measurement takes one to four seconds on machines that were tried; a busy one gets longer. */
const TIMES = 20;
const PAUSE_MS = 1000;

/** Call it while a component is set up: leaving ends the asking. */
export function openCatalogue({ core, pause = PAUSE_MS }: { core: Core; pause?: number }): Catalogue {
  const leaving = new AbortController();
  let entries = $state.raw<readonly CatalogueEntry[]>();
  let left = $state(TIMES);
  let timer: ReturnType<typeof setTimeout> | undefined;
  $effect(() => () => {
    clearTimeout(timer);
    leaving.abort();
  });

  const fitting = $derived((entries ?? []).filter(({ fit }) => fit.verdict !== 'too-big'));
  const known = $derived(fitting.every(({ fit }) => fit.speed !== undefined));

  const ask = async () => {
    entries = await core['engine.catalogue']({}, leaving.signal);
    clearTimeout(timer);
    if (!known && left > 0) timer = setTimeout(() => void again(), pause);
  };
  const again = async () => {
    left--;
    try {
      await ask();
    } catch (error) {
      // What is shown stands without speeds; whoever asks for more meets the fault there.
      if (!isFault(error) && !leaving.signal.aborted) throw error;
      left = 0;
    }
  };

  return {
    get entries() {
      return entries;
    },
    get speeds() {
      if (!known) return left > 0 ? 'coming' : 'unknown';
      return fitting.every(({ fit }) => fit.measured) ? 'measured' : 'estimated';
    },
    async read() {
      left = TIMES;
      await ask();
    },
  };
}
