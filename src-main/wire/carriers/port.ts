/** MessagePort carrier: the DOM's, and Node's worker_threads port. Frames go as structured clones. */
import type { Wire } from '../frame.ts';

/** @param port an unstarted MessagePort; the wire owns it from here on */
export function portWire(port: MessagePort): Wire {
  let open = true;
  return {
    post(frame) {
      if (open) port.postMessage(frame);
    },
    listen(onFrame, onClose) {
      port.addEventListener('message', (event) => onFrame(event.data));
      port.addEventListener('close', () => {
        open = false;
        onClose();
      }, { once: true });
      port.start();
    },
    close() {
      open = false;
      port.close();
    },
  };
}
