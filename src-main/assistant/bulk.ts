/** Whole conversations in and out, through the store's worker: what import and export need of the tree. */
import type { Clock, Statement, Store } from '../base/ports.ts';
import type { ParsedConversation, ParsedMessage } from '../library/ports.ts';
import type { Id } from '../wire/schema.ts';
import type { Conversation, Message } from './door.ts';
import { inPieces } from './pieces.ts';
import { remove } from './removal.ts';
import { conversationColumns, messageColumns, sourceColumns, toConversation, toMessage, toUsedSource } from './rows.ts';
import type { ConversationRow, MessageRow, SourceRow } from './rows.ts';
import { insertSource } from './sources.ts';
import { broughtName, titleOf } from './title.ts';

export interface WholeMessage extends Message {
  /** Messages from the beginning to this one. */
  readonly depth: number;
  /** The texts of its attachments, in their order. */
  readonly documents: readonly { readonly name: string; readonly kind: string; readonly text: string }[];
}

export type Bulk = ReturnType<typeof openBulk>;

/** A conversation that was kept. */
export interface Kept {
  readonly id: Id;
  readonly messages: number;
}

export interface BulkNeeds {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: () => Id;
}

export function openBulk({ store, clock, ids }: BulkNeeds) {
  const isHere = (parsed: ParsedConversation): boolean =>
    store.get(
      'SELECT 1 FROM conversation WHERE (source = ? OR id = ?) AND hidden = 0',
      sourceOf(parsed),
      parsed.from === 'daimon' ? parsed.id : '',
    ) !== undefined;
  const planned = (parsed: ParsedConversation) => {
    const id = ids();
    try {
      return { id, pieces: piecesOf(parsed, id, ids, clock.now()) };
    } catch (error) {
      if (error instanceof RangeError) return 'broken';
      throw error;
    }
  };
  const insertConversation = async (parsed: ParsedConversation, signal?: AbortSignal): Promise<Kept | 'known'> => {
    if (isHere(parsed)) return 'known';
    const id = ids();
    const pieces = piecesOf(parsed, id, ids, clock.now());
    try {
      for (const piece of pieces) await store.background.batch(piece, signal);
    } catch (error) {
      // Nothing of it is shown; what of it is on disk must not bar the next try.
      // (When the store has closed meanwhile, the next start sweeps it.)
      await remove(store, id).catch(() => {});
      if (isTwice(error)) return 'known';
      throw error;
    }
    return { id, messages: parsed.messages.length };
  };

  return {
    /**
     * Keeps an imported conversation with every branch. What is long comes in several transactions and is shown when the
     * last one is on disk; one that the program's end cut off is swept at the next start, so it can be brought again.
     *
     * @returns its new id, or `known` when it is here already (brought before, or, from daimon, still here)
     * @throws RangeError when a message names a parent that does not stand before it, or no message is there
     */
    insertConversation,

    /**
     * The same for several, in their order; those that are short share a transaction: a commit costs what ten short
     * conversations cost. One that `insertConversation` would throw a RangeError for is `broken`, and the others go on.
     */
    async insertConversations(
      list: readonly ParsedConversation[],
      signal?: AbortSignal,
    ): Promise<(Kept | 'known' | 'broken')[]> {
      const outcomes: (Kept | 'known' | 'broken')[] = [];
      const together: Statement[] = [];
      const sources = new Set<string>();
      for (const parsed of list) {
        const source = sourceOf(parsed);
        const outcome = isHere(parsed) || sources.has(source) ? 'known' : planned(parsed);
        sources.add(source);
        if (typeof outcome === 'string') outcomes.push(outcome);
        else if (outcome.pieces.length > 1) outcomes.push(await insertConversation(parsed, signal));
        else {
          together.push(...outcome.pieces[0]!);
          outcomes.push({ id: outcome.id, messages: parsed.messages.length });
        }
      }
      try {
        if (together.length > 0) await store.background.batch(together, signal);
        return outcomes;
      } catch (error) {
        if (!isTwice(error)) throw error;
        // Somebody else has just brought one of them; which, they say one by one. Nothing of the batch is there.
        const again: (Kept | 'known' | 'broken')[] = [];
        for (const [i, parsed] of list.entries())
          again.push(typeof outcomes[i] === 'string' ? outcomes[i] : await insertConversation(parsed, signal));
        return again;
      }
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
      const quotes = Map.groupBy(
        await store.background.all<SourceRow>(
          `SELECT ${sourceColumns} FROM answer_source s
            WHERE message IN (SELECT id FROM message WHERE conversation = ?) ORDER BY message, n`,
          [conversation],
          signal,
        ),
        ({ message }) => message,
      );
      return rows.map((row) => ({
        ...toMessage(row),
        ...(row.role === 'assistant' &&
          row.sources !== null && { sources: (quotes.get(row.id) ?? []).map(toUsedSource) }),
        depth: row.depth,
        documents: (documents.get(row.id) ?? []).map(({ name, kind, text }) => ({ name, kind, text })),
      }));
    },
  };
}

const sourceOf = ({ from, id }: ParsedConversation) => `${from}:${id}`;
const isTwice = (error: unknown) => (error as { code?: unknown }).code === 'SQLITE_CONSTRAINT_UNIQUE';

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

  const pieces = inPieces(messages, {
    messageOf: (message) => message,
    statements(message) {
      const { id: at, depth, parent } = placed.get(message.id)!;
      return keep(message, {
        id: at,
        conversation: id,
        parent: parent === null ? null : placed.get(parent)!.id,
        depth,
        at: message.at ?? created,
        chosen: chosen.get(message.id) ?? null,
        ids,
      });
    },
  });
  pieces[0]!.unshift({
    sql: `INSERT INTO conversation (id, title, created_at, changed_at, model, tip, length, pinned, folder, source, hidden)
          VALUES (?, ?, ?, ?, NULL, ?, ?, ?, ?, ?, ?)`,
    params: [
      id,
      broughtName(parsed.title, 200) || titleOf(messages[0]!.text),
      created,
      parsed.changedAt ?? messages.reduce((latest, { at = 0 }) => Math.max(latest, at), created),
      tip.id,
      tip.depth,
      parsed.pinned ? 1 : 0,
      broughtName(parsed.folder ?? '', 100) || null,
      sourceOf(parsed),
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

/** The statements that keep one message, its words and its attachments. */
export function keep(
  { role, text, model, state, attachments = [], sources }: ParsedMessage,
  place: Placed,
): Statement[] {
  const { id, conversation, parent, depth, at, chosen, ids } = place;
  return [
    {
      sql: `INSERT INTO message (id, conversation, parent, depth, role, text, at, state, model, chosen, sources)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      params: [
        id,
        conversation,
        parent,
        depth,
        role,
        text,
        at,
        role === 'assistant' ? (state ?? 'done') : null,
        role === 'assistant' ? (model ?? null) : null,
        chosen,
        sources && JSON.stringify('library'),
      ].map((value) => value ?? null),
    },
    // Quotes are brought, passages are not: later answers are made from the files of this machine.
    ...(sources ?? []).map((one) =>
      insertSource({
        message: id,
        n: one.n,
        place: '',
        file: one.file,
        name: broughtName(one.name, 200) || '…',
        title: one.title ?? null,
        kind: one.kind,
        page: one.page ?? null,
        heading: one.heading ?? null,
        date: one.date ?? null,
        passage: 0,
        document: 0,
        text: '',
        quote: one.quote,
        cited: one.cited ? 1 : 0,
        weight: one.weight ?? null,
        gone: one.gone ? 1 : 0,
      }),
    ),
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
            broughtName(name, 200) || '…',
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
