/** Takes whole conversations away in pieces, so that an answer being written elsewhere never waits long for the lock. */
import type { Statement, Store } from '../base/ports.ts';
import type { Id } from '../wire/schema.ts';

/** Messages of one transaction: some ten milliseconds with their words and attachments. */
const PIECE = 200;

/** Hides a conversation at once; that is committed when this returns. Its `source` may be brought again. */
export function hide(store: Store, id: Id): void {
  store.run('UPDATE conversation SET hidden = 1, source = NULL WHERE id = ?', id);
}

/**
 * Deletes a conversation with messages, index entries, draft and attachments. Broken off, it is finished by `sweep`.
 *
 * @returns how many messages are gone
 */
export async function remove(store: Store, id: Id, signal?: AbortSignal): Promise<number> {
  hide(store, id);
  let gone = 0;
  // Until it is gone: an import may have been adding to it when it was hidden, and whatever the last statement took along
  // by itself would leave its words in the index.
  do {
    for (let some = atMostAPiece(store, id); some > 0; some = atMostAPiece(store, id)) {
      await store.background.batch(piece(id), signal);
      gone += some;
    }
    await store.background.batch([
      { sql: 'DELETE FROM draft WHERE conversation = ?', params: [id] },
      { sql: 'DELETE FROM attachment WHERE draft = ?', params: [id] },
      {
        sql: 'DELETE FROM conversation WHERE id = ? AND NOT EXISTS (SELECT 1 FROM message WHERE conversation = ?)',
        params: [id, id],
      },
    ]);
  } while (store.get('SELECT 1 FROM conversation WHERE id = ?', id));
  return gone;
}

/** How many messages are left, counted as far as one piece goes. */
const atMostAPiece = (store: Store, id: Id): number =>
  store.get<{ n: number }>(
    `SELECT count(*) AS n FROM (SELECT 1 FROM message WHERE conversation = ? LIMIT ${PIECE})`,
    id,
  )!.n;

/** Finishes what the program's end broke off: conversations that were still coming, or already going. */
export async function sweep(store: Store, signal: AbortSignal): Promise<void> {
  for (const { id } of store.all<{ id: Id }>('SELECT id FROM conversation WHERE hidden = 1'))
    await remove(store, id, signal);
}

/**
 * The newest messages first: children come after their parents, so each row is a leaf when it goes. From the root down,
 * the foreign key would cascade along the whole branch, and SQLite gives up after 1,000 levels.
 */
function piece(id: Id): Statement[] {
  const newest = `SELECT n, text, state FROM message WHERE conversation = ? ORDER BY n DESC LIMIT ${PIECE}`;
  return [
    {
      sql: `INSERT INTO message_words (message_words, rowid, text)
            SELECT 'delete', n, text FROM (${newest}) WHERE state IS NULL OR state <> 'writing'`,
      params: [id],
    },
    { sql: `DELETE FROM message WHERE n IN (SELECT n FROM (${newest}))`, params: [id] },
  ];
}
