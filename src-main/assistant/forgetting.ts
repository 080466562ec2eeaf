/** Quotes go with their files: what was taken out of the library is erased from every answer that was made from it. */
import type { SqlValue, Store } from '../base/ports.ts';
import type { TakenOut } from '../library/ports.ts';
import type { Candidate } from './sources.ts';

/** Rows of one transaction; each has some kilobytes, and an answer that is being written never waits long for the lock. */
const PIECE = 200;

/** Watches what is taken out between a search and the moment when its passages are kept. */
export interface Watch {
  /** Whether a passage may still be kept. */
  allows(passage: Pick<Candidate, 'place' | 'file'>): boolean;
  end(): void;
}
export type Forgetting = ReturnType<typeof openForgetting>;

/** @param stores the one on disk, and the one in memory if there is one */
export function openForgetting({ stores }: { stores(): readonly Store[] }) {
  const watches = new Set<TakenOut[]>();
  return {
    /**
     * Erases texts, quotes and everything else that a file had inside (title, heading); numbers and file names stay, so
     * that an answer still says what it was made from. The answer's own words stay: they are the person's conversation.
     */
    async forget(what: TakenOut): Promise<void> {
      // Before anything is awaited: from here on no search that is under way keeps any of it.
      for (const told of watches) told.push(what);
      const [where, params] = condition(what);
      for (const store of stores())
        for (let some = PIECE; some > 0;)
          ({ changes: some } = await store.background.run(
            `UPDATE answer_source SET text = '', quote = '', title = NULL, heading = NULL, date = NULL, file = name, gone = 1
              WHERE rowid IN (SELECT rowid FROM answer_source WHERE gone = 0 AND ${where} LIMIT ${PIECE})`,
            params,
          ));
    },
    watch(): Watch {
      const told: TakenOut[] = [];
      watches.add(told);
      return {
        allows: (passage) => !told.some((what) => concerns(what, passage)),
        end: () => void watches.delete(told),
      };
    },
  };
}

/** The same as `concerns`, for the store. */
function condition({ place, path }: TakenOut): [string, SqlValue[]] {
  if (path === undefined) return ['place = ?', [place]];
  const folder = asFolder(path);
  return ['place = ? AND (file = ? OR substr(file, 1, ?) = ?)', [place, path, [...folder].length, folder]];
}

function concerns({ place, path }: TakenOut, passage: Pick<Candidate, 'place' | 'file'>): boolean {
  return (
    passage.place === place && (path === undefined || passage.file === path || passage.file.startsWith(asFolder(path)))
  );
}

/** With the separator that the path itself uses, so that `/a/b` does not take `/a/bc` along. */
const asFolder = (path: string) =>
  /[\\/]$/.test(path) ? path : `${path}${path.includes('\\') && !path.includes('/') ? '\\' : '/'}`;
