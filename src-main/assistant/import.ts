/** Brings conversations from an export: a job that reads in the reader process and writes in the store's worker. */
import type { Clock, Jobs, Store } from '../base/ports.ts';
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

export function openImport({ store, clock, ids, library, jobs, swept, changed }: ImportNeeds) {
  const bulk = openBulk({ store, clock, ids });

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
      const { id, result } = jobs.begin({
        kind: 'assistant.import',
        title: 'Bringing conversations',
        async run({ id: job, signal: stop, checkpoint, progress }) {
          const count = { conversations: 0, messages: 0, known: 0 };
          const refused = new Map<string, number>();
          const refuse = (why: string) => {
            // The reader may have been taken over by what it read: it cannot fill the core's memory with reasons.
            const reason = refused.size < MOST_REASONS ? why.slice(0, 300) : OTHER;
            refused.set(reason, (refused.get(reason) ?? 0) + 1);
          };
          const origins = new Map<Done['from'], number>();
          const fresh: Id[] = [];
          let reportedAt = 0;
          let watchedAt = clock.now();
          const tell = () => {
            changed(...fresh.splice(0));
            watchedAt = clock.now();
          };
          const report = ({ done, total }: { done: number; total: number }) => {
            const now = clock.now();
            if (fresh.length > 0 && now - watchedAt >= WATCH_MS) tell();
            if (now - reportedAt < REPORT_MS) return;
            reportedAt = now;
            const { conversations, messages } = count;
            progress({ done, total, unit: 'bytes', note: `${conversations.toLocaleString('en')} conversations` });
            view.set({ kind: 'progress', job: job as Id, conversations, messages, done, total });
          };
          const keep = async (conversation: ParsedConversation, signal: AbortSignal) => {
            const kept = await bulk.insertConversation(conversation, signal);
            if (kept !== 'known') {
              count.conversations++;
              count.messages += kept.messages;
              fresh.push(kept.id);
              return;
            }
            count.known++;
            const grown = await growConversation({ store, ids }, conversation, signal);
            if (!grown || grown.added === 0) return;
            count.messages += grown.added;
            fresh.push(grown.id);
          };
          await swept;
          try {
            for await (const told of library.conversations(source, stop)) {
              await checkpoint();
              if (told.kind === 'refused') refuse(told.why);
              else {
                const { conversation } = told;
                origins.set(conversation.from, (origins.get(conversation.from) ?? 0) + 1);
                await keep(conversation, stop).catch((error: unknown) => {
                  // Not a tree: the reader never gives such a thing, unless it was taken over.
                  if (!(error instanceof RangeError)) throw error;
                  refuse(OTHER);
                });
              }
              report(told);
            }
          } finally {
            tell();
          }
          const [from] = [...origins].toSorted(([, a], [, b]) => b - a)[0] ?? ['daimon' as const];
          const reasons = [...refused].map(([why, times]) => ({ why, times }));
          return { kind: 'done', job: job as Id, from, ...count, refused: reasons } satisfies Done;
        },
      });
      void result.catch(() => {}).then(() => view.end());
      yield { kind: 'progress', job: id as Id, conversations: 0, messages: 0, done: 0, total: 0 };
      for await (const progress of view.follow(signal)) if (progress) yield progress;
      if (!signal.aborted) yield await result;
    },
  };
}
