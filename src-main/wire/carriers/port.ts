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
      if (!end.ended) port.postMessage(frame);
    },
    listen(onFrame, onClose) {
      end.listen(onFrame, onClose);
      port.addEventListener('message', (event) => end.deliver(event.data));
      port.start();
    },
    close,
  };
}
