/** What is found on the shelf: search, a document to read, and the stream of all passages. */
import type { Library } from '../ports.ts';
import { opener } from './open.ts';
import { passageStream } from './passages.ts';
import { searcher, type SearchNeeds } from './search.ts';

export type Finding = Pick<Library, 'search' | 'passages'> & { readonly open: ReturnType<typeof opener> };

/** Opens the finding; the room's migrations have run. It reads only, all of it in the store's worker but for single rows. */
export const openFinding = (needs: SearchNeeds): Finding => ({
  search: searcher(needs),
  open: opener(needs.store),
  passages: passageStream(needs.store),
});
