/** What the palette shows for what is typed: places, conversations, commands by how well they fit, words in messages last. */
import type { Conversation } from '../../src-main/assistant/door.ts';
import type { Session } from '../core/session.svelte.ts';
import { excerptParts, openSearch } from '../core/search.svelte.ts';
import type { Core } from '../core/doors.ts';
import { when } from '../messages/format.ts';
import { say } from '../messages/index.ts';
import { commandsOf, placesOf, type Offered } from './commands.ts';
import { best, plainly, rank, wordsIn } from './ranking.ts';

export interface Found extends Offered {
  readonly excerpt?: readonly { readonly text: string; readonly hit: boolean }[];
}
export interface FoundGroup {
  readonly name: keyof typeof say.find.palette.groups;
  readonly items: readonly Found[];
}

export interface Finder {
  query: string;
  readonly groups: readonly FoundGroup[];
  /** Of all groups, in the order in which they stand. */
  readonly items: readonly Found[];
  /** Words in messages are still being looked for. */
  readonly looking: boolean;
  close(): void;
}

/** Rows of each kind at most, so that never more than 50 are drawn. */
const MOST = { recent: 8, conversations: 20, commands: 12, messages: 10 } as const;

const words = say.find.palette;

export interface FinderOptions {
  readonly core: Core;
  readonly session: Session;
  readonly onexport: (conversation: string | undefined) => void;
}

export function openFinder({ core, session, onexport }: FinderOptions): Finder {
  const search = openSearch({ core, limit: MOST.messages });
  /** Plain titles, made when first searched and kept as long as the conversation is as it is. */
  const titles = new WeakMap<Conversation, string>();
  const titleOf = (one: Conversation) => {
    const known = titles.get(one) ?? plainly(one.title);
    titles.set(one, known);
    return known;
  };
  const labels = new Map<string, string>();
  const labelOf = ({ label, also = '' }: Offered) => {
    const known = labels.get(label) ?? plainly(label);
    labels.set(label, known);
    return { known, also };
  };

  const conversation = (one: Conversation): Found => ({
    id: one.id,
    label: one.title,
    hint: one.temporary
      ? words.temporary
      : one.pinned
        ? words.pinned
        : one.folder !== null
          ? words.in(one.folder)
          : when(one.changedAt),
    to: 'field',
    act: () => session.go('chat', one.id),
  });
  /** Another word for a thing counts less than any part of its own name. */
  const offered = (list: readonly Offered[], wanted: readonly string[]) =>
    list
      .map((item) => {
        const { known, also } = labelOf(item);
        return { item, rank: rank(wanted, known) || Math.min(rank(wanted, `${known} ${also}`), 2) / 2.5 };
      })
      .filter((one) => one.rank > 0)
      .sort((a, b) => b.rank - a.rank);

  const messages = $derived<Found[]>(
    (search.query.trim() ? (search.hits ?? []) : []).map((hit) => ({
      id: hit.message,
      label: hit.title,
      hint: when(hit.at),
      excerpt: excerptParts(hit.excerpt),
      to: 'page',
      act: () => session.reveal(hit),
    })),
  );
  const places = $derived(placesOf(session));
  const commands = $derived(commandsOf({ core, session, onexport }));

  const groups = $derived.by<FoundGroup[]>(() => {
    const { all } = session.conversations;
    const wanted = wordsIn(search.query);
    if (wanted.length === 0)
      return [
        { name: 'recent' as const, items: all.slice(0, MOST.recent).map(conversation) },
        { name: 'places' as const, items: places },
        { name: 'commands' as const, items: commands.slice(0, MOST.commands) },
      ].filter(({ items }) => items.length > 0);
    const ranked = [
      { name: 'places' as const, found: offered(places, wanted) },
      { name: 'conversations' as const, found: best(all, wanted, titleOf, MOST.conversations) },
      { name: 'commands' as const, found: offered(commands, wanted).slice(0, MOST.commands) },
    ]
      .filter(({ found }) => found.length > 0)
      // The kind with the best fit stands first; the order above decides between equals.
      .sort((a, b) => b.found[0]!.rank - a.found[0]!.rank);
    return [
      ...ranked.map(({ name, found }) => ({
        name,
        items: found.map(({ item }) => ('title' in item ? conversation(item) : item)),
      })),
      ...(messages.length > 0 ? [{ name: 'messages' as const, items: messages }] : []),
    ];
  });
  const items = $derived(groups.flatMap((group) => group.items));

  return {
    get query() {
      return search.query;
    },
    set query(next) {
      search.query = next;
    },
    get groups() {
      return groups;
    },
    get items() {
      return items;
    },
    get looking() {
      return search.looking;
    },
    close: search.close,
  };
}
