/** Which documents a search may show: of contents that are whole and that a file points at, within the filters. */
import type { SqlValue } from '../../base/ports.ts';
import type { DocumentKind } from '../door.ts';
import type { Id } from '../../wire/schema.ts';

export interface Filters {
  readonly places?: readonly Id[] | undefined;
  readonly kinds?: readonly DocumentKind[] | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Files, or folders with all below them. */
  readonly paths?: readonly string[] | undefined;
  readonly languages?: readonly string[] | undefined;
}
export interface Sql {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** Of a document: its own date, else that of the file. */
export const DATE = 'coalesce(d.date, CAST(f.changed_at AS INTEGER))';
/** A place that is being taken out is not shown any more. */
const SHOWN = `document d JOIN content c ON c.id = d.content AND c.complete = 1
  JOIN file f ON f.content = c.id JOIN place l ON l.id = f.place AND l.leaving = 0`;

/** Rows of document `d`, content `c`, file `f`, with a condition for `WHERE`. */
export function shown({ places, kinds, since, until, paths, languages }: Filters): Sql {
  const conditions: string[] = [];
  const params: SqlValue[] = [];
  const add = (condition: string, ...values: SqlValue[]) => {
    conditions.push(condition);
    params.push(...values);
  };
  if (places) add('f.place IN (SELECT value FROM json_each(?))', JSON.stringify(places));
  if (kinds) add('d.kind IN (SELECT value FROM json_each(?))', JSON.stringify(kinds));
  if (languages) add('d.language IN (SELECT value FROM json_each(?))', JSON.stringify(languages));
  if (since !== undefined) add(`${DATE} >= ?`, since);
  if (until !== undefined) add(`${DATE} <= ?`, until);
  if (paths)
    // Under both kinds of separators; a name may hold the signs of LIKE and GLOB, so beginnings are compared.
    add(
      `EXISTS (SELECT 1 FROM json_each(?) w WHERE f.path = w.value
         OR substr(f.path, 1, length(rtrim(w.value, '/\\')) + 1) IN (rtrim(w.value, '/\\') || '/', rtrim(w.value, '/\\') || '\\'))`,
      JSON.stringify(paths),
    );
  return { sql: `${SHOWN}${conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''}`, params };
}

/** A condition on a column with ids of documents; undefined where there is nothing to filter by. */
export function within(column: string, filters: Filters): Sql | undefined {
  if (Object.values(filters).every((value) => value === undefined)) return undefined;
  const { sql, params } = shown(filters);
  return { sql: `${column} IN (SELECT d.id FROM ${sql})`, params };
}
