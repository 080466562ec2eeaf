/** Two trees, on disk and in memory, seen as one: every verb reaches the conversation where it lives. */
import type { Clock, Store } from '../base/ports.ts';
import type { Id } from '../wire/schema.ts';
import type { Conversation } from './door.ts';
import { openTemporary } from './temporary.ts';
import { openTree, type Tree } from './tree.ts';

export type Homes = ReturnType<typeof openHomes>;

export function openHomes({ store, clock, ids }: { store: Store; clock: Clock; ids: () => Id }) {
  const disk = openTree({ store, clock, ids });
  const temporary = openTemporary({ clock, ids });

  const inMemory = (conversation: Id) => temporary.now()?.has(conversation) === true;
  /** Of a conversation; one that is nowhere is the disk's to miss. */
  const of = (conversation: Id): Tree => (inMemory(conversation) ? temporary.now()! : disk);

  return {
    disk,
    inMemory,
    of,
    /** The store that `of` reads. */
    storeOf: (conversation: Id): Store => (inMemory(conversation) ? temporary.store()! : store),
    /** Of a draft: a conversation's, or of the next new one, which may be going to be temporary. */
    ofDraft: async (conversation: Id | undefined, isTemporary: boolean | undefined): Promise<Tree> =>
      conversation ? of(conversation) : isTemporary ? await temporary.tree() : disk,
    /** Both, the one in memory first. */
    all: (): Tree[] => [temporary.now(), disk].filter((tree) => tree !== undefined),
    ofMessage: (message: Id): Tree => (temporary.now()?.hasMessage(message) ? temporary.now()! : disk),
    list(limit: number): Conversation[] {
      const hidden = temporary.now()?.conversations(limit) ?? [];
      const kept = disk.conversations(limit);
      return hidden.length === 0
        ? kept
        : [...hidden.map((one) => ({ ...one, temporary: true as const })), ...kept].slice(0, limit);
    },
    temporary,
  };
}
