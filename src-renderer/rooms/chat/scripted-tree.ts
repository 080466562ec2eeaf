/** The scripted assistant's tree: branches, versions and tips over one plain array of messages. */
import type { Message } from '../../../src-main/assistant/door.ts';

type Id = Message['id'];

export interface ScriptedTree {
  /** The newest message of the current branch; undefined in an empty conversation. */
  tip(conversation: string): Id | undefined;
  move(conversation: string, tip: Id): void;
  /** The current branch, oldest first; `versions` where there are several. */
  branch(conversation: string): Message[];
  /** Every message with the parent of `message`, oldest first. */
  versions(message: Message): Message[];
  /** The newest leaf at or below a message. */
  leaf(id: Id): Id;
}

/** @param messages every message of every conversation, in the order in which they were written */
export function scriptedTree(messages: readonly Message[]): ScriptedTree {
  const tips = new Map<string, Id>();
  const siblings = (message: Message) =>
    messages.filter((one) => one.conversation === message.conversation && one.parent === message.parent);
  return {
    tip: (conversation) => tips.get(conversation),
    move: (conversation, tip) => tips.set(conversation, tip),
    branch(conversation) {
      const known = new Map<string, Message>();
      const children = new Map<string | null, Id[]>();
      for (const one of messages) {
        if (one.conversation !== conversation) continue;
        known.set(one.id, one);
        const beside = children.get(one.parent);
        if (beside) beside.push(one.id);
        else children.set(one.parent, [one.id]);
      }
      const path: Message[] = [];
      for (let at = known.get(tips.get(conversation) ?? ''); at; at = at.parent ? known.get(at.parent) : undefined) {
        const versions = children.get(at.parent)!;
        path.push(versions.length > 1 ? { ...at, versions } : at);
      }
      return path.reverse();
    },
    versions: (message) => {
      const all = siblings(message);
      return all.length > 1 ? all.map((one) => ({ ...one, versions: all.map(({ id }) => id) })) : all;
    },
    leaf(id) {
      const below = messages.findLast((one) => one.parent === id);
      return below ? this.leaf(below.id) : id;
    },
  };
}
