/** What a folder holds, counted live before it is added; a newer question ends an older one. */
import type { Counting } from '../../../src-main/library/door.ts';
import { isFault } from '../../../src-main/wire/index.ts';
import type { Core } from '../../core/doors.ts';

export interface Count {
  readonly counted: Counting | undefined;
  readonly busy: boolean;
  /** Why it cannot be counted: such as that there is no such folder. */
  readonly why: string | undefined;
  count(path: string, ignore: readonly string[]): void;
  clear(): void;
}

/** Call it while a component is set up: leaving ends the counting. */
export function openCounting({ core }: { core: Core }): Count {
  let counted = $state.raw<Counting>();
  let busy = $state(false);
  let why = $state<string>();
  let asking = new AbortController();
  $effect(() => () => asking.abort());

  const run = async (path: string, ignore: readonly string[], signal: AbortSignal) => {
    try {
      const asked = { path, ...(ignore.length > 0 && { ignore: [...ignore] }) };
      for await (const next of core['library.count'](asked, signal)) if (!signal.aborted) counted = next;
    } catch (error) {
      if (signal.aborted) return;
      if (!isFault(error)) throw error;
      why = error.message;
    } finally {
      if (!signal.aborted) busy = false;
    }
  };
  const stop = () => {
    asking.abort();
    asking = new AbortController();
    counted = why = undefined;
    busy = false;
  };
  return {
    get counted() {
      return counted;
    },
    get busy() {
      return busy;
    },
    get why() {
      return why;
    },
    count(path, ignore) {
      stop();
      busy = true;
      void run(path, ignore, asking.signal);
    },
    clear: stop,
  };
}
