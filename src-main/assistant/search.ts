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
 * Turns what a person types into an FTS5 expression that cannot fail: every word quoted, the last one open-ended.
 *
 * @returns undefined when there is no word in it
 */
export function matchExpression(query: string): string | undefined {
  const words = query.match(/[\p{L}\p{N}\p{M}_'’-]+/gu)?.filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (!words?.length) return undefined;
  return words
    .slice(0, 32)
    .map((word, i) => `"${word.replaceAll('"', '')}"${i === words.length - 1 ? '*' : ''}`)
    .join(' ');
}

/** @param match an FTS5 expression */
export const search = (store: Store, match: string, limit: number, signal?: AbortSignal): Promise<Hit[]> =>
  store.background.all<Hit>(
    `SELECT m.conversation, m.id AS message, c.title, m.role, m.at,
            snippet(message_words, 0, char(57344), char(57345), '…', 20) AS excerpt
       FROM message_words JOIN message m ON m.n = message_words.rowid JOIN conversation c ON c.id = m.conversation
      WHERE message_words MATCH ? AND c.hidden = 0 ORDER BY bm25(message_words), m.at DESC LIMIT ?`,
    [match, limit],
    signal,
  );
