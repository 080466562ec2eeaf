/** `library.open`: a stretch of a document for reading, around a passage or from its beginning. */
import type { Store } from '../../base/ports.ts';
import { Fault } from '../../wire/index.ts';
import type { Id } from '../../wire/schema.ts';
import type { DocumentKind, Opened } from '../door.ts';
import { baseName } from './close.ts';
import { DATE, shown } from './visible.ts';

export interface OpenRequest {
  readonly document?: number | undefined;
  readonly passage?: number | undefined;
  readonly from?: number | undefined;
  readonly limit?: number | undefined;
}

interface Row {
  readonly document: number;
  readonly place: Id;
  readonly file: string;
  readonly title: string | null;
  readonly kind: DocumentKind;
  readonly pages: number | null;
  readonly language: string | null;
  readonly date: number;
  readonly note: string | null;
  readonly total: number;
}
type PassageRow = { id: number; n: number; text: string; page: number | null; heading: string | null };

/** @throws Fault `not-found` when no file shows that document any more, `bad-request` without a document and a passage */
export const opener =
  (store: Store) =>
  async ({ document, passage, from, limit = 40 }: OpenRequest, signal?: AbortSignal): Promise<Opened> => {
    if (document === undefined && passage === undefined)
      throw new Fault('bad-request', 'Which document is to be opened was not said; name a document or a passage.');
    const at =
      passage === undefined
        ? undefined
        : store.get<{ document: number; n: number }>('SELECT document, n FROM passage WHERE id = ?', passage);
    const id = at?.document ?? document;
    if (id === undefined || (document !== undefined && id !== document) || (passage !== undefined && !at)) throw gone();
    const { sql, params } = shown({});
    const row = store.get<Row>(
      `SELECT d.id AS document, f.place, min(f.path) AS file, d.title, d.kind, d.pages, d.language, ${DATE} AS date, d.note,
              (SELECT count(*) FROM passage WHERE document = d.id) AS total
         FROM ${sql} WHERE d.id = ? GROUP BY d.id`,
      ...params,
      id,
    );
    if (!row) throw gone();
    // In the middle, as far as there is something on both sides.
    const middle = Math.max(0, Math.min((at?.n ?? 0) - Math.floor(limit / 2), row.total - limit));
    const passages = await store.background.all<PassageRow>(
      'SELECT id, n, text, page, heading FROM passage WHERE document = ? AND n >= ? ORDER BY n LIMIT ?',
      [id, from ?? middle, limit],
      signal,
    );
    const { title, pages, language, note, ...known } = row;
    return {
      ...known,
      name: baseName(row.file),
      ...(title !== null && { title }),
      ...(pages !== null && { pages }),
      ...(language !== null && { language }),
      ...(note !== null && { note }),
      passages: passages.map(({ page, heading, ...one }) => ({
        ...one,
        ...(page !== null && { page }),
        ...(heading !== null && { heading }),
      })),
    };
  };

const gone = () =>
  new Fault(
    'not-found',
    'This document is no longer in the library; it was changed, moved or taken out. Search again.',
  );
