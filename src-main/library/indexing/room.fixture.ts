/** The library with a real encrypted store, a real reader and a real watcher, over folders of a test's own; only the vectors are made up. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { settableClock } from '../../../test/fakes/clock.ts';
import { keptLog } from '../../../test/fakes/log.ts';
import { shellHost } from '../../../test/fakes/reader.ts';
import { idFactory } from '../../base/id.ts';
import { openJobs } from '../../base/jobs/jobs.ts';
import type { Store } from '../../base/ports.ts';
import { openStore } from '../../base/store/store.ts';
import { Fault, type Handlers } from '../../wire/index.ts';
import type { LibraryFile, LibraryState, LibraryWaiting, libraryDoor } from '../door.ts';
import { openLibrary, type LibraryOptions } from '../library.ts';
import type { Embedder } from '../ports.ts';

export type Room = Awaited<ReturnType<typeof openRoom>>;
export const never = new AbortController().signal;
export const key = randomBytes(32);

/** Vectors from the letters of a text; can be taken away, and made to fail. */
export function lettersEmbedder(here = true) {
  const listeners = new Set<() => void>();
  const now = { here, failing: 0, asked: 0, waits: 0 };
  const embedder: Embedder = {
    embedderNow: () => (now.here ? { id: 'letters', dimensions: 384 } : undefined),
    async embed(texts, _how, signal) {
      now.asked += texts.length;
      if (now.waits > 0) await sleep(now.waits, undefined, { signal });
      if (now.failing > 0) {
        now.failing--;
        throw new Fault('engine-crashed', 'The engine ended.');
      }
      return texts.map((text) => {
        const vector = new Float32Array(384);
        for (const char of text) vector[char.codePointAt(0)! % 384]! += 1;
        const length = Math.hypot(...vector) || 1;
        return vector.map((value) => value / length);
      });
    },
    onEmbedder(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return {
    embedder,
    now,
    set(isHere: boolean) {
      now.here = isHere;
      for (const listener of listeners) listener();
    },
  };
}

export async function openRoom(
  folder: string,
  {
    embedder = lettersEmbedder(),
    ...more
  }: Partial<Omit<LibraryOptions, 'embedder'>> & {
    readonly embedder?: ReturnType<typeof lettersEmbedder>;
    readonly key?: Uint8Array;
    readonly maxPages?: number;
    readonly asleep?: boolean;
  } = {},
) {
  const data = `${folder}/data`;
  mkdirSync(data, { recursive: true });
  const clock = settableClock(Date.now());
  const log = keptLog();
  const store = await openStore({
    file: `${data}/daimon.db`,
    key: more.key ?? key,
    clock,
    log,
    ...(more.maxPages !== undefined && { maxPages: more.maxPages }),
  });
  const ids = idFactory(clock);
  const jobs = await openJobs({ store, clock, log, ids });
  const library = await openLibrary({
    host: shellHost(),
    log,
    ids,
    store,
    clock,
    jobs: jobs.jobs,
    embedder: embedder.embedder,
    dataFolder: data,
    ...more,
  });
  if (!more.asleep) library.wake();
  const { handlers } = library;
  const call = <V extends keyof Handlers<typeof libraryDoor>>(verb: V) =>
    (async (input: unknown, signal: AbortSignal = never) =>
      (handlers[verb] as (input: unknown, signal: AbortSignal) => unknown)(input, signal)) as (
      input: Parameters<(typeof handlers)[V]>[0],
      signal?: AbortSignal,
    ) => Promise<Awaited<ReturnType<(typeof handlers)[V]>>>;
  const room = {
    data,
    clock,
    log,
    store,
    jobs,
    library,
    embedder,
    add: call('library.add'),
    remove: call('library.remove'),
    change: call('library.change'),
    pause: call('library.pause'),
    resume: call('library.resume'),
    again: call('library.again'),
    state: () => handlers['library.state']({}, never) as LibraryState,
    async files(asked: object = {}): Promise<LibraryFile[]> {
      return (await handlers['library.files']({ limit: 500, ...asked }, never)).files;
    },
    async wait(signal: AbortSignal = AbortSignal.timeout(40_000)): Promise<LibraryWaiting & { kind: 'done' }> {
      for await (const item of handlers['library.wait']({}, signal)) if (item.kind === 'done') return item;
      throw new Error(`The wait never ended: ${JSON.stringify(room.state())}`);
    },
    /** Texts of passages that a file shows. */
    texts: (): string[] =>
      store
        .all<{ text: string }>(
          `SELECT p.text FROM passage p JOIN document d ON d.id = p.document JOIN content c ON c.id = d.content
           WHERE c.complete = 1 AND EXISTS (SELECT 1 FROM file WHERE content = c.id) ORDER BY p.text`,
        )
        .map(({ text }) => text.trim()),
    /** Until something is so. */
    async until(holds: () => unknown, ms = 15_000): Promise<void> {
      const end = performance.now() + ms;
      while (!(await holds())) {
        if (performance.now() > end) throw new Error(`It never came to be: ${JSON.stringify(room.state())}`);
        await sleep(20);
      }
    },
    countsAreTrue: () => countsAreTrue(store),
    async close() {
      await jobs.close();
      await library.close();
      await store.close();
    },
    /** As after a kill, but for the process itself. */
    [Symbol.asyncDispose]: () => room.close(),
  };
  return room;
}

/** Counts that are kept, against counts that are taken; in one look, since the worker writes meanwhile. */
export function countsAreTrue(store: Store): void {
  const [kept, taken] = store.transaction(() => [
    store.all('SELECT * FROM tally ORDER BY place'),
    store.all(
      `SELECT p.id AS place, count(f.id) AS files, coalesce(sum(f.state = 'waiting'), 0) AS waiting,
         coalesce(sum(f.state = 'read' AND c.bare > 0), 0) AS read,
         coalesce(sum(f.state = 'read' AND coalesce(c.bare, 0) = 0), 0) AS meaning,
         coalesce(sum(f.state = 'refused'), 0) AS refused, coalesce(sum(c.documents), 0) AS documents,
         coalesce(sum(f.state = 'refused' AND f.code = 'picture-of-text'), 0) AS pictures
       FROM place p LEFT JOIN file f ON f.place = p.id LEFT JOIN content c ON c.id = f.content
       GROUP BY p.id ORDER BY p.id`,
    ),
  ]);
  if (JSON.stringify(kept) !== JSON.stringify(taken))
    throw new Error(`Counts are off: ${JSON.stringify(kept)} for ${JSON.stringify(taken)}`);
}

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
