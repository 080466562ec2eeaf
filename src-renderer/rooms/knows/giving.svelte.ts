/** Files that the window hands over, one after the other, into the library; by path where the shell knows it. */
import { isFault } from '../../../src-main/wire/index.ts';
import type { Core } from '../../core/doors.ts';
import { hand } from '../../core/hand.ts';
import { sayKnows } from '../../messages/knows.ts';

const say = sayKnows.give;

/** What comes by the window at a time goes through memory; a folder's path is the way for more. */
export const MOST = { files: 2000, bytes: 500_000_000 } as const;

export interface Refused {
  readonly name: string;
  readonly why: string;
  /** A folder that has to be asked about first. */
  readonly path?: string;
}
export interface Giving {
  /** A dropped folder is being looked into; so many files of it were seen. */
  readonly walking: number | undefined;
  readonly busy: boolean;
  readonly done: number;
  readonly total: number;
  readonly bytes: number;
  readonly totalBytes: number;
  /** Files that came. */
  readonly came: number;
  readonly copies: boolean;
  readonly left: number;
  readonly refused: readonly Refused[];
  readonly stopped: boolean;
  /** Why nothing was begun, or why it ended. */
  readonly why: string;
  /** Something to tell or to show. */
  readonly shown: boolean;
  /** Hands over what a drop or a choice turns out to hold. Never rejects. */
  give(coming: Promise<Coming> | Coming): Promise<void>;
  walked(files: number): void;
  stop(): void;
  clear(): void;
}
export interface Coming {
  readonly files: readonly File[];
  /** Folders whose path the shell knows. */
  readonly folders?: readonly string[];
  /** Hidden files, and those of a build. */
  readonly left?: number;
  /** The walk ended early: there is more than may come. */
  readonly over?: { readonly files: number; readonly bytes: number };
}

export function openGiving({ core }: { core: Core }): Giving {
  let walking = $state<number>();
  let busy = $state(false);
  let done = $state(0);
  let total = $state(0);
  let given = $state(0);
  let totalBytes = $state(0);
  let came = $state(0);
  let copies = $state(false);
  let left = $state(0);
  let refused = $state.raw<readonly Refused[]>([]);
  let stopped = $state(false);
  let why = $state('');
  let going = new AbortController();

  const forget = () => {
    walking = undefined;
    done = total = given = totalBytes = came = left = 0;
    refused = [];
    stopped = copies = false;
    why = '';
  };
  /** @returns whether to go on */
  const one = async (
    name: string,
    add: (signal: AbortSignal) => Promise<unknown>,
    signal: AbortSignal,
    path?: string,
  ) => {
    try {
      await add(signal);
      came++;
    } catch (error) {
      if (signal.aborted) return false;
      if (isFault(error, 'closed')) {
        why = say.lost;
        return false;
      }
      if (!isFault(error) && !(error instanceof DOMException)) throw error;
      const asked = isFault(error, 'many-files') && path !== undefined;
      refused = [...refused, { name, why: isFault(error) ? error.message : say.unreadable, ...(asked && { path }) }];
    }
    return true;
  };
  const all = async ({ files, folders = [] }: Coming, signal: AbortSignal) => {
    for (const path of folders) {
      if (!(await one(path, (end) => core['library.add']({ path }, end), signal, path))) return;
      done++;
    }
    for (const file of files) {
      const before = given;
      const on = await one(
        file.name,
        async (end) => {
          const source = await hand(core, file, end, (bytes) => (given = before + bytes));
          if ('upload' in source) copies = true;
          await core['library.add'](source, end);
        },
        signal,
      );
      if (!on) return;
      given = before + file.size;
      done++;
    }
  };

  return {
    get walking() {
      return walking;
    },
    get busy() {
      return busy;
    },
    get done() {
      return done;
    },
    get total() {
      return total;
    },
    get bytes() {
      return given;
    },
    get totalBytes() {
      return totalBytes;
    },
    get came() {
      return came;
    },
    get copies() {
      return copies;
    },
    get left() {
      return left;
    },
    get refused() {
      return refused;
    },
    get stopped() {
      return stopped;
    },
    get why() {
      return why;
    },
    get shown() {
      return busy || walking !== undefined || came > 0 || stopped || why !== '' || refused.length > 0;
    },
    async give(coming) {
      if (busy) return;
      forget();
      going = new AbortController();
      const { signal } = going;
      busy = true;
      try {
        walking = coming instanceof Promise ? 0 : undefined;
        const what = await coming;
        walking = undefined;
        if (signal.aborted) return;
        totalBytes = what.files.reduce((sum, { size }) => sum + size, 0);
        total = what.files.length + (what.folders?.length ?? 0);
        left = what.left ?? 0;
        const size = { files: what.over?.files ?? what.files.length, bytes: what.over?.bytes ?? totalBytes };
        if (what.over || size.files > MOST.files || size.bytes > MOST.bytes)
          why = say.tooMuch(size.files, size.bytes, MOST);
        else if (total === 0) why = say.empty;
        else await all(what, signal);
      } finally {
        if (going.signal === signal) {
          busy = false;
          walking = undefined;
        }
      }
    },
    walked(files) {
      if (walking !== undefined) walking = files;
    },
    stop() {
      if (!busy) return;
      going.abort();
      busy = false;
      walking = undefined;
      stopped = true;
    },
    clear() {
      going.abort();
      going = new AbortController();
      busy = false;
      forget();
    },
  };
}
