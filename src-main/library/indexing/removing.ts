/** `library.remove`: what is taken out is gone for good, also when daimon is killed in the middle of it. */
import { realpath } from 'node:fs/promises';
import { isAbsolute, normalize } from 'node:path';
import type { SqlValue, Store } from '../../base/ports.ts';
import { Fault } from '../../wire/index.ts';
import type { Id } from '../../wire/schema.ts';
import type { TakenOut } from '../ports.ts';
import type { Shelf } from '../shelf.ts';
import { below, belowParams, patternFor, within } from './paths.ts';
import type { Place, Places } from './places.ts';
import type { Turns } from './turns.ts';

const ROWS = 200;

export interface RemovingNeeds {
  readonly store: Store;
  readonly shelf: Shelf;
  readonly places: Places;
  readonly inTurn: Turns;
  /** Ends looking, watching and reading there; resolves when nothing of it is being read or kept. */
  quieten(what: TakenOut): Promise<void>;
  /** Tells whoever keeps something of it, and waits until they have let go. */
  tell(what: TakenOut): Promise<void>;
  changed(): void;
}
interface Leaving {
  readonly id: number;
  readonly place: Id;
  readonly path: string | null;
}
export interface Removed {
  readonly files: number;
  readonly passages: number;
}

export type Removing = ReturnType<typeof openRemoving>;

export function openRemoving({ store, shelf, places, inTurn, quieten, tell, changed }: RemovingNeeds) {
  const mark = (place: Id, path: string | null): Leaving => {
    const { lastId } = store.run('INSERT INTO leaving (place, path) VALUES (?, ?)', place, path);
    return { id: Number(lastId), place, path };
  };
  const markPlace = (place: Place): Leaving => {
    store.run('UPDATE place SET leaving = 1 WHERE id = ?', place.id);
    return mark(place.id, null);
  };
  /** In a folder that is watched, a pattern keeps it out from now on. */
  const markPath = (place: Place, path: string): Leaving => {
    if (place.kind === 'folder') places.setIgnore(place.id, [...place.ignore, patternFor(place.path!, path)]);
    return mark(place.id, path);
  };

  const byPath = (path: string): Leaving[] | undefined => {
    const all = places.onDisk();
    const marked = all.filter((place) => within(place.path, path)).map(markPlace);
    // A place may lie in a folder of another one, whose rules leave it out: both have files there.
    const holder = places.holding(path);
    if (holder && store.get(`SELECT 1 FROM file WHERE place = ? AND ${below('path')}`, holder.id, ...belowParams(path)))
      marked.push(markPath(holder, path));
    return marked.length > 0 ? marked : undefined;
  };
  const byFile = (id: number): Leaving[] => {
    const row = store.get<{ place: Id; path: string }>('SELECT place, path FROM file WHERE id = ?', id);
    if (!row) throw unknownFile();
    const place = places.get(row.place);
    // The only file of its place takes the place with it.
    return [place.kind === 'file' ? markPlace(place) : markPath(place, row.path)];
  };

  const finish = async (one: Leaving): Promise<Removed> => {
    const what: TakenOut = { place: one.place, ...(one.path !== null && { path: one.path }) };
    await quieten(what);
    await tell(what);
    const under = one.path === null ? '1' : below('path');
    const params: SqlValue[] = [one.place, ...(one.path === null ? [] : belowParams(one.path))];
    const count = await passagesOnlyOf(under, params);
    let files = 0;
    for (;;) {
      const { changes } = await store.background.run(
        `DELETE FROM file WHERE id IN (SELECT id FROM file WHERE place = ? AND ${under} LIMIT ${ROWS})`,
        params,
      );
      if (changes === 0) break;
      files += changes;
      changed();
    }
    await inTurn(() => shelf.sweep({ scrub: true }));
    store.transaction(() => {
      if (one.path === null) store.run('DELETE FROM place WHERE id = ?', one.place);
      store.run('DELETE FROM leaving WHERE id = ?', one.id);
    });
    changed();
    return { files, passages: count };
  };
  /** Passages of contents that no other file has. */
  const passagesOnlyOf = async (under: string, params: readonly SqlValue[]): Promise<number> => {
    const [row] = await store.background.all<{ n: number }>(
      `WITH mine AS (SELECT id, content FROM file WHERE place = ? AND ${under} AND content IS NOT NULL)
       SELECT coalesce(sum(passages), 0) AS n FROM content
       WHERE id IN (SELECT content FROM mine)
         AND NOT EXISTS (SELECT 1 FROM file g WHERE g.content = content.id AND g.id NOT IN (SELECT id FROM mine))`,
      params,
    );
    return row?.n ?? 0;
  };

  const finishAll = async (marked: readonly Leaving[]): Promise<Removed> => {
    const sum = { files: 0, passages: 0 };
    for (const one of marked) {
      const { files, passages } = await finish(one);
      sum.files += files;
      sum.passages += passages;
    }
    return sum;
  };
  /** What an earlier daimon, or a try on a full disk, began to take out. Whoever keeps something of it is listening by now. */
  const goOn = (): Promise<Removed> => finishAll(store.all<Leaving>('SELECT id, place, path FROM leaving ORDER BY id'));

  return {
    goOn,
    /** Never beside an add: a folder that is added while it is taken out would be half there. */
    async remove({
      path,
      place,
      file,
    }: {
      readonly path?: string | undefined;
      readonly place?: Id | undefined;
      readonly file?: number | undefined;
    }): Promise<Removed> {
      if ([path, place, file].filter((one) => one !== undefined).length !== 1)
        throw new Fault('bad-source', 'Name one thing to take out: a path, a place, or a file.');
      // The last name that a link leads to: places are kept by it. What is not there any more is named as it was.
      const clean = path === undefined ? '' : trimmed(normalize(path));
      const real = path === undefined ? '' : await realpath(clean).catch(() => clean);
      const unfinished = store.get('SELECT 1 FROM leaving') !== undefined;
      const before = await goOn();
      const marked = store.transaction((): Leaving[] => {
        if (place !== undefined) return [markPlace(places.get(place))];
        if (file !== undefined) return byFile(file);
        const given = store.get<{ id: number }>(
          "SELECT f.id FROM file f JOIN place p ON p.id = f.place WHERE f.path = ? AND p.kind = 'given'",
          path!,
        );
        // A name without a place is looked up among what was handed over, never in the folder that daimon was started in.
        const onDisk = () => (isAbsolute(clean) ? (byPath(clean) ?? byPath(real)) : undefined);
        const found = given ? byFile(given.id) : onDisk();
        if (!found && unfinished) return [];
        if (!found)
          throw new Fault('unknown-file', 'Nothing of this path is in the library, so nothing was taken out.');
        return found;
      });
      changed();
      const after = await finishAll(marked);
      return { files: before.files + after.files, passages: before.passages + after.passages };
    },
  };
}

/** `/notes/` names `/notes`. */
const trimmed = (path: string): string => (path.length > 1 ? path.replace(/[\\/]+$/, '') || path : path);
const unknownFile = () =>
  new Fault('unknown-file', 'This file is not in the library (any more). library.files {} names those there are.');
