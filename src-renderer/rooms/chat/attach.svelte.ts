/** Documents that go with the next message: handed over one at a time, read by the core, and kept with the draft there. */
import type { Attachment } from '../../../src-main/assistant/door.ts';
import { isFault } from '../../../src-main/wire/index.ts';
import type { Core } from '../../core/doors.ts';
import { hand } from '../../core/hand.ts';
import { say as catalogue } from '../../messages/index.ts';

const say = catalogue.chat.attach;

/** Bytes of a file; more is refused before one of them is read. */
export const MOST_BYTES = 64_000_000;
/** The door's own limit for one message. */
const MOST_FILES = 20;

export interface Item {
  readonly key: number;
  readonly name: string;
  readonly size: number;
  /** Waiting for its turn or being handed over; being read; here; or refused, with a sentence. */
  readonly state: 'handing' | 'reading' | 'here' | 'refused';
  /** Bytes handed over. */
  readonly given: number;
  readonly attachment?: Attachment;
  readonly why?: string;
}

export interface Attached {
  readonly items: readonly Item[];
  /** Documents that a message may take with it now. */
  readonly here: readonly Attachment[];
  /** Names of those that are still on their way. */
  readonly coming: readonly string[];
  add(files: Iterable<File>): void;
  /** Takes a document away, or stops its way here. */
  remove(key: number): void;
  /** The documents go with a message; those that were refused stay until they are taken away. */
  take(): readonly Attachment[];
  /** Documents that are kept with the draft in the core. */
  put(attachments: readonly Attachment[]): void;
  /** `temporary` changed: what was handed over here is kept on the other side instead. */
  move(): void;
  close(): void;
}

export interface AttachedOptions {
  readonly core: Core;
  /** Undefined for the conversation that has not begun. */
  readonly conversation: () => string | undefined;
  /** Whether that one will be temporary. */
  readonly temporary: () => boolean;
}

export function openAttached({ core, conversation, temporary }: AttachedOptions): Attached {
  let items = $state.raw<readonly Item[]>([]);
  let keys = 0;
  let queue = Promise.resolve();
  const going = new Map<number, AbortController>();
  const files = new Map<number, File>();

  const change = (key: number, to: Partial<Item>) => {
    items = items.map((item) => (item.key === key ? { ...item, ...to } : item));
  };
  const drop = (key: number) => {
    files.delete(key);
    items = items.filter((item) => item.key !== key);
  };

  const start = (key: number) => {
    going.set(key, new AbortController());
    queue = queue.then(() => bring(key));
  };
  const bring = async (key: number) => {
    const stop = going.get(key);
    const file = files.get(key);
    if (!stop || !file || stop.signal.aborted) return;
    try {
      const handed = await hand(core, file, stop.signal, (given) =>
        change(key, { given, ...(given >= file.size && { state: 'reading' as const }) }),
      );
      change(key, { state: 'reading', given: file.size });
      const id = conversation();
      const whose = id ? { conversation: id } : temporary() ? { temporary: true } : {};
      const attachment = await core['assistant.attach']({ ...handed, ...whose }, stop.signal);
      // Taken away in the moment in which it was read: the draft in the core lets go of it as well.
      if (stop.signal.aborted) void detach(attachment.id);
      else change(key, { state: 'here', attachment });
    } catch (error) {
      if (stop.signal.aborted) return;
      change(key, { state: 'refused', why: isFault(error) ? error.message : say.unreadable(file.name) });
    } finally {
      going.delete(key);
    }
  };
  const detach = (id: Attachment['id']) =>
    core['assistant.detach']({ id }).catch((error: unknown) => {
      // It goes with the draft's next message or not at all; a lost connection shows elsewhere.
      if (!isFault(error)) throw error;
    });

  return {
    get items() {
      return items;
    },
    get here() {
      return items.flatMap(({ attachment }) => attachment ?? []);
    },
    get coming() {
      return items.filter(({ state }) => state === 'handing' || state === 'reading').map(({ name }) => name);
    },
    add(chosen) {
      for (const file of chosen) {
        const key = keys++;
        const many = items.filter(({ state }) => state !== 'refused').length >= MOST_FILES;
        const why =
          file.size > MOST_BYTES
            ? say.tooBig(file.size, MOST_BYTES)
            : many
              ? say.tooMany(MOST_FILES)
              : file.size === 0
                ? say.empty
                : undefined;
        const item = { key, name: file.name, size: file.size, given: 0 };
        items = [...items, why ? { ...item, state: 'refused', why } : { ...item, state: 'handing' }];
        if (why) continue;
        files.set(key, file);
        start(key);
      }
    },
    move() {
      for (const { key, attachment } of items) {
        if (!attachment || !files.has(key)) continue;
        void detach(attachment.id);
        items = items.map(({ attachment: left, ...item }) =>
          item.key === key ? { ...item, state: 'handing', given: 0 } : { ...item, ...(left && { attachment: left }) },
        );
        start(key);
      }
    },
    remove(key) {
      const gone = items.find((item) => item.key === key);
      going.get(key)?.abort();
      drop(key);
      if (gone?.attachment) void detach(gone.attachment.id);
    },
    take() {
      const taken = items.flatMap(({ attachment }) => attachment ?? []);
      items = items.filter(({ state }) => state !== 'here');
      return taken;
    },
    put(attachments) {
      const known = new Set(items.map(({ attachment }) => attachment?.id));
      items = [
        ...attachments
          .filter(({ id }) => !known.has(id))
          .map((attachment): Item => ({
            key: keys++, name: attachment.name, size: 0, given: 0, state: 'here', attachment,
          })),
        ...items,
      ]; // prettier-ignore
    },
    close() {
      for (const stop of going.values()) stop.abort();
    },
  };
}
