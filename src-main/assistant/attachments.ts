/** Documents that go with questions: kept with a draft, moved to the question when it is sent. */
import type { Clock, Store } from '../base/ports.ts';
import type { Document } from '../library/door.ts';
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import type { Attachment } from './door.ts';
import { unknownConversation } from './places.ts';
import { attachmentColumns, toAttachment, type AttachmentRow } from './rows.ts';

/** What `assistant.send` takes with one question. */
const MOST_ATTACHMENTS = 20;

/** How long a document is for the model that would answer. */
export interface Measured {
  readonly model: string;
  readonly tokens: number;
  readonly room: number;
}
/** A document with its text, for the prompt. */
export interface Attached extends AttachmentRow {
  readonly message: Id;
  readonly text: string;
  readonly fitted: number | null;
  readonly fitted_by: string | null;
}

/** Where a document lies that is sent without having lain with a draft, until its question is committed. */
const SENDING = 'sending';

export function openAttachments({ store, clock, ids }: { store: Store; clock: Clock; ids: () => Id }) {
  /** Through the store's worker: a document may have megabytes, and an answer may be being written. */
  const keep = async (document: Document, draft: string, most: number): Promise<Id | undefined> => {
    const id = ids();
    const { changes } = await store.background.batch([
      {
        sql: `INSERT INTO attachment (id, draft, place, name, kind, characters, pages, note, at)
              SELECT ?, ?, coalesce(max(place), -1) + 1, ?, ?, ?, ?, ?, ? FROM attachment WHERE draft = ?
              HAVING count(*) < ?
                 AND (? IN ('', '${SENDING}') OR EXISTS (SELECT 1 FROM conversation WHERE id = ? AND hidden = 0))`,
        params: [
          id,
          draft,
          document.name,
          document.kind,
          document.characters,
          document.pages ?? null,
          document.note ?? null,
          clock.now(),
          draft,
          most,
          draft,
          draft,
        ],
      },
      {
        sql: 'INSERT INTO attachment_text SELECT id, ? FROM attachment WHERE id = ?',
        params: [document.text, id],
      },
    ]);
    return changes > 0 ? id : undefined;
  };
  const copy = (id: Id, { message, place, conversation }: { message: Id; place: number; conversation: Id }) => {
    const at = ids();
    const { changes } = store.run(
      `INSERT INTO attachment (id, message, place, name, kind, characters, pages, note, at, fitted, fitted_by)
       SELECT ?, ?, ?, name, kind, characters, pages, note, ?, fitted, fitted_by FROM attachment
        WHERE id = ? AND message IN (SELECT id FROM message WHERE conversation = ?)`,
      at,
      message,
      place,
      clock.now(),
      id,
      conversation,
    );
    if (changes === 0)
      throw new Fault(
        'unknown-attachment',
        'A document that should go with this question is no longer here. Nothing was sent; attach it again.',
      );
    store.run('INSERT INTO attachment_text SELECT ?, text FROM attachment_text WHERE attachment = ?', at, id);
  };
  // The program ended before their question was committed.
  store.run('DELETE FROM attachment WHERE draft = ?', SENDING);

  return {
    /** Keeps a document with a draft. @throws Fault `too-many-attachments`, `unknown-conversation` (deleted meanwhile) */
    async attach(draft: Id | undefined, document: Document): Promise<Attachment> {
      const id = await keep(document, draft ?? '', MOST_ATTACHMENTS);
      if (!id && draft && !store.get('SELECT 1 FROM conversation WHERE id = ? AND hidden = 0', draft))
        throw unknownConversation();
      if (!id)
        throw new Fault(
          'too-many-attachments',
          `A question takes at most ${MOST_ATTACHMENTS} documents with it. Take one away first, or send this one with the next question.`,
        );
      return toAttachment(store.get<AttachmentRow>(`SELECT ${attachmentColumns} FROM attachment a WHERE id = ?`, id)!);
    },

    /** Keeps a document for a question that is about to be committed; `detach` it when that fails. */
    hold: async (document: Document): Promise<Id> => (await keep(document, SENDING, Infinity))!,

    measured(id: Id, { model, tokens, room }: Measured) {
      store.run('UPDATE attachment SET tokens = ?, room = ?, measured_by = ? WHERE id = ?', tokens, room, model, id);
    },

    /** Of a draft, with their length if it was measured under `model`. */
    ofDraft: (draft: Id | undefined, model: string | undefined): Attachment[] =>
      store
        .all<AttachmentRow>(`SELECT ${attachmentColumns} FROM attachment a WHERE draft = ? ORDER BY place`, draft ?? '')
        .map((row) => toAttachment(row, model)),

    ofMessages(messages: readonly Id[]): Map<Id, Attachment[]> {
      const rows = store.all<AttachmentRow & { message: Id }>(
        `SELECT ${attachmentColumns} FROM attachment a
          WHERE message IN (SELECT value FROM json_each(?)) ORDER BY message, place`,
        JSON.stringify(messages),
      );
      const found = new Map<Id, Attachment[]>();
      for (const row of rows) found.set(row.message, [...(found.get(row.message) ?? []), toAttachment(row)]);
      return found;
    },

    /** Takes a document away from a draft; one that was sent stays with its question. */
    detach: (id: Id): boolean => store.run('DELETE FROM attachment WHERE id = ? AND draft IS NOT NULL', id).changes > 0,

    /** Whether a document lies with the draft of the conversation that has not begun. */
    waits: (id: Id): boolean => store.get("SELECT 1 FROM attachment WHERE id = ? AND draft = ''", id) !== undefined,

    /** The document itself, to be kept in another store. */
    document(id: Id): Document {
      const row = store.get<AttachmentRow & { text: string }>(
        `SELECT ${attachmentColumns}, text FROM attachment a JOIN attachment_text ON attachment = a.id WHERE id = ?`,
        id,
      )!;
      return {
        name: row.name,
        kind: row.kind,
        text: row.text,
        characters: row.characters,
        ...(row.pages !== null && { pages: row.pages }),
        ...(row.note !== null && { note: row.note }),
      };
    },

    /**
     * Gives documents to a question: those of a draft move, those of another version of it are copied, so that both
     * versions have them. Call it in the transaction of the question.
     *
     * @throws Fault `unknown-attachment`
     */
    give(message: Id, conversation: Id, taken: readonly Id[]) {
      for (const [place, id] of [...new Set(taken)].entries()) {
        const moved = store.run(
          'UPDATE attachment SET draft = NULL, message = ?, place = ? WHERE id = ? AND draft IN (?, ?, ?)',
          message,
          place,
          id,
          conversation,
          '',
          SENDING,
        ).changes;
        if (!moved) copy(id, { message, place, conversation });
      }
    },

    /** With texts, in their order, by message. */
    texts(messages: readonly Id[]): Map<Id, Attached[]> {
      return Map.groupBy(
        store.all<Attached>(
          `SELECT ${attachmentColumns}, a.fitted, a.fitted_by, text FROM attachment a JOIN attachment_text ON attachment = a.id
            WHERE message IN (SELECT value FROM json_each(?)) ORDER BY place`,
          JSON.stringify(messages),
        ),
        ({ message }) => message,
      );
    },

    /** @param characters null: all of them */
    fitted(id: Id, characters: number | null, model: string) {
      store.run('UPDATE attachment SET fitted = ?, fitted_by = ? WHERE id = ?', characters, model, id);
    },
  };
}
