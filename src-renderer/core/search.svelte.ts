/** Words looked for in all messages, with a pause for the keys; for the list and the palette. */
import type { Out } from '../../src-main/wire/contract.ts';
import { isFault } from '../../src-main/wire/index.ts';
import type { Core, Doors } from './doors.ts';

export type Hit = Out<Doors['assistant.search']>[number];

export interface Search {
  query: string;
  /** Undefined while nothing is searched for, or nothing has been found out yet. */
  readonly hits: readonly Hit[] | undefined;
  /** An answer is still to come for what is in the field. */
  readonly looking: boolean;
  close(): void;
}

/** Milliseconds without a key before a search is asked for. */
const PAUSE = 150;

/** @param limit as many hits as can be shown */
export function openSearch({ core, limit = 50 }: { core: Core; limit?: number }): Search {
  let hits = $state.raw<readonly Hit[]>();
  let query = $state('');
  let looking = $state(false);
  let typing: ReturnType<typeof setTimeout> | undefined;
  let asking = new AbortController();

  const ask = async (words: string) => {
    const { signal } = asking;
    try {
      const found = await core['assistant.search']({ query: words.slice(0, 500), limit }, signal);
      if (!signal.aborted) hits = found;
    } catch (error) {
      // Lost wires and locks show elsewhere; what was found before stays.
      if (!signal.aborted && !isFault(error)) throw error;
    } finally {
      if (!signal.aborted) looking = false;
    }
  };
  const stop = () => {
    clearTimeout(typing);
    asking.abort();
    asking = new AbortController();
  };

  return {
    get query() {
      return query;
    },
    set query(next) {
      query = next;
      const words = next.trim();
      stop();
      looking = words !== '';
      if (!words) hits = undefined;
      else typing = setTimeout(() => void ask(words), PAUSE);
    },
    get hits() {
      return hits;
    },
    get looking() {
      return looking;
    },
    close: stop,
  };
}

/** An excerpt's words, those that matched marked: the core sets them between U+E000 and U+E001. */
export function excerptParts(excerpt: string): { readonly text: string; readonly hit: boolean }[] {
  return excerpt
    .split(/(\ue000[^\ue001]*\ue001)/)
    .filter((part) => part !== '')
    .map((part) =>
      part.startsWith('\ue000')
        ? { text: part.slice(1, -1), hit: true }
        : { text: part.replace(/[\ue000\ue001]/g, ''), hit: false },
    );
}

/** The words of an excerpt that matched, each once. */
export const wordsOf = (excerpt: string): string[] => [
  ...new Set(
    excerptParts(excerpt)
      .filter(({ hit }) => hit)
      .map(({ text }) => text),
  ),
];
