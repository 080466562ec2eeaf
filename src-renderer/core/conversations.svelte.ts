/** The conversations as this window knows them, kept fresh by the core's news: one store for the list and the palette. */
import type { Conversation } from '../../src-main/assistant/door.ts';
import { isFault } from '../../src-main/wire/index.ts';
import type { Core } from './doors.ts';

export interface Conversations {
  /** Newest first. */
  readonly all: readonly Conversation[];
  /** Whether they have been read since daimon woke. */
  readonly here: boolean;
  /** Names of folders that hold something, in their alphabet. */
  readonly folders: readonly string[];
  /** Folders that stand open in this window. */
  readonly opened: ReadonlySet<string>;
  find(id: string): Conversation | undefined;
  /** Opens or closes a folder in this window. */
  open(folder: string, open: boolean): void;
  /** Reads them and follows the core's news; called again for each new connection. */
  begin(): void;
  /** Forgets everything, at a lock. */
  clear(): void;
}

/** As many as the door gives. */
const ALL = 5000;
/** What changed is nearly always among the newest; reading those costs a hundredth of reading all. */
const NEWEST = 50;
/** Milliseconds that rest between two readings while answers are being written. */
const REST = 300;

export function openConversations({ core, signal }: { core: Core; signal: AbortSignal }): Conversations {
  let all = $state.raw<readonly Conversation[]>([]);
  let here = $state(false);
  let opened = $state.raw<ReadonlySet<string>>(new Set());
  /** Ends at a lock, so that no answer still on its way brings anything back. */
  let awake = new AbortController();
  let watched: AbortSignal | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let news = new Set<string>();

  const byId = $derived(new Map(all.map((one) => [one.id as string, one])));
  const folders = $derived(
    [...new Set(all.flatMap(({ folder }) => folder ?? []))].sort((a, b) =>
      a.localeCompare(b, undefined, { sensitivity: 'base', numeric: true }),
    ),
  );

  const quietly = async (end: AbortSignal, act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      // Lost wires and locks show elsewhere; the list stays as it was.
      if (!end.aborted && !isFault(error)) throw error;
    }
  };
  const read = (end: AbortSignal) =>
    quietly(end, async () => {
      const next = await core['assistant.conversations']({ limit: ALL }, end);
      if (end.aborted) return;
      all = next;
      here = true;
    });
  /** Puts the newest in front of those that are here already; a change that is not among them is read with all. */
  const freshen = (end: AbortSignal, changed: ReadonlySet<string>) =>
    quietly(end, async () => {
      if (!here || all.length <= NEWEST) return read(end);
      const next = await core['assistant.conversations']({ limit: NEWEST }, end);
      if (end.aborted) return;
      const newest = new Set<string>(next.map(({ id }) => id));
      if (![...changed].every((id) => newest.has(id))) return read(end);
      all = [...next, ...all.filter(({ id }) => !newest.has(id))];
    });
  const soon = (end: AbortSignal) => {
    timer ??= setTimeout(() => {
      timer = undefined;
      const changed = news;
      news = new Set();
      void freshen(end, changed);
    }, REST);
  };
  const watch = (end: AbortSignal) =>
    quietly(end, async () => {
      const mine = awake.signal;
      if (watched === mine) return;
      watched = mine;
      try {
        for await (const { changed } of core['assistant.watch']({}, end)) {
          for (const id of changed) news.add(id);
          soon(end);
        }
      } finally {
        if (watched === mine) watched = undefined;
      }
    });
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });

  return {
    get all() {
      return all;
    },
    get here() {
      return here;
    },
    get folders() {
      return folders;
    },
    get opened() {
      return opened;
    },
    find: (id) => byId.get(id),
    open(folder, open) {
      if (opened.has(folder) === open) return;
      opened = new Set(open ? [...opened, folder] : [...opened].filter((one) => one !== folder));
    },
    begin() {
      const end = AbortSignal.any([signal, awake.signal]);
      void watch(end);
      void read(end);
    },
    clear() {
      awake.abort();
      awake = new AbortController();
      clearTimeout(timer);
      timer = undefined;
      news = new Set();
      all = [];
      here = false;
      opened = new Set();
    },
  };
}
