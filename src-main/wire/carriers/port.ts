/**
 * MessagePort carrier: the DOM's, and Node's worker_threads port. Frames go as structured clones.
 *
 * There is no size limit: both ends are our own processes or threads, which share this machine's memory anyway, and a
 * clone is made before anybody could measure it.
 */
import type { Wire } from '../frame.ts';
import { makeEnd } from './end.ts';

/** What the DOM's MessagePort and Node's have in common. */
export interface PortLike {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', on: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close' | 'messageerror', on: () => void): void;
  start(): void;
  close(): void;
}

/** @param port not yet started; the wire owns it from here on */
export function portWire(port: PortLike): Wire {
  const end = makeEnd();
  const close = () => {
    if (end.ended) return;
    // The DOM tells only the other port of a close, Node tells both: so this side ends by itself.
    end.end();
    port.close();
  };
  port.addEventListener('close', () => end.end());
  port.addEventListener('messageerror', close);
  return {
    post(frame) {
      if (!end.ended) port.postMessage(exact(frame));
    },
    listen(onFrame, onClose) {
      end.listen(onFrame, onClose);
      port.addEventListener('message', (event) => end.deliver(event.data));
      port.start();
    },
    close,
  };
}

/**
 * The same value, with bytes of their own where they were a window onto a larger buffer. A structured clone carries the
 * whole buffer behind a view, and a small Buffer of Node's is 8 KB of whatever else is in its pool: other secrets too.
 */
export function exact<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array)
    return (value.byteLength === value.buffer.byteLength ? value : Uint8Array.from(value)) as T;
  const plain = Object.getPrototypeOf(value) as unknown;
  if (!Array.isArray(value) && plain !== Object.prototype && plain !== null) return value;
  let copy: Record<string, unknown> | undefined;
  for (const [key, held] of Object.entries(value)) {
    const own = exact(held);
    if (own === held) continue;
    copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    copy[key] = own;
  }
  return (copy ?? value) as T;
}
