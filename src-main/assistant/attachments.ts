/** Documents that go with questions: kept with a draft, moved to the question when it is sent. */
import type { Clock, Store } from '../base/ports.ts';
import type { Document } from '../library/door.ts';
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import type { Attachment } from './door.ts';
import { attachmentColumns, toAttachment, type AttachmentRow } from './rows.ts';

/** What `assistant.send` takes with one question. */
export const MOST_ATTACHMENTS = 20;

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
/** What a question takes along: kept before, or read just now. */
export type Taken = { readonly id: Id } | { readonly document: Document };

export function openAttachments({ store, clock, ids }: { store: Store; clock: Clock; ids: () => Id }) {
  const insert = (document: Document, owner: { draft: string } | { message: Id }, place: number): Id => {
    const id = ids();
    store.run(
      `INSERT INTO attachment (id, draft, message, place, name, kind, characters, pages, note, at, text)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      'draft' in owner ? owner.draft : null,
      'message' in owner ? owner.message : null,
      place,
      document.name,
      document.kind,
      document.characters,
      document.pages ?? null,
      document.note ?? null,
      clock.now(),
      document.text,
    );
    return id;
  };
  const one = (id: Id) => store.get<AttachmentRow>(`SELECT ${attachmentColumns} FROM attachment a WHERE id = ?`, id);

  return {
    /** Keeps a document with a draft. @throws Fault `too-many-attachments` */
    attach(draft: Id | undefined, document: Document): Attachment {
      return store.transaction(() => {
        const { n, last } = store.get<{ n: number; last: number | null }>(
          'SELECT count(*) AS n, max(place) AS last FROM attachment WHERE draft = ?',
          draft ?? '',
        )!;
        if (n >= MOST_ATTACHMENTS)
          throw new Fault(
            'too-many-attachments',
            `A question takes at most ${MOST_ATTACHMENTS} documents with it. Take one away first, or send this one with the next question.`,
          );
        return toAttachment(one(insert(document, { draft: draft ?? '' }, (last ?? -1) + 1))!);
      });
    },

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

    /** The document itself, to be kept in another store; undefined where it is not here. */
    document(id: Id): Document | undefined {
      const row = store.get<AttachmentRow & { text: string }>(
        `SELECT ${attachmentColumns}, a.text FROM attachment a WHERE id = ?`,
        id,
      );
      return (
        row && {
          name: row.name,
          kind: row.kind,
          text: row.text,
          characters: row.characters,
          ...(row.pages !== null && { pages: row.pages }),
          ...(row.note !== null && { note: row.note }),
        }
      );
    },

    /**
     * Gives documents to a question: those of a draft move, those of another version of it are copied, so that both
     * versions have them. Call it in the transaction of the question.
     *
     * @throws Fault `unknown-attachment`
     */
    give(message: Id, conversation: Id, taken: readonly Taken[]) {
      for (const [place, each] of taken.entries()) {
        if ('document' in each) {
          insert(each.document, { message }, place);
          continue;
        }
        const moved = store.run(
          'UPDATE attachment SET draft = NULL, message = ?, place = ? WHERE id = ? AND draft IN (?, ?)',
          message,
          place,
          each.id,
          conversation,
          '',
        ).changes;
        const copied =
          moved ||
          store.run(
            `INSERT INTO attachment (id, message, place, name, kind, characters, pages, note, at, fitted, fitted_by, text)
             SELECT ?, ?, ?, name, kind, characters, pages, note, ?, fitted, fitted_by, text FROM attachment
              WHERE id = ? AND message IN (SELECT id FROM message WHERE conversation = ?)`,
            ids(),
            message,
            place,
            clock.now(),
            each.id,
            conversation,
          ).changes;
        if (!copied)
          throw new Fault(
            'unknown-attachment',
            'A document that should go with this question is no longer here. Nothing was sent; attach it again.',
          );
      }
    },

    /** With texts, in their order, by message. */
    texts(messages: readonly Id[]): Map<Id, Attached[]> {
      return Map.groupBy(
        store.all<Attached>(
          `SELECT ${attachmentColumns}, a.fitted, a.fitted_by, a.text FROM attachment a
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
