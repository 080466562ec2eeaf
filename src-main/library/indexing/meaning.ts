/** Gives passages their vectors, a few at a time and behind everything else. */
import type { Log } from '../../base/ports.ts';
import { isFault } from '../../wire/index.ts';
import type { Embedder } from '../ports.ts';
import type { Shelf } from '../shelf.ts';
import type { Turns } from './turns.ts';

/** Texts of one request: about half a second on one core, so that a new file waits no longer for its turn. */
const BATCH = 16;
/** Between tries when the engine fails; after the last it is left alone until something changes. */
const PAUSES_MS = [2000, 10_000, 30_000];

export interface MeaningNeeds {
  readonly log: Log;
  readonly embedder: Embedder;
  readonly shelf: Shelf;
  readonly inTurn: Turns;
  readonly pausesMs?: readonly number[];
}
/** `wait`: it failed, and is tried again after so long. */
export type Step = { readonly done: number } | { readonly wait: number } | 'nothing';

export type Meaning = ReturnType<typeof openMeaning>;

export function openMeaning({ log, embedder, shelf, inTurn, pausesMs = PAUSES_MS }: MeaningNeeds) {
  let failures = 0;
  /** Every passage has its vector of this model, as far as is known. */
  let complete: string | undefined;

  const state = (): 'ready' | 'absent' | 'failed' =>
    !embedder.embedderNow() ? 'absent' : failures > pausesMs.length ? 'failed' : 'ready';
  return {
    state,
    /** Whether a step would do something. */
    due: (): boolean => {
      const now = embedder.embedderNow();
      return now !== undefined && complete !== now.id && failures <= pausesMs.length;
    },
    /** There are passages that may have none; `afresh`: also tries again what failed. */
    more({ afresh = false }: { readonly afresh?: boolean } = {}) {
      complete = undefined;
      if (afresh) failures = 0;
    },
    /** @throws Fault of the store; the signal's reason */
    async step(signal: AbortSignal): Promise<Step> {
      const model = embedder.embedderNow();
      if (!model) return 'nothing';
      const passages = await shelf.bare(model.id, BATCH);
      if (passages.length === 0) {
        complete = model.id;
        return 'nothing';
      }
      let vectors;
      try {
        vectors = await embedder.embed(
          passages.map(({ text }) => text),
          { behind: true },
          signal,
        );
      } catch (error) {
        signal.throwIfAborted();
        if (isFault(error, 'no-embedder')) return 'nothing';
        // The engine was ended or could not be started: it has a process of its own and may come back.
        if (isFault(error)) log.info('library.no-vectors', { code: error.code });
        else log.unexpected(error, 'library.vectors');
        const wait = pausesMs[failures++];
        return wait === undefined ? 'nothing' : { wait };
      }
      failures = 0;
      const pairs = passages.flatMap(({ passage }, i) => (vectors[i] ? [{ passage, vector: vectors[i] }] : []));
      await inTurn(() => shelf.keepVectors(model.id, pairs));
      return { done: pairs.length };
    },
  };
}
