/** What a person is doing on the tree: going on from an earlier answer, changing a question, comparing two answers. */
import type { Attachment } from '../../../src-main/assistant/door.ts';
import type { Asked, Entry } from './branch.ts';

export interface Editing {
  readonly id: string;
  readonly parent: string | null;
  /** The words as they were. */
  readonly before: string;
  readonly attachments: readonly Attachment[];
}

export interface Branches {
  /** The answer that the next message comes after, where it is not the last one. */
  from: Entry | undefined;
  /** The question that is being changed. Its words are in `words`, also while it is not on the page. */
  readonly editing: Editing | undefined;
  words: string;
  /** The answer whose versions stand side by side. */
  comparing: Entry | undefined;
  edit(question: Entry): void;
  /** Leaves the question as it was. */
  leave(): void;
  /** Sends the changed words as another version of the question; words that did not arrive are in the field again. */
  send(): Promise<void>;
}

export interface BranchesOptions {
  ask(asked: Asked): Promise<boolean>;
  /** Words of an edit changed: they are kept with the draft, so that a closed window loses none. */
  onWords(): void;
  /** Words that no field holds any more. */
  onSpare(words: string): void;
}

export function openBranches({ ask, onWords, onSpare }: BranchesOptions): Branches {
  let from = $state.raw<Entry>();
  let editing = $state.raw<Editing>();
  let comparing = $state.raw<Entry>();
  let words = $state('');

  return {
    get from() {
      return from;
    },
    set from(next) {
      from = next;
    },
    get editing() {
      return editing;
    },
    get words() {
      return words;
    },
    set words(next) {
      words = next;
      onWords();
    },
    get comparing() {
      return comparing;
    },
    set comparing(next) {
      comparing = next;
    },
    edit({ id, parent, text, attachments = [] }) {
      editing = { id, parent, before: text, attachments };
      words = text;
    },
    leave() {
      editing = undefined;
      words = '';
      onWords();
    },
    async send() {
      const sent = editing;
      const text = words;
      if (!sent) return;
      editing = undefined;
      words = '';
      from = undefined;
      const arrived = await ask({ text, parent: sent.parent, attachments: sent.attachments });
      if (!arrived && editing) onSpare(text);
      else if (!arrived) {
        editing = sent;
        words = text;
      }
      onWords();
    },
  };
}
