/** A document as it is read: a stretch around where one begins, and more of it, earlier and later, as one scrolls. */
import type { Opened } from '../../../src-main/library/door.ts';
import type { Core } from '../../core/doors.ts';
import { notify, type Notified } from '../../core/notify.ts';

export type Passage = Opened['passages'][number];
export type Begin = { readonly passage: number } | { readonly document: number };

export interface Reading {
  /** Undefined until it was opened. */
  readonly opened: Opened | undefined;
  /** Neighbours in order, as far as they were read. */
  readonly passages: readonly Passage[];
  readonly hasEarlier: boolean;
  readonly hasLater: boolean;
  readonly busy: boolean;
  readonly fault: Notified | undefined;
  /** @returns whether there is more now */
  earlier(): Promise<boolean>;
  later(): Promise<boolean>;
  /** Opens it again after a fault. */
  open(): Promise<void>;
}

/** Passages a time: about ten pages. */
const STRETCH = 40;

/** Call it while a component is set up: leaving ends what is still asked for. */
export function openReading({ core, begin }: { core: Core; begin: Begin }): Reading {
  let opened = $state.raw<Opened>();
  let passages = $state.raw<readonly Passage[]>([]);
  let busy = $state(false);
  let fault = $state.raw<Notified>();
  const stop = new AbortController();
  $effect(() => () => stop.abort());

  const first = $derived(passages[0]?.n ?? 0);
  const next = $derived((passages.at(-1)?.n ?? -1) + 1);
  const ask = async (what: { from?: number; limit?: number } = {}) => {
    busy = true;
    fault = undefined;
    try {
      const of = opened ? { document: opened.document } : begin;
      return await core['library.open']({ ...of, limit: STRETCH, ...what }, stop.signal);
    } catch (error) {
      if (!stop.signal.aborted) fault = notify(error);
      return undefined;
    } finally {
      busy = false;
    }
  };
  return {
    get opened() {
      return opened;
    },
    get passages() {
      return passages;
    },
    get hasEarlier() {
      return first > 0;
    },
    get hasLater() {
      return opened !== undefined && passages.length > 0 && next < opened.total;
    },
    get busy() {
      return busy;
    },
    get fault() {
      return fault;
    },
    async earlier() {
      if (busy || first === 0) return false;
      const from = Math.max(0, first - STRETCH);
      const more = await ask({ from, limit: first - from });
      const before = more?.passages.filter(({ n }) => n < first) ?? [];
      passages = [...before, ...passages];
      return before.length > 0;
    },
    async later() {
      if (busy || !opened || next >= opened.total) return false;
      const more = await ask({ from: next });
      const after = more?.passages.filter(({ n }) => n >= next) ?? [];
      passages = [...passages, ...after];
      // It became shorter meanwhile: nothing follows.
      if (more && after.length === 0) opened = { ...opened, total: next };
      return after.length > 0;
    },
    async open() {
      const what = await ask();
      if (!what) return;
      opened = what;
      passages = what.passages;
    },
  };
}
