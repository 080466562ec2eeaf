/** Adds to a conversation that was brought before what a newer export of it has: later turns, other branches. */
import type { ParsedConversation, ParsedMessage } from '../library/ports.ts';
import type { Id } from '../wire/schema.ts';
import { keep, type BulkNeeds } from './bulk.ts';
import { inPieces } from './pieces.ts';

interface Here {
  readonly id: Id;
  readonly parent: Id | null;
  readonly depth: number;
  readonly role: 'user' | 'assistant';
  readonly at: number;
  readonly bytes: number;
  /** Only read where a message of the export has no time. */
  readonly text: string | null;
}
interface Place {
  readonly id: Id;
  readonly parent: Id | null;
  readonly depth: number;
}

/**
 * A message of the export is one that is here when it hangs on the same message, has the same role, length and time
 * (the same text, where not all messages of the export have times). So nothing is kept of the export's ids, and what the person said here since
 * stays beside it, in a branch of its own. The current branch goes on to the export's if it had stood still here.
 *
 * @returns how many messages were added; undefined when the conversation is not here, or was deleted meanwhile
 */
export async function growConversation(
  { store, ids }: Pick<BulkNeeds, 'store' | 'ids'>,
  parsed: ParsedConversation,
  signal: AbortSignal,
): Promise<{ readonly id: Id; readonly added: number } | undefined> {
  const row = store.get<{ id: Id; tip: Id | null; created_at: number }>(
    'SELECT id, tip, created_at FROM conversation WHERE (source = ? OR id = ?) AND hidden = 0',
    `${parsed.from}:${parsed.id}`,
    parsed.from === 'daimon' ? parsed.id : '',
  );
  if (!row) return undefined;
  const timeless = parsed.messages.some(({ at }) => at === undefined);
  const here = await store.background.all<Here>(
    `SELECT id, parent, depth, role, at, octet_length(text) AS bytes, ${timeless ? 'text' : 'NULL AS text'}
       FROM message WHERE conversation = ?`,
    [row.id],
    signal,
  );
  const { placed, added } = match(here, parsed, timeless, ids);
  if (added.length === 0) return { id: row.id, added: 0 };

  const tip = parsed.tip === undefined ? undefined : placed.get(parsed.tip);
  const path = tip && branchBetween(row.tip, tip, here, placed);
  const pieces = inPieces(added, {
    messageOf: ({ message }) => message,
    statements: ({ message, place }) =>
      keep(message, { ...place, conversation: row.id, at: message.at ?? row.created_at, chosen: null, ids }),
  });
  pieces.push([
    {
      sql: 'UPDATE conversation SET changed_at = max(changed_at, ?) WHERE id = ?',
      params: [parsed.changedAt ?? 0, row.id],
    },
    ...(path
      ? [
          // Only if it stands still: the person may have asked something meanwhile.
          {
            sql: 'UPDATE conversation SET tip = ?, length = ? WHERE id = ? AND tip IS ?',
            params: [tip.id, tip.depth, row.id, row.tip],
          },
          ...path.map(([parent, chosen]) => ({
            sql: 'UPDATE message SET chosen = ? WHERE id = ?',
            params: [chosen, parent],
          })),
        ]
      : []),
  ]);
  for (const piece of pieces) {
    // The person may be deleting it.
    if (!store.get('SELECT 1 FROM conversation WHERE id = ? AND hidden = 0', row.id)) return undefined;
    try {
      await store.background.batch(piece, signal);
    } catch (error) {
      if ((error as { code?: unknown }).code === 'SQLITE_CONSTRAINT_FOREIGNKEY') return undefined;
      throw error;
    }
  }
  return { id: row.id, added: added.length };
}

/** Where each message of the export stands here, and those that have to be added, parents first. */
function match(here: readonly Here[], { from, messages }: ParsedConversation, timeless: boolean, ids: () => Id) {
  const key = (parent: Id | null | undefined, role: string, at: number | undefined, rest: number | string) =>
    `${parent ?? ''} ${role} ${at ?? ''} ${rest}`;
  // Looked up, not searched: thousands may hang on one message.
  const exact = Map.groupBy(here.toReversed(), ({ parent, role, at, bytes, text }) =>
    timeless ? key(parent, role, undefined, text!) : key(parent, role, at, bytes),
  );
  const similar = Map.groupBy(here.toReversed(), ({ parent, role, at }) => key(parent, role, at, ''));
  const taken = new Set<Id>();
  const take = (candidates: Here[] | undefined): Here | undefined => {
    let one = candidates?.pop();
    while (one && taken.has(one.id)) one = candidates!.pop();
    return one;
  };
  const placed = new Map<string, Place>();
  const added: { readonly message: ParsedMessage; readonly place: Place }[] = [];
  for (const message of messages) {
    const above = message.parent === null ? undefined : placed.get(message.parent);
    const { role, at, text } = message;
    const same =
      take(
        exact.get(timeless ? key(above?.id, role, undefined, text) : key(above?.id, role, at, Buffer.byteLength(text))),
      ) ??
      // Taken out while it was being written: the whole of it is here.
      (from === 'daimon' && at !== undefined ? take(similar.get(key(above?.id, role, at, ''))) : undefined);
    const place = same ?? { id: ids(), parent: above?.id ?? null, depth: (above?.depth ?? 0) + 1 };
    placed.set(message.id, place);
    if (same) taken.add(same.id);
    else added.push({ message, place });
  }
  return { placed, added };
}

/** Parent and child of each step from `from` down to `to`; undefined when `to` does not lie below it. */
function branchBetween(
  from: Id | null,
  to: Place,
  here: readonly Here[],
  placed: ReadonlyMap<string, Place>,
): [Id, Id][] | undefined {
  const all = new Map<Id, Place>([...here, ...placed.values()].map((one) => [one.id, one]));
  const steps: [Id, Id][] = [];
  for (let at: Place | undefined = to; at; at = at.parent === null ? undefined : all.get(at.parent)) {
    if (at.id === from) return steps;
    if (at.parent !== null) steps.push([at.parent, at.id]);
  }
  return from === null ? steps : undefined;
}
