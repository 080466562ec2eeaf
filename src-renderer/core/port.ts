/** The desktop shell's carrier: a port whose far end is in the core's process, handed in by the preload. */
import { portWire, type PortLike } from '../../src-main/wire/carriers/port.ts';
import type { Wire } from '../../src-main/wire/index.ts';
import type { Desktop } from './desktop.ts';
import { relay, type Link } from './link.ts';
import { nextPort } from './next-port.ts';

/** Asks for a port and connects; when it closes, the core has ended, and the shell says so itself. */
export function portLink(shell: Pick<Desktop, 'connect'>, view: Window = window): Link {
  const link = relay();
  void nextPort('core-port', view).then((port) => {
    const wire = portWire(port as unknown as PortLike);
    const told: Wire = {
      ...wire,
      listen: (onFrame, onClose) =>
        wire.listen(onFrame, () => {
          onClose();
          link.turn('lost');
        }),
    };
    link.use(told);
  });
  shell.connect();
  return link;
}
