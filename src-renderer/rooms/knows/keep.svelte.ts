/** What Knows keeps while one is in another room: the search, and files that are being handed over. A lock forgets it. */
import type { Core } from '../../core/doors.ts';
import type { Session } from '../../core/session.svelte.ts';
import { openGiving, type Giving } from './giving.svelte.ts';
import { openSearching, type Searching } from './searching.svelte.ts';

export interface Kept {
  readonly searching: Searching;
  readonly giving: Giving;
  /** The folder that was dropped, for the sheet that asks before it is added. */
  dropped: string;
  /** What was done last, said once. */
  told: string;
}

const kept = new WeakMap<Session, Kept>();

/** The same for the same session: leaving the room stops nothing. */
export function keepOf(session: Session, core: Core): Kept {
  const known = kept.get(session);
  if (known) return known;
  const searching = openSearching({ core });
  const giving = openGiving({ core });
  let dropped = $state('');
  let told = $state('');
  const made: Kept = {
    searching,
    giving,
    get dropped() {
      return dropped;
    },
    set dropped(path) {
      dropped = path;
    },
    get told() {
      return told;
    },
    set told(words) {
      told = words;
    },
  };
  $effect.root(() => {
    $effect(() => {
      if (session.vault?.state !== 'locked') return;
      searching.clear();
      giving.clear();
      dropped = told = '';
    });
  });
  kept.set(session, made);
  return made;
}
