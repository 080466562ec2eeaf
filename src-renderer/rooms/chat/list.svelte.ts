/** The list of conversations: kept fresh by the core's news, searched with a pause for the keys. */
import type { Conversation } from '../../../src-main/assistant/door.ts';
import type { Out } from '../../../src-main/wire/contract.ts';
import { isFault } from '../../../src-main/wire/index.ts';
import type { Core, Doors } from '../../core/doors.ts';

export type Hit = Out<Doors['assistant.search']>[number];

export interface Conversations {
  readonly all: readonly Conversation[];
  /** Undefined while nothing is searched for. */
  readonly hits: readonly Hit[] | undefined;
  query: string;
  connected(): void;
  close(): void;
}

/** Milliseconds that rest between two readings of the list while answers are being written. */
const REST = 300;
/** Milliseconds without a key before a search is asked for. */
const PAUSE = 150;

export function openConversations({ core }: { core: Core }): Conversations {
  const closing = new AbortController();
  let all = $state.raw<readonly Conversation[]>([]);
  let hits = $state.raw<readonly Hit[]>();
  let query = $state('');
  let watching = false;
  let reading: ReturnType<typeof setTimeout> | undefined;
  let typing: ReturnType<typeof setTimeout> | undefined;
  let searching: AbortController | undefined;

  const quietly = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      // Lost wires and locks show elsewhere; the list stays as it was.
      if (!closing.signal.aborted && !isFault(error) && !(error instanceof DOMException)) throw error;
    }
  };
  const read = () =>
    quietly(async () => {
      all = await core['assistant.conversations']({ limit: 2000 }, closing.signal);
    });
  const readSoon = () => {
    reading ??= setTimeout(() => {
      reading = undefined;
      void read();
    }, REST);
  };
  const search = () =>
    quietly(async () => {
      searching?.abort();
      const asked = query.trim();
      if (!asked) return;
      searching = new AbortController();
      const found = await core['assistant.search'](
        { query: asked.slice(0, 500) },
        AbortSignal.any([searching.signal, closing.signal]),
      );
      if (query.trim() === asked) hits = found;
    });
  const watch = () =>
    quietly(async () => {
      if (watching) return;
      watching = true;
      try {
        for await (const _news of core['assistant.watch']({}, closing.signal)) readSoon();
      } finally {
        watching = false;
      }
    });

  return {
    get all() {
      return all;
    },
    get hits() {
      return hits;
    },
    get query() {
      return query;
    },
    set query(next) {
      query = next;
      clearTimeout(typing);
      if (!next.trim()) hits = undefined;
      else typing = setTimeout(() => void search(), PAUSE);
    },
    connected() {
      void read();
      void watch();
    },
    close() {
      clearTimeout(reading);
      clearTimeout(typing);
      closing.abort();
    },
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
