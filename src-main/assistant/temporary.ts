/** Temporary conversations: the same tree over a store in memory, gone when they are deleted or daimon sleeps. */
import type { Clock, Store } from '../base/ports.ts';
import { openMemoryStore } from '../base/store/memory.ts';
import type { Id } from '../wire/schema.ts';
import { migrations } from './schema.ts';
import { openTree, type Tree } from './tree.ts';

export interface Temporary {
  /** The tree in memory, made when first asked for. */
  tree(): Promise<Tree>;
  /** The tree in memory, if there is one. */
  now(): Tree | undefined;
  store(): Store | undefined;
  close(): Promise<void>;
}

export function openTemporary({ clock, ids }: { clock: Clock; ids: () => Id }): Temporary {
  let opening: Promise<Tree> | undefined;
  let store: Store | undefined;
  let tree: Tree | undefined;
  const open = async () => {
    store = openMemoryStore({ clock });
    await store.migrate('assistant', migrations);
    tree = openTree({ store, clock, ids });
    return tree;
  };
  return {
    tree: () => (opening ??= open()),
    now: () => tree,
    store: () => store,
    async close() {
      await opening;
      await store?.close();
      opening = store = tree = undefined;
    },
  };
}
