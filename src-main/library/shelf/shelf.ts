/** Where contents are kept: documents, passages, their words at once, their vectors when they come. */
import type { Store } from '../../base/ports.ts';
import type { Kept, Key, Shelf } from '../shelf.ts';
import { custody } from './custody.ts';
import { keeper } from './keep.ts';
import { pacer } from './pace.ts';
import { sweeper } from './sweep.ts';
import { vectors } from './vectors.ts';

export interface ShelfNeeds {
  readonly store: Store;
}

/** Opens the shelf; the room's migrations have run. Everything that writes does so in the store's worker, in small pieces. */
export function openShelf({ store }: ShelfNeeds): Shelf {
  const hands = custody();
  const write = pacer(store);
  const find = ({ hash, how }: Key): Kept | undefined => {
    const row = store.get<{
      content: number;
      documents: number;
      passages: number;
      refused: number;
      why: string | null;
    }>(
      'SELECT id AS content, documents, passages, refused, why FROM content WHERE hash = ? AND how = ? AND complete = 1',
      hash,
      how,
    );
    if (!row || hands.isLeaving(row.content)) return undefined;
    // The caller is about to point its file at it.
    hands.given(row.content);
    const { why, ...kept } = row;
    return { ...kept, ...(why !== null && { why }) };
  };
  const { sweep, clear } = sweeper({ store, write, hands });
  return {
    find,
    keep: keeper({ store, write, hands, find, clear }),
    sweep,
    ...vectors({ store, write }),
    totals: () => store.get<{ passages: number; bare: number }>('SELECT passages, bare FROM shelf')!,
  };
}
