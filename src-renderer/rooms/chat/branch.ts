/** The branch on screen as plain values: how pages join it, and where a question and its answer are put. No state. */
import type { Attachment, Message } from '../../../src-main/assistant/door.ts';

/** Stands in for ids until the question is on disk. */
export const PENDING = 'pending';

/** A message as drawn; ids are not yet ids of the core while a question is on its way. */
export type Entry = Omit<Message, 'id' | 'conversation' | 'parent' | 'versions'> & {
  readonly id: string;
  readonly parent: string | null;
  /** Ids of everything with this parent, oldest first, its own among them; undefined while it is the only one. */
  readonly versions?: readonly string[] | undefined;
};

export interface Branch {
  readonly entries: readonly Entry[];
  /** How many messages of the branch come before `entries[0]`. */
  readonly base: number;
  readonly more: boolean;
}

export interface Page {
  readonly messages: readonly Message[];
  readonly total: number;
  readonly more: boolean;
}

const same = (a: Entry, b: Entry) =>
  a.text === b.text &&
  a.state === b.state &&
  a.note === b.note &&
  a.model === b.model &&
  a.seed === b.seed &&
  (a.sources === b.sources || JSON.stringify(a.sources) === JSON.stringify(b.sources)) &&
  a.versions?.join() === b.versions?.join();

/** Joins the newest messages of the core to those that are here: what comes before a message that both have stays. */
export function join({ entries }: Pick<Branch, 'entries'>, page: Page): Branch {
  const first = page.messages[0];
  const at = first ? entries.findIndex(({ id }) => id === first.id) : -1;
  const known = new Map(entries.slice(Math.max(0, at)).map((entry) => [entry.id, entry]));
  // Unchanged messages stay the same objects, so that nothing of theirs is drawn again.
  const joined = page.messages.map((message): Entry => {
    const old = known.get(message.id);
    return old && same(old, message) ? old : message;
  });
  const all = [...entries.slice(0, Math.max(0, at)), ...joined];
  const base = Math.max(0, page.total - all.length);
  return { entries: all, base, more: base > 0 };
}

export interface Asked {
  readonly text: string;
  /** The answer that it comes after; null: at the very beginning; undefined: at the end of the branch. */
  readonly parent?: string | null | undefined;
  readonly attachments?: readonly Attachment[] | undefined;
}

/** A question and the place of its answer, on their way; what they take the place of goes off the screen. */
export function pending(branch: Branch, { text, parent, attachments }: Asked, at: number): Branch {
  const { entries } = branch;
  const after = parent === undefined ? entries.length - 1 : entries.findIndex(({ id }) => id === parent);
  const lost = parent !== undefined && parent !== null && after < 0;
  const older = lost ? undefined : entries[after + 1];
  const question: Entry = {
    id: `${PENDING}-question`,
    parent: parent === undefined ? (entries.at(-1)?.id ?? null) : parent,
    role: 'user',
    text,
    at,
    ...(attachments?.length && { attachments: [...attachments] }),
    ...(older && { versions: [...(older.versions ?? [older.id]), `${PENDING}-question`] }),
  };
  const answer: Entry = {
    id: `${PENDING}-answer`,
    parent: question.id,
    role: 'assistant',
    text: '',
    at,
    state: 'writing',
  };
  return {
    // Its branch went off the screen while the question was written: it stands alone until the branch is read.
    ...(lost ? { base: 0, more: false } : branch),
    entries: [...(lost ? [] : entries.slice(0, after + 1)), question, answer],
  };
}

/** Puts the answer that is being written behind its question; an older answer makes room and stays a version. */
export function answering(entries: readonly Entry[], question: string, answer: string, at: number): readonly Entry[] {
  const before = entries.find(({ id }) => id === answer);
  const place = entries.findIndex(({ id }) => id === question || id === `${PENDING}-question`);
  if (place < 0) return before ? entries : [...entries, blank(question, answer, at)];
  const old = entries[place + 1];
  const asked = entries[place]!;
  const kept: Entry =
    asked.id === question
      ? asked
      : { ...asked, id: question, ...(asked.versions && { versions: [...asked.versions.slice(0, -1), question] }) };
  const older = old && !old.id.startsWith(PENDING) && old.id !== answer ? old : undefined;
  return [
    ...entries.slice(0, place),
    kept,
    before ?? {
      ...blank(question, answer, at),
      ...(older && { versions: [...(older.versions ?? [older.id]), answer] }),
    },
  ];
}

const blank = (parent: string, id: string, at: number): Entry => ({
  id,
  parent,
  role: 'assistant',
  text: '',
  at,
  state: 'writing',
});
