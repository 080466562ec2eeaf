/** Keeps one file's parts: documents, passages, words. Whole or not at all. */
import type { Statement, Store } from '../../base/ports.ts';
import type { Part, Told } from '../parts.ts';
import type { Kept, Key, Shelf } from '../shelf.ts';
import { apart } from './apart.ts';
import type { Custody } from './custody.ts';
import { cutPart, type Passage } from './cut.ts';
import { digestOf } from './embedded.ts';
import type { Pacer } from './pace.ts';
import { turns } from './turns.ts';
import { copies } from './vectors.ts';

export interface KeepNeeds {
  readonly store: Store;
  readonly write: Pacer;
  readonly hands: Custody;
  find(key: Key): Kept | undefined;
  /** Removes contents; what cannot be removed now is removed by the next sweep. */
  clear(contents: readonly number[]): Promise<unknown>;
}

/** Signs of text a transaction; a row costs about as much as so many signs. */
const ROOM = { least: 2_000, most: 200_000 };
const FIRST_ROOM = 12_000;
const ROW = 100;

const DOCUMENT = '(SELECT id FROM document WHERE content = ? AND n = ?)';

export function keeper({ store, write, hands, find, clear }: KeepNeeds): Shelf['keep'] {
  const pace = write(FIRST_ROOM, ROOM);
  const busy = new Map<string, Promise<unknown>>();

  const begin = async (key: Key, signal?: AbortSignal): Promise<number> => {
    const left = await store.background.all<{ id: number }>(
      'SELECT id FROM content WHERE hash = ? AND how = ? AND complete = 0',
      [key.hash, key.how],
      signal,
    );
    // A reading of the same bytes that a kill ended.
    if (left.length > 0) await clear(left.map(({ id }) => id));
    await store.background.run('INSERT INTO content (hash, how) VALUES (?, ?)', [key.hash, key.how], signal);
    const [made] = await store.background.all<{ id: number }>('SELECT id FROM content WHERE hash = ? AND how = ?', [
      key.hash,
      key.how,
    ]);
    return made!.id;
  };

  const keepNew = async (key: Key, parts: AsyncIterable<Told>, signal?: AbortSignal): Promise<Kept> => {
    const content = await begin(key, signal);
    hands.hold(content);
    try {
      let statements: Statement[] = [];
      let work = 0;
      const flush = async () => {
        if (statements.length === 0) return;
        const [now, size] = [statements, work];
        statements = [];
        work = 0;
        await hands.mayKeep();
        await pace.batch(now, size, signal);
      };
      const add = (made: readonly Statement[], size: number) => {
        statements.push(...made);
        work += size;
      };
      const rest = turns();
      const sum = { documents: 0, passages: 0, refused: 0 };
      let why: string | undefined;
      let first: Part | undefined;
      for await (const told of parts) {
        signal?.throwIfAborted();
        if (told.kind === 'refused') {
          sum.refused++;
          why ??= told.why;
          continue;
        }
        const { part } = told;
        first ??= part;
        const document = sum.documents++;
        add([documentRow(content, document, part)], ROW);
        // Words of a passage need its next neighbour, so they are one behind.
        let indexed = 0;
        let n = 0;
        const index = (to: number) => {
          if (to > indexed) add(wordsOf(content, document, indexed, to), ROW);
          indexed = Math.max(to, indexed);
        };
        for (const passage of cutPart(part)) {
          add([passageRow(content, document, n++, part, passage)], passage.text.length + ROW);
          if (work >= pace.room) {
            index(n - 1);
            await flush();
            signal?.throwIfAborted();
          }
          await rest();
        }
        index(n);
        sum.passages += n;
        if (work >= pace.room) await flush();
      }
      add([completed(content, { ...sum, why, first })], ROW);
      await flush();
      const kept: Kept = { content, ...sum, ...(why !== undefined && { why }) };
      hands.given(content);
      return kept;
    } catch (error) {
      hands.letGo(content);
      // When the store has closed meanwhile, the next sweep does it.
      await clear([content]).catch(() => {});
      throw error;
    } finally {
      hands.letGo(content);
    }
  };

  return async (key, parts, signal) => {
    const name = `${key.hash} ${key.how}`;
    // Two files with the same bytes: the second waits for the first.
    while (busy.has(name)) await busy.get(name)!.catch(() => {});
    signal?.throwIfAborted();
    const here = find(key);
    if (here) return here;
    const work = keepNew(key, parts, signal);
    busy.set(name, work);
    try {
      return await work;
    } finally {
      busy.delete(name);
    }
  };
}

const documentRow = (content: number, n: number, part: Part): Statement => ({
  sql: `INSERT INTO document (content, n, title, kind, language, date, pages, characters, note)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  params: [
    content,
    n,
    part.title ?? null,
    part.kind,
    part.language ?? null,
    part.date === undefined ? null : Math.round(part.date),
    part.pages ?? null,
    part.text.length,
    part.note ?? null,
  ],
});

function passageRow(content: number, document: number, n: number, part: Part, passage: Passage): Statement {
  const { text, page = null, heading = null, context = null } = passage;
  return {
    sql: `INSERT INTO passage (document, n, page, heading, text, context, apart, digest)
          VALUES (${DOCUMENT}, ?, ?, ?, ?, ?, ?, ?)`,
    params: [
      content,
      document,
      n,
      page,
      heading,
      text,
      context,
      apart(text) ?? null,
      digestOf({ title: part.title ?? null, heading, context, text }),
    ],
  };
}

/** Words of passages `from` to before `to`; vectors of those whose text was embedded before; the others are bare. */
function wordsOf(content: number, document: number, from: number, to: number): Statement[] {
  const params = [content, document, from, to];
  const those = `document = ${DOCUMENT} AND n >= ? AND n < ?`;
  return [
    {
      sql: `INSERT INTO passage_words (rowid, own, near, head)
            SELECT id, own, near, head FROM passage_window WHERE ${those}`,
      params,
    },
    ...copies(`SELECT id FROM passage WHERE ${those}`, params),
    {
      sql: `INSERT INTO passage_bare (passage, content)
            SELECT id, ? FROM passage WHERE ${those} AND NOT EXISTS (SELECT 1 FROM passage_bits WHERE passage = id)`,
      params: [content, ...params],
    },
  ];
}

interface Sums {
  readonly documents: number;
  readonly passages: number;
  readonly refused: number;
  readonly why: string | undefined;
  readonly first: Part | undefined;
}

/** What a file says of itself is said of its only document. */
function completed(content: number, { documents, passages, refused, why, first }: Sums): Statement {
  const only = documents === 1 ? first : undefined;
  return {
    sql: `UPDATE content SET complete = 1, kind = ?, documents = ?, passages = ?, pages = ?, language = ?, note = ?,
            refused = ?, why = ? WHERE id = ?`,
    params: [
      first?.kind ?? null,
      documents,
      passages,
      only?.pages ?? null,
      only?.language ?? null,
      only?.note ?? null,
      refused,
      why ?? null,
      content,
    ],
  };
}
