/** What has no place on disk: pasted text, and files that the window handed over. Their bytes wait in the database. */
import { createHash } from 'node:crypto';
import type { Clock, Store } from '../../base/ports.ts';
import type { Id } from '../../wire/schema.ts';
import { CHUNK } from '../process-door.ts';
import type { Bytes } from '../source.ts';
import { rankOf } from './files.ts';
import type { Places } from './places.ts';

export interface Kept {
  readonly place: Id;
  /** Unique among what was given. */
  readonly name: string;
  readonly known: boolean;
}
export type Given = ReturnType<typeof openGiven>;

/** One place for all of it. */
const NAME = 'Handed over';
const DATA = /[\\/\0-\x1f\x7f]+/g;

export function openGiven({ store, clock, places }: { store: Store; clock: Clock; places: Places }) {
  const place = (): Id =>
    places.all().find(({ kind }) => kind === 'given')?.id ?? places.insert({ kind: 'given', path: null, name: NAME });
  const taken = (name: string) => store.get('SELECT 1 FROM file WHERE path = ?', name) !== undefined;
  const unique = (wanted: string): string => {
    // No separator: a given file is told from one on disk by that.
    const name = wanted.replace(DATA, ' ').trim().slice(0, 200) || 'Text';
    if (!taken(name)) return name;
    const dot = name.lastIndexOf('.');
    const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
    for (let n = 2; ; n++) {
      const next = `${stem} (${n})${ending}`;
      if (!taken(next)) return next;
    }
  };

  return {
    /** All of it is on disk, encrypted, when this resolves; it is read soon. The same bytes under the same name are known. */
    async keep(file: Pick<Bytes, 'name' | 'chunks'>, signal?: AbortSignal): Promise<Kept> {
      const hash = createHash('sha256');
      const chunks: Uint8Array[] = [];
      let size = 0;
      // Whole in memory already: uploads are, until they are read.
      for await (const chunk of file.chunks()) {
        signal?.throwIfAborted();
        hash.update(chunk);
        size += chunk.length;
        chunks.push(chunk);
      }
      const digest = hash.digest('hex');
      const known = store
        .all<{ place: Id; path: string }>(
          'SELECT f.place, f.path FROM given_hash g JOIN file f ON f.id = g.file WHERE g.hash = ?',
          digest,
        )
        .find(({ path }) => path === file.name || path.replace(/ \(\d+\)(?=\.[^.]*$|$)/, '') === file.name);
      if (known) return { place: known.place, name: known.path, known: true };
      // First under a place that nobody sees: a kill in between leaves nothing that is half there.
      const made = store.transaction(() => {
        const inside = place();
        const name = unique(file.name);
        const { lastId } = store.run(
          "INSERT INTO file (place, path, state, code, why, size, changed_at, rank) VALUES (?, ?, 'refused', 'arriving', '', ?, ?, ?)",
          inside,
          name,
          size,
          clock.now(),
          rankOf({ size, changedAt: clock.now(), inode: 0 }, clock.now()),
        );
        return { inside, name, id: Number(lastId) };
      });
      try {
        for (let n = 0; n < chunks.length; n++) {
          await store.background.run(
            'INSERT INTO given (file, n, bytes) VALUES (?, ?, ?)',
            [made.id, n, chunks[n]!],
            signal,
          );
          chunks[n] = new Uint8Array();
        }
        store.transaction(() => {
          store.run('INSERT INTO given_hash (file, hash) VALUES (?, ?)', made.id, digest);
          store.run("UPDATE file SET state = 'waiting', code = NULL, why = NULL WHERE id = ?", made.id);
        });
      } catch (error) {
        await store.background.run('DELETE FROM file WHERE id = ?', [made.id]).catch(() => {});
        throw error;
      }
      return { place: made.inside, name: made.name, known: false };
    },

    /** Bytes of a given file, a chunk at a time. */
    async *chunks(file: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
      for (let n = 0; ; n++) {
        const [row] = await store.background.all<{ bytes: Uint8Array }>(
          'SELECT bytes FROM given WHERE file = ? AND n = ?',
          [file, n],
          signal,
        );
        if (!row) return;
        for (let at = 0; at < row.bytes.length; at += CHUNK) yield new Uint8Array(row.bytes.subarray(at, at + CHUNK));
      }
    },
    /** What a kill left half given. */
    sweep: () => store.background.run("DELETE FROM file WHERE state = 'refused' AND code = 'arriving'"),
  };
}
