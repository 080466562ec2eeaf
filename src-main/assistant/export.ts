/** Takes conversations out: one or all, as Markdown or JSON Lines, in pieces that are never larger than a page of text. */
import type { Clock, Store } from '../base/ports.ts';
import type { Id } from '../wire/schema.ts';
import { openBulk } from './bulk.ts';
import { frontMatter, toMarkdown } from './export-markdown.ts';
import { toLine, type Whole } from './export-lines.ts';
import { unknownConversation } from './places.ts';
import { conversationColumns, toConversation, type ConversationRow } from './rows.ts';

/** UTF-16 units of a piece; at most three bytes each, so 64 KB at most. */
const PIECE = 21_000;

export type Format = 'markdown' | 'jsonl';
export type Exported =
  | { readonly kind: 'piece'; readonly text: string }
  | { readonly kind: 'done'; readonly name: string; readonly conversations: number };

export interface ExportNeeds {
  /** Where a conversation lives: on disk, or in memory. */
  storeOf(conversation: Id): Store;
  readonly disk: Store;
  readonly clock: Clock;
  readonly ids: () => Id;
  /** The daimon's name. */
  name(): string;
}

export function openExport({ storeOf, disk, clock, ids, name }: ExportNeeds) {
  /** Undefined when it is gone meanwhile. Holds one conversation; everything is read in the store's worker. */
  const whole = async (store: Store, id: Id, signal: AbortSignal): Promise<Whole | undefined> => {
    const [row] = await store.background.all<ConversationRow>(
      `SELECT ${conversationColumns} FROM conversation c WHERE id = ? AND hidden = 0`,
      [id],
      signal,
    );
    if (!row) return undefined;
    const messages = await openBulk({ store, clock, ids }).wholeTree(id, signal);
    // Deleted while it was read: half of it is worse than nothing.
    if (row.tip !== null && !messages.some((one) => one.id === row.tip)) return undefined;
    return { conversation: toConversation(row), tip: row.tip, source: row.source, messages };
  };
  const everyId = async (signal: AbortSignal) =>
    (
      await disk.background.all<{ id: Id }>(
        'SELECT id FROM conversation WHERE hidden = 0 ORDER BY created_at, id',
        [],
        signal,
      )
    ).map(({ id }) => id);

  async function* texts(
    { conversation, format }: { conversation?: Id | undefined; format: Format },
    signal: AbortSignal,
  ): AsyncGenerator<string, { title: string | undefined; conversations: number }> {
    const all = conversation === undefined ? await everyId(signal) : [conversation];
    let conversations = 0;
    let title: string | undefined;
    for (const id of all) {
      const one = await whole(conversation === undefined ? disk : storeOf(id), id, signal);
      if (!one && conversation !== undefined) throw unknownConversation();
      if (!one) continue;
      conversations++;
      if (format === 'jsonl') yield toLine(one);
      else {
        // A line that no text is likely to have, and that Markdown does not show.
        yield conversation !== undefined
          ? frontMatter(one)
          : `${conversations > 1 ? '\n\n' : ''}<!-- daimon: conversation ${conversations} -->\n\n`;
        yield* toMarkdown(one, name());
      }
      if (conversation !== undefined) title = one.conversation.title;
    }
    return { title, conversations };
  }

  return {
    /**
     * Streams the file, then a name for it. Markdown has the current branch of each conversation, JSON Lines every
     * branch. Without `conversation` all that are on disk, oldest first; temporary ones only when named.
     *
     * @throws Fault `unknown-conversation`
     */
    async *export(
      what: { conversation?: Id | undefined; format: Format },
      signal: AbortSignal,
    ): AsyncGenerator<Exported> {
      let held = '';
      const source = texts(what, signal);
      for (;;) {
        const next = await source.next();
        if (next.done) {
          if (held) yield { kind: 'piece', text: held };
          const { title, conversations } = next.value;
          yield { kind: 'done', name: fileName(title, what.format, clock.now()), conversations };
          return;
        }
        held += next.value;
        let from = 0;
        while (held.length - from >= PIECE) {
          const to = endOfPiece(held, from);
          yield { kind: 'piece', text: held.slice(from, to) };
          from = to;
        }
        held = held.slice(from);
      }
    },
  };
}

/** Never inside a character that UTF-16 writes as two units: pieces are encoded one by one. */
function endOfPiece(text: string, from: number): number {
  const to = from + PIECE;
  const unit = text.charCodeAt(to - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? to - 1 : to;
}

/** A name that every file system and every mail program takes: small letters, digits, hyphens. */
export function fileName(title: string | undefined, format: Format, now: number): string {
  const words = (title ?? 'conversations')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replace(/^-+|-+$/g, '');
  const day = new Date(now).toISOString().slice(0, 10);
  return `daimon-${words || 'conversation'}-${day}.${format === 'markdown' ? 'md' : 'jsonl'}`;
}
