/** Asks the walking thread: what a folder holds, page by page, as fast as the asker takes it. */
import { Worker } from 'node:worker_threads';
import { sibling } from '../../base/asset.ts';
import { Fault } from '../../wire/index.ts';
import type { Counted, Entry, Tree } from './tree.ts';
import type { FromWalker, ToWalker } from './walk-worker.ts';

export interface Page {
  readonly entries: readonly Entry[];
  readonly counted: Counted;
  readonly done: boolean;
}
export interface Walker {
  /**
   * Pages of entries; with `countOnly` of counts alone. Throws Fault `folder-silent` when the disk does not answer.
   */
  walk(tree: Tree, how?: { readonly countOnly?: boolean }, signal?: AbortSignal): AsyncGenerator<Page, void>;
  /** Ends the thread if nobody uses it. */
  rest(): void;
  close(): Promise<void>;
}

/** Longer than any disk takes to wake up. The thread cannot be asked to stop inside a call of the system's. */
const SILENT_MS = 60_000;
const IDLE_MS = 20_000;

export function openWalker({ silentMs = SILENT_MS }: { readonly silentMs?: number } = {}): Walker {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let next = 1;
  const waiting = new Map<number, { resolve(page: FromWalker): void; reject(error: Error): void }>();
  let open = 0;

  const drop = (error: Error) => {
    const old = worker;
    worker = undefined;
    for (const one of waiting.values()) one.reject(error);
    waiting.clear();
    return old?.terminate();
  };
  const start = (): Worker => {
    const started = new Worker(sibling('./walk-worker', import.meta.url), { env: {}, stdout: true, stderr: true });
    started.unref();
    started.on('message', (page: FromWalker) => {
      const one = waiting.get(page.id);
      waiting.delete(page.id);
      if (waiting.size === 0) started.unref();
      one?.resolve(page);
    });
    started.on('error', () => {
      if (worker === started) void drop(silent());
    });
    started.on('exit', () => {
      if (worker === started) void drop(silent());
    });
    return started;
  };
  const rest = () => {
    clearTimeout(idle);
    if (open === 0 && worker) void drop(silent());
  };
  /** The next page of one walk. Stopped by `signal` at once: the thread notices after its page. */
  const page = (id: number, signal?: AbortSignal) =>
    new Promise<FromWalker>((resolve, reject) => {
      const timer = setTimeout(() => void drop(silent()), silentMs);
      const abort = () => settle(() => reject(signal!.reason as Error));
      const settle = (how: () => void) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        waiting.delete(id);
        how();
      };
      signal?.addEventListener('abort', abort, { once: true });
      waiting.set(id, {
        resolve: (found) => settle(() => resolve(found)),
        reject: (error) => settle(() => reject(error)),
      });
      worker!.ref();
      worker!.postMessage({ kind: 'next', id } satisfies ToWalker);
    });

  return {
    async *walk(tree, { countOnly = false } = {}, signal) {
      signal?.throwIfAborted();
      clearTimeout(idle);
      open++;
      const id = next++;
      const mine = (worker ??= start());
      try {
        mine.postMessage({ kind: 'begin', id, tree, countOnly } satisfies ToWalker);
        for (;;) {
          if (worker !== mine) throw silent();
          const { entries, counted, done } = await page(id, signal);
          yield { entries, counted, done };
          if (done) return;
          signal?.throwIfAborted();
        }
      } finally {
        if (worker === mine) mine.postMessage({ kind: 'stop', id } satisfies ToWalker);
        open--;
        if (open === 0) idle = setTimeout(rest, IDLE_MS).unref();
      }
    },
    rest,
    async close() {
      clearTimeout(idle);
      await drop(silent());
    },
  };
}

const silent = () =>
  new Fault(
    'folder-silent',
    'The disk of this folder does not answer, so it was not looked through. What was read of it stays findable.',
  );
