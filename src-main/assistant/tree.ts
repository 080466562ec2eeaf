/** Conversations and messages in the store: the only file that knows the assistant's tables. */
import type { Clock, Store } from '../base/ports.ts';
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import type { Conversation, Message } from './door.ts';

interface ConversationRow {
  id: Id;
  title: string;
  created_at: number;
  changed_at: number;
  model: string | null;
  tip: Id | null;
  kept_from: number;
  messages?: number;
  writing?: Id | null;
}
interface MessageRow {
  id: Id;
  conversation: Id;
  parent: Id | null;
  depth: number;
  role: 'user' | 'assistant';
  text: string;
  at: number;
  state: NonNullable<Message['state']> | null;
  model: string | null;
  tokens: number | null;
  tokens_per_second: number | null;
  first_token_ms: number | null;
  device: string | null;
  note: string | null;
}
/** What an answer ends with. */
export type Ending = Pick<Message, 'text' | 'note' | 'device' | 'tokens' | 'tokensPerSecond' | 'firstTokenMs'> & {
  state: 'done' | 'stopped' | 'cut-off' | 'failed';
};
export interface Place {
  readonly conversation: Id;
  readonly question: Id;
  readonly answer: Id;
}

const opt = <K extends string, T>(key: K, value: T | null | undefined) =>
  (value === null || value === undefined ? {} : { [key]: value }) as { [P in K]?: T };
const toMessage = (row: MessageRow): Message => ({
  id: row.id,
  conversation: row.conversation,
  parent: row.parent,
  role: row.role,
  text: row.text,
  at: row.at,
  ...opt('state', row.state),
  ...opt('model', row.model),
  ...opt('tokens', row.tokens),
  ...opt('tokensPerSecond', row.tokens_per_second),
  ...opt('firstTokenMs', row.first_token_ms),
  ...opt('device', row.device),
  ...opt('note', row.note),
});
const toConversation = (row: ConversationRow): Conversation => ({
  id: row.id,
  title: row.title,
  createdAt: row.created_at,
  changedAt: row.changed_at,
  messages: row.messages ?? 0,
  model: row.model,
  pinned: false,
  folder: null,
  persona: null,
  shape: {},
  ...opt('writing', row.writing),
});

const withCounts = `SELECT c.*, coalesce(t.depth, 0) AS messages,
    CASE WHEN t.state = 'writing' THEN t.id END AS writing
  FROM conversation c LEFT JOIN message t ON t.id = c.tip`;

export type Tree = ReturnType<typeof openTree>;

/**
 * The tree over one store. Every method that writes has committed when it returns.
 *
 * Opening ends answers that were being written when the program last stopped: they become `cut-off` and searchable.
 */
export function openTree({ store, clock, ids }: { store: Store; clock: Clock; ids: () => Id }) {
  const index = (id: Id) =>
    store.run('INSERT INTO message_words (rowid, text) SELECT n, text FROM message WHERE id = ?', id);

  const conversationRow = (id: Id) => {
    const row = store.get<ConversationRow>(`${withCounts} WHERE c.id = ?`, id);
    if (!row)
      throw new Fault(
        'unknown-conversation',
        'That conversation is not here; it may have been deleted. The others are safe.',
      );
    return row;
  };
  const insertMessage = (
    row: Pick<MessageRow, 'id' | 'conversation' | 'parent' | 'depth' | 'role' | 'text' | 'state' | 'model'>,
  ) => {
    store.run(
      'INSERT INTO message (id, conversation, parent, depth, role, text, at, state, model) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      row.id,
      row.conversation,
      row.parent,
      row.depth,
      row.role,
      row.text,
      clock.now(),
      row.state,
      row.model,
    );
  };
  const moveTip = (conversation: Id, tip: Id, model: string) =>
    store.run(
      'UPDATE conversation SET tip = ?, length = (SELECT depth FROM message WHERE id = ?), model = ?, changed_at = ? WHERE id = ?',
      tip,
      tip,
      model,
      clock.now(),
      conversation,
    );

  store.transaction(() => {
    for (const { id } of store.all<{ id: Id }>("SELECT id FROM message WHERE state = 'writing'")) {
      store.run("UPDATE message SET state = 'cut-off' WHERE id = ?", id);
      index(id);
    }
  });

  return {
    conversation: (id: Id): Conversation => toConversation(conversationRow(id)),

    conversations: (limit: number): Conversation[] =>
      store
        .all<ConversationRow>(`${withCounts} ORDER BY c.changed_at DESC, c.id DESC LIMIT ?`, limit)
        .map(toConversation),

    /** Adds a question, and the empty place of its answer, at the tip of `conversation` or of a new one. */
    ask({
      conversation,
      text,
      title,
      model,
    }: {
      conversation: Id | undefined;
      text: string;
      title: string;
      model: string;
    }): Place {
      return store.transaction(() => {
        const now = clock.now();
        const at = conversation ?? ids();
        if (!conversation)
          store.run(
            'INSERT INTO conversation (id, title, created_at, changed_at, model) VALUES (?, ?, ?, ?, ?)',
            at,
            title,
            now,
            now,
            model,
          );
        const row = conversationRow(at);
        const place = { conversation: at, question: ids(), answer: ids() };
        const depth = (row.messages ?? 0) + 1;
        insertMessage({
          id: place.question,
          conversation: at,
          parent: row.tip,
          depth,
          role: 'user',
          text,
          state: null,
          model: null,
        });
        index(place.question);
        insertMessage({
          id: place.answer,
          conversation: at,
          parent: place.question,
          depth: depth + 1,
          role: 'assistant',
          text: '',
          state: 'writing',
          model,
        });
        moveTip(at, place.answer, model);
        return place;
      });
    },

    /** Adds another answer beside the last one; the last one stays in the tree. */
    askAgain({ conversation, model }: { conversation: Id; model: string }): Place {
      return store.transaction(() => {
        const { tip } = conversationRow(conversation);
        const last = tip && store.get<MessageRow>('SELECT * FROM message WHERE id = ?', tip);
        const question = last && (last.role === 'user' ? last.id : last.parent);
        if (!last || !question)
          throw new Fault('nothing-asked', 'Nothing was asked in this conversation yet. Write a question first.');
        const answer = ids();
        const depth = last.role === 'user' ? last.depth + 1 : last.depth;
        insertMessage({
          id: answer,
          conversation,
          parent: question,
          depth,
          role: 'assistant',
          text: '',
          state: 'writing',
          model,
        });
        moveTip(conversation, answer, model);
        return { conversation, question, answer };
      });
    },

    /** What an answer has so far. */
    write(answer: Id, text: string) {
      store.run('UPDATE message SET text = ? WHERE id = ?', text, answer);
    },

    end(answer: Id, { text, state, note, device, tokens, tokensPerSecond, firstTokenMs }: Ending) {
      store.transaction(() => {
        store.run(
          'UPDATE message SET text = ?, state = ?, note = ?, device = ?, tokens = ?, tokens_per_second = ?, first_token_ms = ? WHERE id = ?',
          text,
          state,
          note ?? null,
          device ?? null,
          tokens ?? null,
          tokensPerSecond ?? null,
          firstTokenMs ?? null,
          answer,
        );
        index(answer);
        store.run(
          'UPDATE conversation SET changed_at = ? WHERE id = (SELECT conversation FROM message WHERE id = ?)',
          clock.now(),
          answer,
        );
      });
    },

    message(id: Id): Message | undefined {
      const row = store.get<MessageRow>('SELECT * FROM message WHERE id = ?', id);
      return row && toMessage(row);
    },

    /**
     * A page of the branch that ends before `before` (or with the tip), oldest first.
     * @returns the messages with their depth, and the branch's length
     */
    page({ conversation, before, limit }: { conversation: Id; before?: Id | undefined; limit: number }) {
      const { tip, messages: total = 0 } = conversationRow(conversation);
      const from = before
        ? store.get<{ parent: Id | null }>(
            'SELECT parent FROM message WHERE id = ? AND conversation = ?',
            before,
            conversation,
          )?.parent
        : tip;
      if (!from) return { messages: [], depths: [], more: false, total };
      const rows = store.all<MessageRow>(
        `WITH RECURSIVE branch (id, parent, left) AS (
           SELECT id, parent, ? FROM message WHERE id = ?
           UNION ALL SELECT m.id, m.parent, b.left - 1 FROM branch b JOIN message m ON m.id = b.parent WHERE b.left > 1
         ) SELECT m.* FROM branch b JOIN message m ON m.id = b.id ORDER BY m.depth`,
        limit,
        from,
      );
      return {
        messages: rows.map(toMessage),
        depths: rows.map((row) => row.depth),
        more: (rows[0]?.depth ?? 1) > 1,
        total,
      };
    },

    keptFrom: (conversation: Id): number =>
      store.get<{ kept: number | null }>(
        'SELECT max(kept_from) AS kept FROM message WHERE conversation = ?',
        conversation,
      )?.kept ?? 1,
    keepFrom(conversation: Id, depth: number) {
      store.run('UPDATE message SET kept_from = ? WHERE conversation = ?', depth, conversation);
    },

    rename(id: Id, title: string): Conversation {
      conversationRow(id);
      store.run('UPDATE conversation SET title = ? WHERE id = ?', title, id);
      return toConversation(conversationRow(id));
    },

    /** Deletes a conversation and its index entries. @returns how many messages are gone */
    delete(id: Id): number {
      conversationRow(id);
      return store.transaction(() => {
        store.run(
          `INSERT INTO message_words (message_words, rowid, text)
             SELECT 'delete', n, text FROM message WHERE conversation = ? AND (state IS NULL OR state <> 'writing')`,
          id,
        );
        const { changes } = store.run('DELETE FROM message WHERE conversation = ?', id);
        store.run('DELETE FROM draft WHERE conversation = ?', id);
        store.run('DELETE FROM conversation WHERE id = ?', id);
        return changes;
      });
    },

    /** @param match an FTS5 expression; see `search.ts` */
    search: (match: string, limit: number) =>
      store.background.all<{
        conversation: Id;
        message: Id;
        title: string;
        role: 'user' | 'assistant';
        at: number;
        excerpt: string;
      }>(
        `SELECT m.conversation, m.id AS message, c.title, m.role, m.at,
                snippet(message_words, 0, char(57344), char(57345), '…', 20) AS excerpt
           FROM message_words JOIN message m ON m.n = message_words.rowid JOIN conversation c ON c.id = m.conversation
          WHERE message_words MATCH ? ORDER BY bm25(message_words), m.at DESC LIMIT ?`,
        [match, limit],
      ),

    draft: (conversation: Id | undefined): string =>
      store.get<{ text: string }>('SELECT text FROM draft WHERE conversation = ?', conversation ?? '')?.text ?? '',
    keepDraft(conversation: Id | undefined, text: string) {
      if (text)
        store.run(
          'INSERT INTO draft VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET text = excluded.text, at = excluded.at',
          conversation ?? '',
          text,
          clock.now(),
        );
      else store.run('DELETE FROM draft WHERE conversation = ?', conversation ?? '');
    },
  };
}
