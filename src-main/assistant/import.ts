/** Brings conversations from an export: a job that reads in the reader process and writes in the store's worker. */
import type { Clock, JobContext, Jobs, Store } from '../base/ports.ts';
import { latest } from '../base/latest.ts';
import type { Library, ParsedConversation, Source } from '../library/ports.ts';
import type { Id } from '../wire/schema.ts';
import { openBulk } from './bulk.ts';
import type { Brought } from './door.ts';
import { growConversation } from './grow.ts';

type Progress = Extract<Brought, { kind: 'progress' }>;
type Done = Extract<Brought, { kind: 'done' }>;

/** Between two reports, to whoever views the import and to whoever watches the list. */
const REPORT_MS = 100;
const WATCH_MS = 500;
const MOST_REASONS = 50;
/**
 * Characters that are kept in one transaction: less than ten milliseconds of the file's one write lock, for which an
 * answer that is being written may have to wait twice a second. It never waits for two pieces: while this thread waits
 * for the lock, it hands out no further piece. (Pauses between pieces were tried. They only made the import longer.)
 */
const GROUP = 40_000;
const OTHER = 'It could not be read.';

export interface ImportNeeds {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: () => Id;
  readonly library: Pick<Library, 'conversations'>;
  readonly jobs: Jobs;
  /** Resolves when what an earlier import left half done has been swept; before, it would look as if it were known. */
  readonly swept: Promise<void>;
  changed(...conversations: Id[]): void;
}

export function openImport(needs: ImportNeeds) {
  return {
    /**
     * Begins a job `assistant.import` and shows its progress. Leaving the stream does not stop the job; stopping the job
     * keeps what was brought. A conversation is on disk whole, with its index entries, or not at all; one that is here
     * is counted as known, and what a newer export has of it is added.
     *
     * @throws Fault of the reader (`not-an-export`, `unreadable`, `file-missing` …), `job-stopped`, `disk-full`
     */
    async *import(source: Source, signal: AbortSignal): AsyncGenerator<Brought> {
      const view = latest<Progress | undefined>(undefined);
      const { id, result } = needs.jobs.begin({
        kind: 'assistant.import',
        title: 'Bringing conversations',
        run: (context) => bringAll(needs, source, context, (progress) => view.set(progress)),
      });
      void result.catch(() => {}).then(() => view.end());
      yield { kind: 'progress', job: id as Id, conversations: 0, messages: 0, done: 0, total: 0 };
      for await (const progress of view.follow(signal)) if (progress) yield progress;
      if (!signal.aborted) yield await result;
    },
  };
}

async function bringAll(
  { store, clock, ids, library, swept, changed }: ImportNeeds,
  source: Source,
  { id, signal, checkpoint, progress }: JobContext,
  show: (now: Progress) => void,
): Promise<Done> {
  const job = id as Id;
  const bulk = openBulk({ store, clock, ids });
  const count = { conversations: 0, messages: 0, known: 0 };
  const refused = reasons();
  const origins = new Map<Done['from'], number>();
  /** Brought or grown, and not told of yet. */
  const fresh: Id[] = [];
  let group: ParsedConversation[] = [];
  let groupSize = 0;
  let toldAt = clock.now();
  let shownAt = 0;
  let read = { done: 0, total: 0 };

  const tell = () => {
    changed(...fresh.splice(0));
    toldAt = clock.now();
  };
  const report = () => {
    const { conversations, messages } = count;
    progress({ ...read, unit: 'bytes', note: `${conversations.toLocaleString('en')} conversations` });
    show({ kind: 'progress', job, conversations, messages, ...read });
    shownAt = clock.now();
  };
  const keep = async (list: readonly ParsedConversation[]) => {
    for (const [i, kept] of (await bulk.insertConversations(list, signal)).entries()) {
      if (kept === 'broken') refused.add(OTHER);
      else if (kept === 'known') {
        count.known++;
        const grown = await growConversation({ store, ids }, list[i]!, signal);
        if (!grown || grown.added === 0) continue;
        count.messages += grown.added;
        fresh.push(grown.id);
      } else {
        count.conversations++;
        count.messages += kept.messages;
        fresh.push(kept.id);
      }
    }
  };
  const flush = async () => {
    const list = group;
    group = [];
    groupSize = 0;
    await keep(list);
  };

  await swept;
  try {
    for await (const told of library.conversations(source, signal)) {
      await checkpoint();
      read = { done: told.done, total: told.total };
      if (told.kind === 'refused') refused.add(told.why);
      else {
        const { conversation } = told;
        origins.set(conversation.from, (origins.get(conversation.from) ?? 0) + 1);
        group.push(conversation);
        groupSize += weight(conversation);
        if (groupSize >= GROUP) await flush();
      }
      const now = clock.now();
      if (now - shownAt >= REPORT_MS) report();
      if (fresh.length > 0 && now - toldAt >= WATCH_MS) tell();
    }
    await flush();
    report();
  } finally {
    tell();
  }
  const [from] = [...origins].toSorted(([, a], [, b]) => b - a)[0] ?? ['daimon' as const];
  return { kind: 'done', job, from, ...count, refused: refused.all() };
}

/** Why conversations were refused, and how often. A reader that was taken over cannot fill the core's memory with it. */
function reasons() {
  const times = new Map<string, number>();
  return {
    add(why: string) {
      const reason = times.size < MOST_REASONS ? why.slice(0, 300) : OTHER;
      times.set(reason, (times.get(reason) ?? 0) + 1);
    },
    all: () => [...times].map(([why, n]) => ({ why, times: n })),
  };
}

/** In characters; each message costs some more than its words. */
const weight = ({ messages }: ParsedConversation): number => {
  let sum = 0;
  for (const { text, attachments = [] } of messages) {
    sum += text.length + 300;
    for (const file of attachments) sum += (file.text?.length ?? 0) + 300;
  }
  return sum;
};
