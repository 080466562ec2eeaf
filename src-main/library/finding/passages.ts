/** `passages`: the text of the library for later rooms, in an order that depends on the files alone. */
import type { Store } from '../../base/ports.ts';
import type { Library, LibraryPassage, PassageFilter } from '../ports.ts';
import type { DocumentKind } from '../door.ts';
import { shown } from './visible.ts';

interface Row {
  readonly file: string;
  readonly hash: string;
  readonly document: number;
  readonly kind: DocumentKind;
  readonly title: string | null;
  readonly language: string | null;
  readonly date: number | null;
}
type PassageRow = { n: number; page: number | null; heading: string | null; text: string };

const DOCUMENTS = 200;
const PASSAGES = 200;

/**
 * By path (in code points), then document, then passage. A content with several files comes once, under the first path.
 * Read page by page: what changes meanwhile may or may not be in it; what stays is in it once.
 */
export const passageStream = (store: Store): Library['passages'] =>
  async function* (filter: PassageFilter, signal?: AbortSignal) {
    let last: { path: string; n: number } = { path: '', n: -1 };
    for (;;) {
      const { sql, params } = shown(filter);
      const documents = await store.background.all<Row & { n: number }>(
        `SELECT min(f.path) AS file, c.hash, d.id AS document, d.n, d.kind, d.title, d.language, d.date
           FROM ${sql} GROUP BY d.id HAVING (min(f.path), d.n) > (?, ?) ORDER BY file, d.n LIMIT ${DOCUMENTS}`,
        [...params, last.path, last.n],
        signal,
      );
      for (const { n, ...document } of documents) {
        yield* passagesOf(store, document, signal);
        last = { path: document.file, n };
      }
      if (documents.length < DOCUMENTS) return;
    }
  };

async function* passagesOf(store: Store, row: Row, signal?: AbortSignal): AsyncGenerator<LibraryPassage> {
  const { file, hash, document, kind, title, language, date } = row;
  for (let from = 0; ; from += PASSAGES) {
    const rows = await store.background.all<PassageRow>(
      'SELECT n, page, heading, text FROM passage WHERE document = ? AND n >= ? AND n < ? ORDER BY n',
      [document, from, from + PASSAGES],
      signal,
    );
    for (const { page, heading, ...one } of rows)
      yield {
        file,
        hash,
        document,
        kind,
        ...(title !== null && { title }),
        ...(language !== null && { language }),
        ...(date !== null && { date }),
        ...(page !== null && { page }),
        ...(heading !== null && { heading }),
        ...one,
      };
    if (rows.length < PASSAGES) return;
  }
}
