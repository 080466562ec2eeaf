/** The store's worker seen from the core: starts when first used, queues, aborts, ends. */
import { Worker } from 'node:worker_threads';
import { sibling } from '../asset.ts';
import type { SqlValue, Statement, Store } from '../ports.ts';
import type { ConnectionOptions } from './driver.ts';
import { asFault, closedFault } from './faults.ts';

/** States of a request, in memory that both threads see. */
export const WAITING = 0;
export const STARTED = 1;
export const ABORTED = 2;

export interface Request {
  readonly id: number;
  readonly kind: 'all' | 'run' | 'batch';
  /** One, but for `batch`. */
  readonly statements: readonly Statement[];
  readonly state: Int32Array<SharedArrayBuffer>;
}
export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly message: string; readonly code?: string } };

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export type Background = Store['background'] & { close(): Promise<void> };

/**
 * One question after the other. A write here holds the file's one write lock: the core's own writes wait for it, so bulk
 * work comes in pieces of some ten milliseconds.
 *
 * @param options of the worker's own connection; the key in it must stay valid until `close`
 */
export function openBackground(options: ConnectionOptions): Background {
  let worker: Worker | undefined;
  let ended: Promise<void> = Promise.resolve();
  let next = 1;
  let closed = false;
  const pending = new Map<number, Pending>();

  const start = () => {
    // The worker gets a copy that is moved, not shared: it wipes its own once the connection is open.
    const key = new Uint8Array(options.key);
    const started = new Worker(sibling('./worker', import.meta.url), {
      workerData: { ...options, key },
      transferList: [key.buffer],
      // The core's environment and flags are none of its business.
      env: {},
    });
    started.unref();
    started.on('message', (reply: Reply) => {
      const one = pending.get(reply.id);
      if (!one) return;
      pending.delete(reply.id);
      if (pending.size === 0) started.unref();
      if ('error' in reply)
        one.reject(asFault(Object.assign(new Error(reply.error.message), reply.error), options.file));
      else one.resolve(reply.value);
    });
    let cause: unknown;
    started.on('error', (error) => (cause = error));
    ended = new Promise((resolve) =>
      started.once('exit', () => {
        worker = undefined;
        for (const one of pending.values()) one.reject(asFault(cause, options.file) ?? closedFault());
        pending.clear();
        resolve();
      }),
    );
    return started;
  };

  const ask = async (kind: Request['kind'], statements: readonly Statement[], signal?: AbortSignal) => {
    signal?.throwIfAborted();
    if (closed) throw closedFault();
    worker ??= start();
    const running = worker;
    const id = next++;
    const state = new Int32Array(new SharedArrayBuffer(4));
    const abort = () => {
      const was = Atomics.compareExchange(state, 0, WAITING, ABORTED);
      // SQLite's interrupt is not reachable from JavaScript: a read that has begun stops at its next row, and its caller
      // need not wait for that; a write that has begun is finished, and its caller learns that it was.
      if (was === STARTED && kind !== 'all') return;
      Atomics.store(state, 0, ABORTED);
      const one = pending.get(id);
      pending.delete(id);
      if (pending.size === 0) running.unref();
      one?.reject(signal!.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await new Promise<unknown>((resolve, reject) => {
        pending.set(id, { resolve, reject });
        running.ref();
        running.postMessage({ id, kind, statements, state } satisfies Request);
      });
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  };

  return {
    all: <T>(sql: string, params: readonly SqlValue[] = [], signal?: AbortSignal) =>
      ask('all', [{ sql, params }], signal) as Promise<T[]>,
    run: (sql, params = [], signal) => ask('run', [{ sql, params }], signal) as Promise<{ changes: number }>,
    batch: (statements, signal) => ask('batch', statements, signal) as Promise<{ changes: number }>,
    async close() {
      closed = true;
      // Messages keep their order, so what was asked before is answered before the worker ends.
      worker?.ref();
      worker?.postMessage('close');
      await ended;
    },
  };
}
