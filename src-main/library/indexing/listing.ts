/** `library.files`: files by path, a page at a time, with the state of each. */
import { basename } from 'node:path';
import type { Store } from '../../base/ports.ts';
import type { Id } from '../../wire/schema.ts';
import type { DocumentKind, LibraryFile } from '../door.ts';

export interface FilesAsked {
  readonly place?: Id | undefined;
  readonly state?: LibraryFile['state'] | undefined;
  readonly name?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}
interface Row {
  readonly id: number;
  readonly place: Id;
  readonly path: string;
  readonly state: 'waiting' | 'read' | 'refused';
  readonly code: string | null;
  readonly why: string | null;
  readonly size: number;
  readonly changed_at: number;
  readonly read_at: number | null;
  readonly kind: DocumentKind | null;
  readonly pages: number | null;
  readonly documents: number | null;
  readonly passages: number | null;
  readonly bare: number | null;
  readonly language: string | null;
  readonly note: string | null;
  readonly document: number | null;
}

const STATES: Record<LibraryFile['state'], string> = {
  waiting: "f.state = 'waiting'",
  read: "f.state = 'read' AND c.bare > 0",
  meaning: "f.state = 'read' AND coalesce(c.bare, 0) = 0",
  refused: "f.state = 'refused'",
};

/** In the store's worker: among a hundred thousand files, those that a name fits are found by looking at each. */
export async function listFiles(
  store: Store,
  { place, state, name, after, limit }: FilesAsked,
  signal: AbortSignal,
): Promise<{ files: LibraryFile[]; total: number; more: boolean }> {
  const where = ['p.leaving = 0', "f.code IS NOT 'arriving'"];
  const params: (string | number)[] = [];
  if (place !== undefined) {
    where.push('f.place = ?');
    params.push(place);
  }
  if (state) where.push(STATES[state]);
  if (name !== undefined && name !== '') {
    where.push("f.path LIKE ? ESCAPE '\\'");
    params.push(`%${name.replace(/[\\%_]/g, '\\$&')}%`);
  }
  const from = `FROM file f JOIN place p ON p.id = f.place LEFT JOIN content c ON c.id = f.content WHERE ${where.join(' AND ')}`;
  const [rows, [count]] = await Promise.all([
    store.background.all<Row>(
      `SELECT f.id, f.place, f.path, f.state, f.code, f.why, f.size, f.changed_at, f.read_at, c.kind, c.pages,
         c.documents, c.passages, c.bare, c.language, c.note,
         (SELECT id FROM document WHERE content = c.id AND n = 0) AS document
       ${from} AND f.path > ? ORDER BY f.path LIMIT ?`,
      [...params, after ?? '', limit + 1],
      signal,
    ),
    store.background.all<{ n: number }>(`SELECT count(*) AS n ${from}`, params, signal),
  ]);
  return { files: rows.slice(0, limit).map(toFile), total: count?.n ?? 0, more: rows.length > limit };
}

const toFile = (row: Row): LibraryFile => ({
  id: row.id,
  place: row.place,
  path: row.path,
  name: basename(row.path),
  state: row.state === 'read' ? ((row.bare ?? 0) > 0 ? 'read' : 'meaning') : row.state,
  ...(row.code !== null && { code: row.code }),
  ...(row.why !== null && { why: row.why }),
  ...(row.kind !== null && { kind: row.kind }),
  size: row.size,
  changedAt: row.changed_at,
  ...(row.read_at !== null && { readAt: row.read_at }),
  ...(row.pages !== null && { pages: row.pages }),
  documents: row.documents ?? 0,
  passages: row.passages ?? 0,
  ...(row.language !== null && { language: row.language }),
  ...(row.note !== null && { note: row.note }),
  ...(row.document !== null && { document: row.document }),
});
