/** Whole conversations in and out, through the store's worker: what import and export need of the tree. */
import type { Clock, Statement, Store } from '../base/ports.ts';
import type { ParsedConversation, ParsedMessage } from '../library/ports.ts';
import type { Id } from '../wire/schema.ts';
import type { Conversation, Message } from './door.ts';
import { remove } from './removal.ts';
import { conversationColumns, messageColumns, toConversation, toMessage } from './rows.ts';
import type { ConversationRow, MessageRow } from './rows.ts';
import { titleOf } from './title.ts';

/** Of one transaction: about ten milliseconds of work, for which an answer being written may have to wait. */
const PIECE_CHARACTERS = 200_000;
const PIECE_MESSAGES = 200;

export interface WholeMessage extends Message {
  /** Messages from the beginning to this one. */
  readonly depth: number;
  /** The texts of its attachments, in their order. */
  readonly documents: readonly { readonly name: string; readonly kind: string; readonly text: string }[];
}

export type Bulk = ReturnType<typeof openBulk>;

export function openBulk({ store, clock, ids }: { store: Store; clock: Clock; ids: () => Id }) {
  return {
    /**
     * Keeps an imported conversation with every branch. What is long comes in several transactions and is shown when the
     * last one is on disk; one that the program's end cut off is swept at the next start, so it can be brought again.
     *
     * @returns its new id, or `known` when it is here already (brought before, or, from daimon, still here)
     * @throws RangeError when a message names a parent that does not stand before it, or no message is there
     */
    async insertConversation(
      parsed: ParsedConversation,
      signal?: AbortSignal,
    ): Promise<{ readonly id: Id; readonly messages: number } | 'known'> {
      const source = `${parsed.from}:${parsed.id}`;
      const here = 'SELECT 1 FROM conversation WHERE (source = ? OR id = ?) AND hidden = 0';
      if (store.get(here, source, parsed.from === 'daimon' ? parsed.id : '')) return 'known';
      const id = ids();
      const pieces = piecesOf(parsed, id, ids, clock.now());
      try {
        for (const piece of pieces) await store.background.batch(piece, signal);
      } catch (error) {
        // Nothing of it is shown; what of it is on disk must not bar the next try.
        // (When the store has closed meanwhile, the next start sweeps it.)
        await remove(store, id).catch(() => {});
        if ((error as { code?: unknown }).code === 'SQLITE_CONSTRAINT_UNIQUE') return 'known';
        throw error;
      }
      return { id, messages: parsed.messages.length };
    },

    /** Every conversation that is on disk, oldest first. */
    everyConversation: async (signal?: AbortSignal): Promise<Conversation[]> =>
      (
        await store.background.all<ConversationRow>(
          `SELECT ${conversationColumns} FROM conversation c WHERE hidden = 0 ORDER BY created_at, id`,
          [],
          signal,
        )
      ).map(toConversation),

    /** All messages of a conversation, parents before children, each with its depth and the texts of its attachments. */
    async wholeTree(conversation: Id, signal?: AbortSignal): Promise<WholeMessage[]> {
      const rows = await store.background.all<MessageRow>(
        `SELECT ${messageColumns} FROM message m WHERE conversation = ? ORDER BY depth, n`,
        [conversation],
        signal,
      );
      const files = await store.background.all<{ message: Id; name: string; kind: string; text: string }>(
        `SELECT message, name, kind, text FROM attachment JOIN attachment_text ON attachment = id
          WHERE message IN (SELECT id FROM message WHERE conversation = ?) ORDER BY message, place`,
        [conversation],
        signal,
      );
      const documents = Map.groupBy(files, ({ message }) => message);
      return rows.map((row) => ({
        ...toMessage(row),
        depth: row.depth,
        documents: (documents.get(row.id) ?? []).map(({ name, kind, text }) => ({ name, kind, text })),
      }));
    },
  };
}

/** The statements that keep a conversation, in transactions of a bounded size; the last one makes it visible. */
function piecesOf(parsed: ParsedConversation, id: Id, ids: () => Id, now: number): Statement[][] {
  const { messages } = parsed;
  if (messages.length === 0) throw new RangeError('A conversation to bring has at least one message.');
  const created = parsed.createdAt ?? messages[0]!.at ?? now;
  const placed = new Map<string, { id: Id; depth: number; parent: string | null }>();
  for (const { id: theirs, parent } of messages) {
    const above = parent === null ? undefined : placed.get(parent);
    if (parent !== null && !above) throw new RangeError('A message to bring comes after its parent.');
    placed.set(theirs, { id: ids(), depth: (above?.depth ?? 0) + 1, parent });
  }
  const tip = placed.get(parsed.tip ?? messages.at(-1)!.id) ?? placed.get(messages.at(-1)!.id)!;
  const chosen = new Map<string, Id>();
  for (let at = tip; at.parent !== null; at = placed.get(at.parent)!) chosen.set(at.parent, at.id);

  const pieces: Statement[][] = [[]];
  let characters = 0;
  let inPiece = 0;
  for (const message of messages) {
    const weight =
      message.text.length + (message.attachments ?? []).reduce((n, { text }) => n + (text?.length ?? 0), 0);
    if (inPiece > 0 && (characters + weight > PIECE_CHARACTERS || inPiece >= PIECE_MESSAGES)) {
      pieces.push([]);
      characters = inPiece = 0;
    }
    characters += weight;
    inPiece++;
    const { id: at, depth, parent } = placed.get(message.id)!;
    pieces.at(-1)!.push(
      ...keep(message, {
        id: at,
        conversation: id,
        parent: parent === null ? null : placed.get(parent)!.id,
        depth,
        at: message.at ?? created,
        chosen: chosen.get(message.id) ?? null,
        ids,
      }),
    );
  }
  pieces[0]!.unshift({
    sql: `INSERT INTO conversation (id, title, created_at, changed_at, model, tip, length, pinned, folder, source, hidden)
          VALUES (?, ?, ?, ?, NULL, ?, ?, ?, ?, ?, ?)`,
    params: [
      id,
      parsed.title.trim().slice(0, 200) || titleOf(messages[0]!.text),
      created,
      parsed.changedAt ?? messages.reduce((latest, { at = 0 }) => Math.max(latest, at), created),
      tip.id,
      tip.depth,
      parsed.pinned ? 1 : 0,
      parsed.folder?.trim().slice(0, 100) || null,
      `${parsed.from}:${parsed.id}`,
      pieces.length > 1 ? 1 : 0,
    ],
  });
  if (pieces.length > 1) pieces.at(-1)!.push({ sql: 'UPDATE conversation SET hidden = 0 WHERE id = ?', params: [id] });
  return pieces;
}

interface Placed {
  readonly id: Id;
  readonly conversation: Id;
  readonly parent: Id | null;
  readonly depth: number;
  readonly at: number;
  readonly chosen: Id | null;
  readonly ids: () => Id;
}

function keep({ role, text, model, attachments = [] }: ParsedMessage, place: Placed): Statement[] {
  const { id, conversation, parent, depth, at, chosen, ids } = place;
  return [
    {
      sql: `INSERT INTO message (id, conversation, parent, depth, role, text, at, state, model, chosen)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      params: [
        id,
        conversation,
        parent,
        depth,
        role,
        text,
        at,
        role === 'assistant' ? 'done' : null,
        role === 'assistant' ? (model ?? null) : null,
        chosen,
      ],
    },
    { sql: 'INSERT INTO message_words (rowid, text) SELECT n, text FROM message WHERE id = ?', params: [id] },
    ...attachments.flatMap(({ name, text: content = '' }, i) => {
      const attachment = ids();
      return [
        {
          sql: `INSERT INTO attachment (id, message, place, name, kind, characters, note, at)
                VALUES (?, ?, ?, ?, 'text', ?, ?, ?)`,
          params: [
            attachment,
            id,
            i,
            name,
            content.length,
            content ? null : 'The export had only the name of this file.',
            at,
          ],
        },
        { sql: 'INSERT INTO attachment_text VALUES (?, ?)', params: [attachment, content] },
      ];
    }),
  ];
}
