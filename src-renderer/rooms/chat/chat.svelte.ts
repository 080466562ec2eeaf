/** The Chat room's state: the conversation on screen, those that are still being written behind it, and the core's news. */
import { isFault } from '../../../src-main/wire/index.ts';
import type { Core } from '../../core/doors.ts';
import { openTalk, type Talk } from './talk.svelte.ts';

export interface Chat {
  readonly talk: Talk;
  /** Shows a conversation; '' is a new one. One that is being written goes on behind. */
  show(id: string): void;
  /** The connection is there, for the first time or again. */
  connected(): void;
  close(): void;
}

export interface ChatOptions {
  readonly core: Core;
  readonly id: string;
  /** The new conversation on screen has got an id. */
  readonly onBegun: (id: string) => void;
}

export function openChat({ core, id, onBegun }: ChatOptions): Chat {
  const closing = new AbortController();
  let behind: readonly Talk[] = [];
  let watching = false;
  let wasConnected = false;

  const open = (wanted: string): Talk => {
    const talk: Talk = openTalk({
      core,
      id: wanted || undefined,
      onBegun: (begun) => {
        if (current === talk) onBegun(begun);
      },
    });
    return talk;
  };
  let current = $state.raw<Talk>(open(id));

  /** Lets go of talks that ended while they were behind. */
  const sweep = () => {
    for (const talk of behind) if (!talk.busy) talk.close();
    behind = behind.filter((talk) => talk.busy);
  };

  const watch = async () => {
    if (watching) return;
    watching = true;
    try {
      for await (const { changed } of core['assistant.watch']({}, closing.signal)) {
        sweep();
        if (current.id && (changed as readonly string[]).includes(current.id)) {
          void current.shaping.read();
          void current.refresh();
        }
      }
    } catch (error) {
      // A lost wire comes back through `connected`.
      if (!closing.signal.aborted && !isFault(error)) throw error;
    } finally {
      watching = false;
    }
  };

  return {
    get talk() {
      return current;
    },
    show(wanted) {
      if ((current.id ?? '') === wanted && current.phase !== 'gone') return;
      const left = current;
      const found = behind.find((talk) => talk.id === wanted);
      behind = behind.filter((talk) => talk !== found);
      current = found ?? open(wanted);
      if (left.busy) {
        void left.draft.flush();
        behind = [...behind, left];
      } else left.close();
      sweep();
    },
    connected() {
      void watch();
      if (wasConnected) for (const talk of [current, ...behind]) void talk.resume();
      wasConnected = true;
    },
    close() {
      closing.abort();
      for (const talk of [current, ...behind]) talk.close();
    },
  };
}
