/** Vectors of passages: which are wanted, which are kept, which are copied because the same text has one. */
import type { Statement, Store, SqlValue } from '../../base/ports.ts';
import type { Shelf } from '../shelf.ts';
import { embedded, type Embeddable } from './embedded.ts';
import type { Pacer } from './pace.ts';
import { toBits, toBytes } from './quantise.ts';

/** The vector of another passage with the same embedded text, by the embedder in use. */
const SAME = `(SELECT o.id FROM passage o JOIN passage_bits ob ON ob.passage = o.id
                WHERE o.digest = p.digest AND o.id <> p.id AND ob.embedder = (SELECT embedder FROM shelf) LIMIT 1)`;

/** Statements that give passages the vectors of equal ones. `those` selects their ids; they have none yet. */
export const copies = (those: string, params: readonly SqlValue[]): Statement[] => [
  {
    sql: `INSERT INTO passage_bits (passage, document, embedder, bits)
          SELECT p.id, p.document, b.embedder, b.bits FROM passage p JOIN passage_bits b ON b.passage = ${SAME}
           WHERE p.id IN (${those})`,
    params,
  },
  {
    sql: `INSERT INTO passage_bytes (passage, bytes)
          SELECT p.id, y.bytes FROM passage p JOIN passage_bytes y ON y.passage = ${SAME} WHERE p.id IN (${those})`,
    params,
  },
];

/** Of contents that a file of a place holds which is not paused. */
const GO_ON = `WHERE content IN (SELECT f.content FROM place p JOIN file f ON f.place = p.id
                WHERE p.paused = 0 AND p.leaving = 0 AND f.content IS NOT NULL)`;

const FILL = { least: 50, most: 5_000 };
const KEEP = { least: 4, most: 500 };

export function vectors({ store, write }: { store: Store; write: Pacer }): Pick<Shelf, 'bare' | 'keepVectors'> {
  const fillPace = write(200, FILL);
  const keepPace = write(32, KEEP);

  /** Makes `embedder` the one in use: passages with another's vectors, or none, become bare. A kill goes on where it was. */
  const use = async (embedder: string): Promise<void> => {
    const now = () =>
      store.get<{ name: string | null; filled: number | null }>(
        'SELECT e.name, s.filled FROM shelf s LEFT JOIN embedder e ON e.id = s.embedder',
      )!;
    if (now().name !== embedder)
      await store.background.batch([
        { sql: 'INSERT OR IGNORE INTO embedder (name) VALUES (?)', params: [embedder] },
        {
          // The first one ever finds everything bare already.
          sql: `UPDATE shelf SET filled = CASE WHEN embedder IS NULL THEN NULL ELSE 0 END,
                  embedder = (SELECT id FROM embedder WHERE name = ?)`,
          params: [embedder],
        },
      ]);
    for (let { filled } = now(); filled !== null;) {
      const [next] = await store.background.all<{ upTo: number | null }>(
        'SELECT max(id) AS upTo FROM (SELECT id FROM passage WHERE id > ? ORDER BY id LIMIT ?)',
        [filled, Math.round(fillPace.room)],
      );
      const upTo = next?.upTo ?? null;
      const stale = `passage > ? AND passage <= ?`;
      await fillPace.batch(
        upTo === null
          ? [{ sql: 'UPDATE shelf SET filled = NULL' }]
          : [
              {
                sql: `DELETE FROM passage_bits WHERE ${stale} AND embedder <> (SELECT embedder FROM shelf)`,
                params: [filled, upTo],
              },
              {
                sql: `DELETE FROM passage_bytes WHERE ${stale} AND passage NOT IN (SELECT passage FROM passage_bits WHERE ${stale})`,
                params: [filled, upTo, filled, upTo],
              },
              {
                sql: `INSERT OR IGNORE INTO passage_bare (passage, content)
                      SELECT p.id, d.content FROM passage p JOIN document d ON d.id = p.document
                       WHERE p.id > ? AND p.id <= ? AND NOT EXISTS (SELECT 1 FROM passage_bits WHERE passage = p.id)
                         -- What is without words yet is still being kept, and becomes bare with them.
                         AND EXISTS (SELECT 1 FROM passage_words_docsize z WHERE z.id = p.id)`,
                params: [filled, upTo],
              },
              { sql: 'UPDATE shelf SET filled = ?', params: [upTo] },
            ],
        fillPace.room,
      );
      filled = upTo;
    }
  };

  const anyPaused = () => store.get('SELECT 1 FROM place WHERE paused = 1') !== undefined;

  return {
    async bare(embedder, limit) {
      await use(embedder);
      // More than asked for, because equal texts are embedded once.
      const rows = await store.background.all<Embeddable & { passage: number }>(
        `SELECT p.id AS passage, d.title, p.heading, p.context, p.text
           FROM (SELECT passage FROM passage_bare ${anyPaused() ? GO_ON : ''} ORDER BY passage LIMIT ?) b
           JOIN passage p ON p.id = b.passage JOIN document d ON d.id = p.document ORDER BY p.id`,
        [limit * 2],
      );
      const texts = new Map<string, { passage: number; text: string }>();
      for (const row of rows) {
        const text = embedded(row);
        if (!texts.has(text)) texts.set(text, { passage: row.passage, text });
      }
      return [...texts.values()].slice(0, limit);
    },

    async keepVectors(embedder, list) {
      for (let i = 0; i < list.length;) {
        const some = list.slice(i, i + Math.max(1, Math.floor(keepPace.room)));
        i += some.length;
        await keepPace.batch(
          some.flatMap(({ passage, vector }) => kept(embedder, passage, vector)),
          some.length,
        );
      }
    },
  };
}

/** The vector goes to every bare passage with the same text; to none when another embedder came into use meanwhile. */
function kept(embedder: string, passage: number, vector: Float32Array): Statement[] {
  const those = `SELECT o.id FROM passage p JOIN passage o ON o.digest = p.digest JOIN passage_bare x ON x.passage = o.id
                  WHERE p.id = ? AND (SELECT e.name FROM shelf s JOIN embedder e ON e.id = s.embedder) = ?`;
  return [
    {
      sql: `INSERT OR REPLACE INTO passage_bits (passage, document, embedder, bits)
            SELECT id, document, (SELECT embedder FROM shelf), ? FROM passage WHERE id IN (${those})`,
      params: [toBits(vector), passage, embedder],
    },
    {
      sql: `INSERT OR REPLACE INTO passage_bytes (passage, bytes) SELECT id, ? FROM passage WHERE id IN (${those})`,
      params: [toBytes(vector), passage, embedder],
    },
    { sql: `DELETE FROM passage_bare WHERE passage IN (${those})`, params: [passage, embedder] },
  ];
}
