/** Where conversations stand: their order, title, pin and folder, and how their answers are made. */
import type { Store } from '../base/ports.ts';
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import type { Conversation, Shape } from './door.ts';
import { conversationColumns, toConversation, toShape, type ConversationRow } from './rows.ts';

export type ShapeChange = { readonly [K in keyof Shape]?: Shape[K] | null };

export const unknownConversation = () =>
  new Fault('unknown-conversation', 'That conversation is not here; it may have been deleted. The others are safe.');

export function openPlaces(store: Store) {
  const find = (id: Id) =>
    store.get<ConversationRow>(`SELECT ${conversationColumns} FROM conversation c WHERE id = ? AND hidden = 0`, id);
  const row = (id: Id): ConversationRow => {
    const found = find(id);
    if (!found) throw unknownConversation();
    return found;
  };
  const conversation = (id: Id): Conversation => toConversation(row(id));

  return {
    has: (id: Id): boolean => find(id) !== undefined,
    row,
    /** @throws Fault `unknown-conversation`, as everything here that names one */
    conversation,

    /** Newest first. One table in the order of one index: 5,000 rows stay within a few milliseconds. */
    conversations: (limit: number): Conversation[] =>
      store
        .all<ConversationRow>(
          `SELECT ${conversationColumns} FROM conversation c WHERE hidden = 0 ORDER BY changed_at DESC, id DESC LIMIT ?`,
          limit,
        )
        .map(toConversation),

    rename(id: Id, title: string): Conversation {
      row(id);
      store.run('UPDATE conversation SET title = ? WHERE id = ?', title, id);
      return conversation(id);
    },

    place(
      id: Id,
      { pinned, folder }: { pinned?: boolean | undefined; folder?: string | null | undefined },
    ): Conversation {
      const now = row(id);
      store.run(
        'UPDATE conversation SET pinned = ?, folder = ? WHERE id = ?',
        pinned === undefined ? now.pinned : pinned ? 1 : 0,
        folder === undefined ? now.folder : folder,
        id,
      );
      return conversation(id);
    },

    /** Renames a folder, or empties it. @returns the conversations that were in it */
    folder(from: string, to: string | null): Id[] {
      return store
        .all<{ id: Id }>('UPDATE conversation SET folder = ? WHERE folder = ? AND hidden = 0 RETURNING id', to, from)
        .map(({ id }) => id);
    },

    shape(id: Id, { persona, change }: { persona?: Id | null | undefined; change: ShapeChange }): Conversation {
      return store.transaction(() => {
        const now = row(id);
        const asked = Object.entries(change).filter(([, value]) => value !== undefined);
        const merged = Object.fromEntries(
          Object.entries({ ...toShape(now.shape), ...Object.fromEntries(asked) }).filter(([, value]) => value !== null),
        );
        store.run(
          'UPDATE conversation SET shape = ?, persona = ? WHERE id = ?',
          JSON.stringify(merged),
          persona === undefined ? now.persona : persona,
          id,
        );
        return conversation(id);
      });
    },

    /** Conversations go on without a persona that was removed. @returns which ones had it */
    forgetPersona: (persona: Id): Id[] =>
      store
        .all<{ id: Id }>('UPDATE conversation SET persona = NULL WHERE persona = ? RETURNING id', persona)
        .map(({ id }) => id),
  };
}
