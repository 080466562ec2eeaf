/** The current branch of a conversation: which it is, how it moves, and what stands beside it. */
import type { Store } from '../base/ports.ts';
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import { messageColumns, type MessageRow } from './rows.ts';

const unknownMessage = () =>
  new Fault('unknown-message', 'That message is not in this conversation; it may have been deleted. Nothing changed.');

/** Of the current branch: at most `limit` messages that end before `before`, or with the tip. */
interface Stretch {
  readonly conversation: Id;
  readonly before?: Id | undefined;
  readonly limit: number;
}

export function openBranches(store: Store) {
  const message = (id: Id, conversation: Id): MessageRow => {
    const row = store.get<MessageRow>(
      `SELECT ${messageColumns} FROM message m WHERE id = ? AND conversation = ?`,
      id,
      conversation,
    );
    if (!row) throw unknownMessage();
    return row;
  };

  /**
   * Makes the branch that ends with `tip` the current one. Messages above it that have several children remember theirs on the way, so
   * that coming back to one of them later leads down the same way. Call it in a transaction.
   */
  const moveTip = (conversation: Id, tip: Id) => {
    const { parent, depth } = store.get<{ parent: Id | null; depth: number }>(
      'SELECT parent, depth FROM message WHERE id = ?',
      tip,
    )!;
    const grown = store.get('SELECT 1 FROM conversation WHERE id = ? AND tip IS ?', conversation, parent);
    // What grows at a leaf is its only child and needs no mark; only a move to another branch walks up to the beginning.
    if (!grown)
      store.run(
        `WITH RECURSIVE up (id, parent) AS (
           SELECT id, parent FROM message WHERE id = ?
           UNION ALL SELECT m.id, m.parent FROM up JOIN message m ON m.id = up.parent
         ) UPDATE message SET chosen = up.id FROM up WHERE message.id = up.parent AND message.chosen IS NOT up.id`,
        tip,
      );
    store.run('UPDATE conversation SET tip = ?, length = ? WHERE id = ?', tip, depth, conversation);
  };

  /** The newest message of a stretch. */
  const end = ({ conversation, before }: Stretch): Id | null | undefined =>
    before
      ? store.get<{ parent: Id | null }>(
          'SELECT parent FROM message WHERE id = ? AND conversation = ?',
          before,
          conversation,
        )?.parent
      : store.get<{ tip: Id | null }>('SELECT tip FROM conversation WHERE id = ?', conversation)?.tip;

  return {
    moveTip,
    messageOf: message,

    /** @throws Fault `unknown-message` */
    message(id: Id): MessageRow {
      const row = store.get<MessageRow>(
        `SELECT ${messageColumns} FROM message m JOIN conversation c ON c.id = m.conversation WHERE m.id = ? AND c.hidden = 0`,
        id,
      );
      if (!row) throw unknownMessage();
      return row;
    },

    /**
     * Makes a branch through `at` the current one: below it the way that was last current there, or else the newest.
     *
     * An answer that is being written goes on in its own branch, which need not be the current one.
     * @throws Fault `unknown-message`
     */
    choose(conversation: Id, at: Id): Id {
      return store.transaction(() => {
        message(at, conversation);
        const { id: tip } = store.get<{ id: Id }>(
          `WITH RECURSIVE down (id, chosen, depth) AS (
             SELECT id, chosen, depth FROM message WHERE id = ?
             UNION ALL SELECT m.id, m.chosen, m.depth FROM down JOIN message m ON m.id = coalesce(
               down.chosen, (SELECT id FROM message WHERE parent = down.id ORDER BY n DESC LIMIT 1))
           ) SELECT id FROM down ORDER BY depth DESC LIMIT 1`,
          at,
        )!;
        moveTip(conversation, tip);
        return tip;
      });
    },

    /** Every message with the parent of `id`, oldest first. @throws Fault `unknown-message` */
    siblings(id: Id): MessageRow[] {
      const one = store.get<Pick<MessageRow, 'parent' | 'conversation'>>(
        `SELECT m.parent, m.conversation FROM message m JOIN conversation c ON c.id = m.conversation
          WHERE m.id = ? AND c.hidden = 0`,
        id,
      );
      if (!one) throw unknownMessage();
      const { parent, conversation } = one;
      return parent === null
        ? store.all(
            `SELECT ${messageColumns} FROM message m WHERE parent IS NULL AND conversation = ? ORDER BY n`,
            conversation,
          )
        : store.all(`SELECT ${messageColumns} FROM message m WHERE parent = ? ORDER BY n`, parent);
    },

    /** The ids beside each of these messages, where there are several; one query for all of them. */
    versionsOf(rows: readonly Pick<MessageRow, 'parent' | 'conversation'>[]): Map<Id | null, Id[]> {
      const found = store.all<{ id: Id; parent: Id | null }>(
        `SELECT id, parent FROM (
           SELECT n, id, parent FROM message WHERE parent IN (SELECT value FROM json_each(?))
           UNION ALL SELECT n, id, parent FROM message WHERE parent IS NULL AND conversation = ?
         ) ORDER BY n`,
        JSON.stringify(rows.flatMap(({ parent }) => parent ?? [])),
        rows.find(({ parent }) => parent === null)?.conversation ?? '',
      );
      const beside = Map.groupBy(found, ({ parent }) => parent);
      return new Map(
        [...beside].filter(([, all]) => all.length > 1).map(([parent, all]) => [parent, all.map(({ id }) => id)]),
      );
    },

    /**
     * How many messages of a stretch have at most `most` bytes of text together, counted from its newest; at least one.
     * No text is read for it.
     */
    within(stretch: Stretch, most: number): number {
      const sizes = store.all<{ bytes: number }>(
        `WITH RECURSIVE branch (id, parent, bytes, left) AS (
           SELECT id, parent, octet_length(text), ? FROM message WHERE id = ?
           UNION ALL SELECT m.id, m.parent, octet_length(m.text), b.left - 1
             FROM branch b JOIN message m ON m.id = b.parent WHERE b.left > 1
         ) SELECT bytes FROM branch ORDER BY left DESC`,
        stretch.limit,
        end(stretch) ?? '',
      );
      let sum = 0;
      const over = sizes.findIndex(({ bytes }) => (sum += bytes) > most);
      return over < 0 ? stretch.limit : Math.max(1, over);
    },

    /** A stretch of the branch, oldest first. */
    stretch(stretch: Stretch): MessageRow[] {
      const from = end(stretch);
      if (!from) return [];
      return store.all<MessageRow>(
        `WITH RECURSIVE branch (id, parent, left) AS (
           SELECT id, parent, ? FROM message WHERE id = ?
           UNION ALL SELECT m.id, m.parent, b.left - 1 FROM branch b JOIN message m ON m.id = b.parent WHERE b.left > 1
         ) SELECT ${messageColumns} FROM branch b JOIN message m ON m.id = b.id ORDER BY m.depth`,
        stretch.limit,
        from,
      );
    },
  };
}
