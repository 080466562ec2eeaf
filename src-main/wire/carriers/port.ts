/** MessagePort carrier: the DOM's, and Node's worker_threads port. Frames go as structured clones. */
import type { Wire } from '../frame.ts';

/** What the DOM's MessagePort and Node's have in common. */
export interface PortLike {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', on: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', on: () => void, options?: { once: boolean }): void;
  start(): void;
  close(): void;
}

/** @param port not yet started; the wire owns it from here on */
export function portWire(port: PortLike): Wire {
  let open = true;
  return {
    post(frame) {
      if (open) port.postMessage(frame);
    },
    listen(onFrame, onClose) {
      port.addEventListener('message', (event) => onFrame(event.data));
      port.addEventListener(
        'close',
        () => {
          open = false;
          onClose();
        },
        { once: true },
      );
      port.start();
    },
    close() {
      open = false;
      port.close();
    },
  };
}
