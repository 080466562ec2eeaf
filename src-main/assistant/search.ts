/** Finds words in all conversations. */
import type { Store } from '../base/ports.ts';
import type { Id } from '../wire/schema.ts';

export interface Hit {
  readonly conversation: Id;
  readonly message: Id;
  readonly title: string;
  readonly role: 'user' | 'assistant';
  readonly at: number;
  /** Words that matched stand between U+E000 and U+E001. */
  readonly excerpt: string;
}

/**
 * Of more messages than this that match, only the newest are ranked: each costs a look at its length, and for words that
 * are nearly everywhere "how well" says little while "how lately" says much. 5,000 cost about 20 ms, 100,000 over 100.
 */
const RANKED = 5000;
const OPEN = '\ue000';
const CLOSE = '\ue001';
/** In UTF-16 units; twenty words of prose have some 150. */
const LONGEST_EXCERPT = 400;

/**
 * Turns what a person types into an FTS5 expression that cannot fail: every word quoted, the last one open-ended. A lone
 * letter is not: it would gather the lists of a twentieth of all words (160 ms), and finds nothing that anyone meant.
 *
 * @returns undefined when there is no word in it
 */
export function matchExpression(query: string): string | undefined {
  const words = query.match(/[\p{L}\p{N}\p{M}_'’-]+/gu)?.filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (!words?.length) return undefined;
  return words
    .slice(0, 32)
    .map((word, i, all) => `"${word}"${i === all.length - 1 && !/^[\p{Script=Latin}\p{N}]$/u.test(word) ? '*' : ''}`)
    .join(' ');
}

/**
 * Best first. Texts are read, and excerpts made, for the rows that are returned alone.
 *
 * @param match an FTS5 expression
 */
export async function search(store: Store, match: string, limit: number, signal?: AbortSignal): Promise<Hit[]> {
  const hits = await store.background.all<Hit>(
    `SELECT m.conversation, m.id AS message, c.title, m.role, m.at, best.excerpt
       FROM (SELECT rowid AS n, rank AS score, snippet(message_words, 0, char(57344), char(57345), '…', 20) AS excerpt
               FROM message_words
              WHERE message_words MATCH ? AND rowid >= coalesce((
                SELECT rowid FROM message_words WHERE message_words MATCH ? ORDER BY rowid DESC LIMIT 1 OFFSET ${RANKED}
              ), 0)
              ORDER BY rank LIMIT ?) AS best
       JOIN message m ON m.n = best.n JOIN conversation c ON c.id = m.conversation
      WHERE c.hidden = 0 ORDER BY best.score, m.at DESC`,
    [match, match, limit],
    signal,
  );
  return hits.map((hit) => ({ ...hit, excerpt: shortened(hit.excerpt) }));
}

/** SQLite counts an excerpt in words, and one word may have a million letters: a key, or a picture written as text. */
function shortened(excerpt: string): string {
  if (excerpt.length <= LONGEST_EXCERPT) return excerpt;
  const from = Math.max(0, excerpt.indexOf(OPEN) - LONGEST_EXCERPT / 4);
  const piece = excerpt.slice(from, from + LONGEST_EXCERPT);
  const open = piece.lastIndexOf(OPEN) > piece.lastIndexOf(CLOSE);
  return `${from > 0 ? '…' : ''}${piece}${open ? CLOSE : ''}…`.toWellFormed();
}
