/** The table of places: what was added, and how each is read. */
import { basename } from 'node:path';
import type { Clock, Store } from '../../base/ports.ts';
import { Fault } from '../../wire/index.ts';
import type { Id } from '../../wire/schema.ts';
import { within } from './paths.ts';

export interface Place {
  readonly id: Id;
  readonly kind: 'folder' | 'file' | 'given';
  readonly name: string;
  readonly path: string | null;
  readonly addedAt: number;
  readonly paused: boolean;
  readonly ocr: boolean;
  readonly ignore: readonly string[];
  /** What the disk said it was when files were last found in it. */
  readonly root: string | null;
}
/** A place that has a path. */
export type OnDisk = Place & { readonly path: string };

interface Row {
  readonly id: Id;
  readonly kind: Place['kind'];
  readonly name: string;
  readonly path: string | null;
  readonly added_at: number;
  readonly paused: number;
  readonly ocr: number;
  readonly ignore: string;
  readonly root: string | null;
}

const toPlace = (row: Row): Place => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  path: row.path,
  addedAt: row.added_at,
  paused: row.paused === 1,
  ocr: row.ocr === 1,
  ignore: row.ignore === '' ? [] : row.ignore.split('\n'),
  root: row.root,
});

/** Patterns are kept one a line; an empty line is none. */
export const asLines = (patterns: readonly string[]): string =>
  patterns
    .flatMap((pattern) => pattern.split(/\r?\n/))
    .filter((pattern) => pattern.trim() !== '')
    .join('\n');

export type Places = ReturnType<typeof openPlaces>;

/** Places that are being taken out, or taken over by a larger one, are not among them. */
export function openPlaces({ store, clock, ids }: { store: Store; clock: Clock; ids: () => Id }) {
  const HERE = 'leaving = 0 AND into_place IS NULL';
  const all = (): Place[] => store.all<Row>(`SELECT * FROM place WHERE ${HERE} ORDER BY added_at, id`).map(toPlace);
  const find = (id: string): Place | undefined => {
    const row = store.get<Row>(`SELECT * FROM place WHERE id = ? AND ${HERE}`, id);
    return row && toPlace(row);
  };
  const onDisk = (): OnDisk[] => all().filter((place): place is OnDisk => place.path !== null);
  return {
    all,
    find,
    onDisk,
    /** @throws Fault `unknown-place` */
    get(id: string): Place {
      const place = find(id);
      if (place) return place;
      throw new Fault(
        'unknown-place',
        'This place is not in the library (any more). library.state {} names those there are.',
      );
    },
    /** The place at this path, or the folder that holds it; the innermost of several. */
    holding: (path: string): OnDisk | undefined =>
      onDisk()
        .filter((place) => place.path === path || (place.kind === 'folder' && within(path, place.path)))
        .toSorted((a, b) => b.path.length - a.path.length)[0],
    /** Places in this folder, not at its very path. */
    inside: (path: string): OnDisk[] => onDisk().filter((place) => place.path !== path && within(place.path, path)),
    /** To be called in a transaction. */
    insert(place: {
      readonly kind: Place['kind'];
      readonly path: string | null;
      readonly name?: string;
      readonly ocr?: boolean | undefined;
      readonly ignore?: readonly string[] | undefined;
    }): Id {
      const id = ids();
      store.run(
        'INSERT INTO place (id, kind, name, path, added_at, ocr, ignore) VALUES (?, ?, ?, ?, ?, ?, ?)',
        id,
        place.kind,
        place.name ?? (basename(place.path!) || place.path!),
        place.path,
        clock.now(),
        place.ocr ? 1 : 0,
        asLines(place.ignore ?? []),
      );
      return id;
    },
    setPaused: (id: Id | undefined, paused: boolean) =>
      id === undefined
        ? store.run('UPDATE indexing SET paused = ?', paused ? 1 : 0)
        : store.run('UPDATE place SET paused = ? WHERE id = ?', paused ? 1 : 0, id),
    /** Goes on with each that was paused by itself. */
    goOnWithEach: () => store.run('UPDATE place SET paused = 0 WHERE paused = 1'),
    pausedAll: (): boolean => store.get<{ paused: number }>('SELECT paused FROM indexing')!.paused === 1,
    setRoot: (id: Id, root: string) => store.run('UPDATE place SET root = ? WHERE id = ?', root, id),
    setIgnore: (id: Id, patterns: readonly string[]) =>
      store.run('UPDATE place SET ignore = ? WHERE id = ?', asLines(patterns), id),
    setOcr: (id: Id, ocr: boolean) => store.run('UPDATE place SET ocr = ? WHERE id = ?', ocr ? 1 : 0, id),
  };
}
