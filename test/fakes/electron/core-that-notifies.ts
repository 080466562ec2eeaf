/** A core's process that does one thing: it tells of long work, three times. */
import { onPort, parentPort } from '../../../src-main/wire/carriers/parent.ts';
import { mainPortWire } from '../../../src-main/wire/carriers/main-port.ts';
import { connect, serve, type Handlers } from '../../../src-main/wire/index.ts';
import { hostDoor } from '../../../src-main/shell/electron/host-door.ts';
import { shellDoor } from '../../../src-main/shell/door.ts';

const main = parentPort()!;
onPort(main, 'host', (port) => {
  const host = connect(hostDoor, mainPortWire(port));
  for (const place of ['chat/01ABC', 'javascript:alert(1)', 'own/models'])
    void host['host.notify']({ text: 'An answer is ready.', place }).then(({ shown }) =>
      main.postMessage({ place, shown }),
    );
});
onPort(main, 'main', (port) => {
  const handlers: Handlers<typeof shellDoor> = {
    'shell.address': () => ({ address: '' }),
    'shell.busy': () => ({ busy: false }),
    'shell.quit': () => {
      setImmediate(() => process.exit(0));
      return { quitting: true };
    },
  };
  serve({ door: shellDoor, handlers, wire: mainPortWire(port) });
});
