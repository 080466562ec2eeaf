/** The scripted assistant's tree: branches, versions and tips over one plain array of messages. */
import type { Message } from '../../../src-main/assistant/door.ts';

type Id = Message['id'];

export interface ScriptedTree {
  /** The newest message of the current branch; undefined in an empty conversation. */
  tip(conversation: string): Id | undefined;
  move(conversation: string, tip: Id): void;
  /** Ids of the current branch, oldest first. */
  path(conversation: string): readonly Id[];
  /** Messages by their ids, `versions` where there are several. */
  read(ids: readonly Id[]): Message[];
  /** Every message with the parent of this one, oldest first. */
  versions(id: Id): Message[];
  /** The newest leaf at or below a message. */
  leaf(id: Id): Id;
  /** Messages were taken out of the array. */
  forget(): void;
}

/** @param messages of every conversation, in the order in which they were written; each may be replaced in its place */
export function scriptedTree(messages: readonly Message[]): ScriptedTree {
  const tips = new Map<string, Id>();
  // Kept between calls: the bench reads its 10,000 messages on the thread that it measures.
  const places = new Map<string, number>();
  const children = new Map<string, Id[]>();
  const paths = new Map<string, readonly Id[]>();
  const beside = ({ conversation, parent }: Message) => `${conversation} ${parent}`;
  const catchUp = () => {
    for (let at = places.size; at < messages.length; at++) {
      const one = messages[at]!;
      places.set(one.id, at);
      const known = children.get(beside(one));
      if (known) known.push(one.id);
      else children.set(beside(one), [one.id]);
    }
  };
  const find = (id: Id): Message => {
    catchUp();
    return messages[places.get(id)!]!;
  };
  const read = (ids: readonly Id[]) =>
    ids.map((id) => {
      const one = find(id);
      const versions = children.get(beside(one))!;
      return versions.length > 1 ? { ...one, versions: [...versions] } : one;
    });

  return {
    tip: (conversation) => tips.get(conversation),
    move: (conversation, tip) => tips.set(conversation, tip),
    path(conversation) {
      const tip = tips.get(conversation);
      if (!tip) return [];
      const known = paths.get(tip);
      if (known) return known;
      const path: Id[] = [];
      for (let at: Id | null = tip; at; at = find(at).parent) path.push(at);
      path.reverse();
      paths.set(tip, path);
      return path;
    },
    read,
    versions(id) {
      const one = find(id);
      return read(children.get(beside(one))!);
    },
    leaf(id) {
      const { conversation } = find(id);
      const below = children.get(`${conversation} ${id}`)?.at(-1);
      return below ? this.leaf(below) : id;
    },
    forget() {
      places.clear();
      children.clear();
      paths.clear();
    },
  };
}
