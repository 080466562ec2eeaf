/** Brings an export into this daimon: hands the file over, follows the import; leaving the page stops nothing. */
import type { Brought } from '../../src-main/assistant/door.ts';
import { Fault, isFault } from '../../src-main/wire/index.ts';
import type { Core } from './doors.ts';
import { hand } from './hand.ts';
import { notify, type Notified } from './notify.ts';

type Progress = Extract<Brought, { kind: 'progress' }>;
type Done = Extract<Brought, { kind: 'done' }>;

export interface Bringing {
  /** The file that is being brought, or was last. */
  readonly name: string | undefined;
  readonly busy: boolean;
  /** Bytes handed over, while that goes on. */
  readonly handing: { readonly done: number; readonly total: number } | undefined;
  /** What has come so far; undefined until the core has begun. */
  readonly progress: Progress | undefined;
  readonly done: Done | undefined;
  /** Stopped by the person. */
  readonly stopped: boolean;
  readonly fault: Notified | undefined;
  /** Begins; does nothing while another file is being brought. Resolves when it has ended, never rejects with a Fault. */
  begin(file: File): Promise<void>;
  /** Stops for good; what had come stays. */
  stop(): Promise<void>;
  /** Forgets how it ended; at a lock also what is going on. */
  clear(): void;
}

export interface BringingOptions {
  readonly core: Core;
  readonly signal: AbortSignal;
  /** Told the job as soon as it has one. */
  readonly onjob: (id: string) => void;
}

const unreadable = () =>
  new Fault(
    'file-unreadable',
    'The browser could not read that file: it may be a folder, or was moved meanwhile. Nothing was brought; choose the file again.',
  );

export function openBringing({ core, signal, onjob }: BringingOptions): Bringing {
  let name = $state<string>();
  let busy = $state(false);
  let handing = $state.raw<{ done: number; total: number }>();
  let progress = $state.raw<Progress>();
  let done = $state.raw<Done>();
  let stopped = $state(false);
  let fault = $state.raw<Notified>();
  let going = new AbortController();

  const forget = () => {
    name = handing = progress = done = fault = undefined;
    stopped = false;
  };
  const bring = async (file: File, end: AbortSignal) => {
    handing = { done: 0, total: file.size };
    const source = await hand(core, file, end, (bytes) => (handing = { done: bytes, total: file.size }));
    handing = undefined;
    for await (const item of core['assistant.import'](source, end)) {
      if (item.kind === 'done') done = item;
      else {
        if (!progress) onjob(item.job);
        progress = item;
      }
    }
  };

  return {
    get name() {
      return name;
    },
    get busy() {
      return busy;
    },
    get handing() {
      return handing;
    },
    get progress() {
      return progress;
    },
    get done() {
      return done;
    },
    get stopped() {
      return stopped;
    },
    get fault() {
      return fault;
    },
    async begin(file) {
      if (busy) return;
      forget();
      going = new AbortController();
      const mine = going;
      const end = AbortSignal.any([signal, mine.signal]);
      name = file.name;
      busy = true;
      try {
        await bring(file, end);
        // A stream that ends without an end was stopped where its job is shown, or from elsewhere.
        if (!done && going === mine) stopped = true;
      } catch (error) {
        if (going !== mine || end.aborted) return;
        // Stopped here, or where its job is shown.
        if (isFault(error, 'job-stopped')) stopped = true;
        if (stopped) return;
        // The file itself: a folder that was dropped, or one that changed under the reading.
        fault = notify(error instanceof DOMException ? unreadable() : error);
      } finally {
        if (going === mine) {
          busy = false;
          handing = undefined;
        }
      }
    },
    async stop() {
      stopped = true;
      if (!progress) return going.abort();
      try {
        await core['jobs.stop']({ id: progress.job }, signal);
      } catch (error) {
        if (!isFault(error) && !signal.aborted) throw error;
      }
    },
    clear() {
      if (busy) going.abort();
      going = new AbortController();
      busy = false;
      forget();
    },
  };
}
