/** The table of files: what the disk has, who is read next, and how reading one ended. */
import type { Clock, Statement, Store } from '../../base/ports.ts';
import type { Fault } from '../../wire/index.ts';
import type { Id } from '../../wire/schema.ts';
import { PICTURE } from '../schema.ts';
import type { Place } from './places.ts';
import { isPicture } from './rules.ts';
import type { FoundFile } from './tree.ts';

/** As the disk has it; a file is the same while all three are equal. Never which is later: clocks are set back. */
export interface Seen {
  readonly size: number;
  readonly changedAt: number;
  readonly inode: number;
}
export const same = (a: Seen, b: Seen): boolean =>
  a.size === b.size && a.changedAt === b.changedAt && a.inode === b.inode;

export interface Known extends Seen {
  readonly id: number;
  readonly place: Id;
  readonly path: string;
  readonly state: 'waiting' | 'read' | 'refused';
  readonly code: string | null;
}
/** A file whose turn it is. */
export interface Next extends Seen {
  readonly id: number;
  readonly place: Id;
  readonly kind: Place['kind'];
  readonly path: string;
  readonly ocr: boolean;
  readonly tries: number;
  readonly rank: number;
}

const DAY = 24 * 3600_000;
const KNOWN = 'id, place, path, state, code, size, changed_at AS changedAt, inode';

/**
 * Smallest and newest first: with each doubling of size or age a file's turn comes one step later, so that of a large
 * folder something is findable at once, and nothing waits behind a film's subtitles of 4 GB.
 */
export function rankOf({ size, changedAt }: Seen, now: number): number {
  const days = Math.max(0, now - changedAt) / DAY;
  return Math.log2(1 + size / 4096) + Math.log2(1 + days);
}

export const pictureSentence =
  'This is a picture or a scan. To find words in it, switch on text recognition for its folder.';

export type Files = ReturnType<typeof openFiles>;

export function openFiles({ store, clock }: { store: Store; clock: Clock }) {
  return {
    /** Those of these paths that are known. At most some hundred paths. */
    known: (paths: readonly string[]): Known[] =>
      store.all<Known>(
        `SELECT ${KNOWN} FROM file WHERE path IN (SELECT value FROM json_each(?))`,
        JSON.stringify(paths),
      ),
    find: (id: number): Known | undefined => store.get<Known>(`SELECT ${KNOWN} FROM file WHERE id = ?`, id),

    /** Keeps a file that is new, or that changed: its old content stays findable until the new one is read. */
    found(place: Pick<Place, 'id' | 'ocr'>, file: FoundFile): Statement {
      const refusal = file.unreadableName
        ? {
            code: 'unreadable-name',
            why: 'The name of this file is not text on this system. Rename it, then it is read.',
          }
        : isPicture(file.path) && !place.ocr
          ? { code: PICTURE, why: pictureSentence }
          : undefined;
      return {
        sql: `INSERT INTO file (place, path, state, code, why, size, changed_at, inode, rank) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (path) DO UPDATE SET place = excluded.place, state = excluded.state, code = excluded.code,
            why = excluded.why, size = excluded.size, changed_at = excluded.changed_at, inode = excluded.inode,
            rank = excluded.rank, tries = 0`,
        params: [
          place.id,
          file.path,
          refusal ? 'refused' : 'waiting',
          refusal?.code ?? null,
          refusal?.why ?? null,
          file.size,
          file.changedAt,
          file.inode,
          rankOf(file, clock.now()),
        ],
      };
    },
    gone: (ids: readonly number[]): Statement => ({
      sql: 'DELETE FROM file WHERE id IN (SELECT value FROM json_each(?))',
      params: [JSON.stringify(ids)],
    }),

    /** Whose turn it is, of the places that are not paused. `not`: files that wait for something else. */
    next: (not: readonly number[] = []): Next | undefined => {
      const row = store.get<Omit<Next, 'ocr'> & { ocr: number }>(
        `SELECT f.id, f.place, p.kind, f.path, p.ocr, f.tries, f.rank, f.size, f.changed_at AS changedAt, f.inode
         FROM place p JOIN file f ON f.id = (
           SELECT id FROM file WHERE place = p.id AND state = 'waiting' AND id NOT IN (SELECT value FROM json_each(?))
           ORDER BY rank, id LIMIT 1)
         WHERE p.paused = 0 AND p.leaving = 0
         ORDER BY f.rank, f.id LIMIT 1`,
        JSON.stringify(not),
      );
      return row && { ...row, ocr: row.ocr === 1 };
    },

    /**
     * Its content is here. When the disk had it changed before it was read, `read` says what was read; when somebody saw
     * it change meanwhile, it goes on waiting and has the content until then.
     */
    read: ({ id, size, changedAt, inode }: Next, content: number, read: Seen): readonly Statement[] => [
      {
        sql: `UPDATE file SET state = 'read', content = ?, code = NULL, why = NULL, read_at = ?, tries = 0,
            size = ?, changed_at = ?, inode = ?
          WHERE id = ? AND state = 'waiting' AND size = ? AND changed_at = ? AND inode = ?`,
        params: [content, clock.now(), read.size, read.changedAt, read.inode, id, size, changedAt, inode],
      },
      {
        sql: "UPDATE file SET content = ?, read_at = ? WHERE id = ? AND state = 'waiting'",
        params: [content, clock.now(), id],
      },
      {
        sql: "DELETE FROM given WHERE file = ? AND EXISTS (SELECT 1 FROM file WHERE id = ? AND state = 'read')",
        params: [id, id],
      },
    ],
    /** It cannot be read as it is; what was read of it before is gone too, since the file no longer says that. */
    refused: ({ id, size, changedAt, inode }: Next, code: string, why: string, read: Seen): Statement => ({
      sql: `UPDATE file SET state = 'refused', code = ?, why = ?, content = NULL, read_at = ?,
          size = ?, changed_at = ?, inode = ?
        WHERE id = ? AND state = 'waiting' AND size = ? AND changed_at = ? AND inode = ?`,
      params: [code, why, clock.now(), read.size, read.changedAt, read.inode, id, size, changedAt, inode],
    }),
    /** It stays waiting, behind others. */
    later: ({ id, tries, rank }: Next, { failed }: { readonly failed: boolean }): Statement => ({
      sql: "UPDATE file SET tries = ?, rank = ? WHERE id = ? AND state = 'waiting'",
      params: [tries + (failed ? 1 : 0), rank + (failed ? 100 : 0), id],
    }),

    /** Refused ones wait again: one file, those of a place, or all. Pictures only where they would be read. */
    again({ file, place }: { readonly file?: number | undefined; readonly place?: string | undefined }): number {
      const { changes } = store.run(
        `UPDATE file SET state = 'waiting', code = NULL, why = NULL, tries = 0, rank = 0
         WHERE state = 'refused' AND code <> 'unreadable-name'
           AND (code <> '${PICTURE}' OR (SELECT ocr FROM place WHERE id = file.place) = 1)
           ${file === undefined ? '' : 'AND id = ?'} ${place === undefined ? '' : 'AND place = ?'}`,
        ...(file === undefined ? [] : [file]),
        ...(place === undefined ? [] : [place]),
      );
      return changes;
    },
  };
}

export const sentenceOf = (fault: Fault): string => fault.message.slice(0, 1000);
