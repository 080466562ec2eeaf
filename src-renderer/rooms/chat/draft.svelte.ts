/** Unsent words of one conversation: kept in the core at most half a second behind the keys, and when the page hides. */
import type { Attachment } from '../../../src-main/assistant/door.ts';
import type { Core } from '../../core/doors.ts';

export interface Draft {
  text: string;
  /** Gives back what was kept, unless the person has already typed. Never rejects. */
  load(): Promise<void>;
  /** Keeps what is there now. Never rejects; what could not be kept is kept with the next change. */
  flush(): Promise<void>;
  /** `temporary` changed: what was kept on the one side is kept on the other. */
  move(): Promise<void>;
  /** Words beside these changed (`beside`): keeps them within the same time. */
  touch(): void;
}

export interface DraftOptions {
  readonly core: Pick<Core, 'assistant.draft'>;
  /** Undefined for the conversation that has not begun. */
  readonly conversation: () => string | undefined;
  /** Words that are kept after the draft's own, such as those of a question that is being changed. */
  readonly beside?: () => string;
  /** True for a conversation that will be temporary: its draft lives in memory only. */
  readonly temporary?: () => boolean;
  /** Documents that were kept with the draft. */
  readonly onAttachments?: (attachments: readonly Attachment[]) => void;
  /** Milliseconds of rest before it is kept; a loss of at most half a second is the promise. */
  readonly rest?: number;
}

export function openDraft({
  core,
  conversation,
  beside = () => '',
  temporary = () => false,
  onAttachments,
  rest = 400,
}: DraftOptions): Draft {
  let text = $state('');
  let kept = '';
  let touched = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const where = () => {
    const id = conversation();
    return id ? { conversation: id } : temporary() ? { temporary: true } : {};
  };
  const flush = async () => {
    clearTimeout(timer);
    timer = undefined;
    const words = [text, beside()].filter(Boolean).join('\n\n');
    if (words === kept) return;
    const before = kept;
    const sent = (kept = words);
    try {
      await core['assistant.draft']({ text: sent, ...where() });
    } catch {
      // A lost connection: the words are still on screen, and the next change or reconnect keeps them.
      if (kept === sent) kept = before;
    }
  };
  // Not a debounce that typing can push away for ever: the first change starts the clock.
  const touch = () => {
    timer ??= setTimeout(() => void flush(), rest);
  };

  return {
    get text() {
      return text;
    },
    set text(next) {
      touched = true;
      text = next;
      touch();
    },
    async load() {
      try {
        const found = await core['assistant.draft'](where());
        onAttachments?.(found.attachments);
        if (touched) return;
        text = kept = found.text;
      } catch {
        // Without a connection there is nothing to give back; the field is usable all the same.
      }
    },
    flush,
    async move() {
      if (conversation()) return;
      const left = temporary() ? {} : { temporary: true };
      try {
        await core['assistant.draft']({ text: '', ...left });
      } catch {
        // The same: the next change keeps the words, and what was left is overwritten with the next draft there.
      }
      kept = '';
      await flush();
    },
    touch,
  };
}
