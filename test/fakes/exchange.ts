/** The assistant's room over a real store, with a library that reads exports in this process: for import and export. */
import { systemClock } from '../../src-main/base/clock.ts';
import { idFactory } from '../../src-main/base/id.ts';
import { openJobs } from '../../src-main/base/jobs/jobs.ts';
import { openMemoryStore } from '../../src-main/base/store/memory.ts';
import { openStore } from '../../src-main/base/store/store.ts';
import { openAssistant } from '../../src-main/assistant/assistant.ts';
import type { Brought } from '../../src-main/assistant/door.ts';
import { parseExport } from '../../src-main/library/exports/parse.ts';
import type { Library, Source } from '../../src-main/library/ports.ts';
import { keptLog } from './log.ts';
import { scripted, type Script } from './script.ts';

export const never = new AbortController().signal;

/** `path` names one of `files`; `between` runs before each chunk of 4 KB. */
export function libraryOf(
  files: Readonly<Record<string, Uint8Array | string>>,
  between: () => Promise<void> = async () => {},
): Library {
  return {
    read: () => Promise.reject(new Error('not asked for in this test')),
    search: async () => [],
    async *passages() {},
    forgetting: () => () => {},
    async *conversations({ path }: Source, signal) {
      const bytes = Buffer.from(files[path!]!);
      let done = 0;
      const chunks = async function* () {
        for (; done < bytes.length; done += 4096) {
          signal?.throwIfAborted();
          await between();
          yield bytes.subarray(done, done + 4096);
        }
      };
      for await (const told of parseExport(chunks(), path!))
        yield { ...told, done: Math.min(done, bytes.length), total: bytes.length };
      signal?.throwIfAborted();
    },
  };
}

export interface ExchangeOptions {
  /** In memory without it. */
  readonly file?: string;
  readonly key: Uint8Array;
  readonly library: Library;
  readonly script?: Script;
}

export async function exchange({ file, key, library, script = { answer: () => ['Yes.'] } }: ExchangeOptions) {
  const ids = idFactory(systemClock);
  const log = keptLog();
  const store = file
    ? await openStore({ file, key, clock: systemClock, log })
    : openMemoryStore({ clock: systemClock });
  const jobs = await openJobs({ store, clock: systemClock, log, ids });
  const generator = scripted(script);
  const assistant = await openAssistant({
    store,
    clock: systemClock,
    ids,
    generator,
    scorer: { score: () => Promise.reject(new Error('not asked for in this test')) },
    defaultModel: () => 'm',
    hasModel: (id) => id === 'm',
    warmUp: () => false,
    modelName: (id) => id,
    library,
    jobs: jobs.jobs,
    name: () => 'Wren',
  });
  const verbs = assistant.handlers;
  return {
    store,
    jobs,
    generator,
    do: verbs,
    async bring(path: string) {
      const all: Brought[] = [];
      for await (const one of verbs['assistant.import']({ path }, never)) all.push(one);
      return all.at(-1) as Extract<Brought, { kind: 'done' }>;
    },
    async take(format: 'markdown' | 'jsonl', conversation?: string) {
      const pieces: string[] = [];
      let end: { name: string; conversations: number } | undefined;
      for await (const one of verbs['assistant.export']({ format, conversation: conversation as never }, never))
        if (one.kind === 'piece') pieces.push(one.text);
        else end = one;
      return { text: pieces.join(''), pieces, ...end! };
    },
    async [Symbol.asyncDispose]() {
      await jobs.close();
      await assistant.close();
      await store.close();
    },
  };
}
