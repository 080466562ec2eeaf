/** Sorts conversations onto the shelves of the list: temporary ones, pinned ones, folders, and the rest by its day. */
import type { Conversation } from '../../../src-main/assistant/door.ts';

export interface Shelves {
  readonly temporary: readonly Conversation[];
  readonly pinned: readonly Conversation[];
  readonly folders: readonly { readonly name: string; readonly items: readonly Conversation[] }[];
  readonly rest: readonly Conversation[];
}

/** Each conversation stands on one shelf: a pin counts more than a folder. The order of `all` stays within each. */
export function shelve(all: readonly Conversation[], folders: readonly string[]): Shelves {
  const temporary: Conversation[] = [];
  const pinned: Conversation[] = [];
  const within = new Map<string, Conversation[]>(folders.map((name) => [name, []]));
  const rest: Conversation[] = [];
  for (const one of all) {
    if (one.temporary) temporary.push(one);
    else if (one.pinned) pinned.push(one);
    else (within.get(one.folder ?? '') ?? rest).push(one);
  }
  return { temporary, pinned, folders: [...within].map(([name, items]) => ({ name, items })), rest };
}
