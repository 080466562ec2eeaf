/** Pieces of writing that are as large as some ten milliseconds allow on this machine, now. */
import type { Statement, Store } from '../../base/ports.ts';

export interface Pace {
  /** In one transaction of the store's worker. `work` says how much it is, in any measure that is the same for all calls. */
  batch(statements: readonly Statement[], work: number, signal?: AbortSignal): Promise<{ readonly changes: number }>;
  /** How much work the next piece may have. */
  readonly room: number;
}
export type Pacer = (start: number, bounds: { readonly least: number; readonly most: number }) => Pace;

/** Longer, and an answer that is being written would wait for the file's one write lock so long that a person sees it. */
const GOAL_MS = 10;

/** The room of a piece follows what the last ones took, the commit's way to the disk included; half-way, so that one slow disk write is no panic. */
export const pacer =
  (store: Store): Pacer =>
  (start, { least, most }) => {
    let room = start;
    return {
      async batch(statements, work, signal) {
        const began = performance.now();
        const done = await store.background.batch(statements, signal);
        const fits = (work * GOAL_MS) / Math.max(1, performance.now() - began);
        room = Math.min(most, Math.max(least, (room + fits) / 2));
        return done;
      },
      get room() {
        return room;
      },
    };
  };
