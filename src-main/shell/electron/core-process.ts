/** The entry of the core's process under Electron: the whole core with its socket, without a server for browsers. */
import { mainPortWire } from '../../wire/carriers/main-port.ts';
import { onPort, parentPort } from '../../wire/carriers/parent.ts';
import { dataFolder } from '../data-folder.ts';
import { runCore, type Running } from '../run.ts';
import { mainHost, type MainHost } from './core-host.ts';
import { ANOTHER_CORE } from './exit-codes.ts';

const main = parentPort();
if (!main) throw new Error('Only the desktop shell starts this.');
const host = Promise.withResolvers<MainHost>();
const core = Promise.withResolvers<Running>();

// All in one tick: Electron keeps messages back until the first listener only.
onPort(main, 'host', (port) => host.resolve(mainHost(mainPortWire(port))));
onPort(main, 'child', (port, data) => {
  const { id } = data as { id?: unknown };
  void host.promise.then((there) => there.joined(Number(id), port));
});
onPort(main, 'window', (port) => void core.promise.then((one) => one.welcome(mainPortWire(port))));
onPort(main, 'main', (port) => {
  const wire = mainPortWire(port);
  void core.promise.then((one) =>
    one.welcome(
      {
        ...wire,
        // Main is gone: what a person would miss is on disk, and the children end with their wires.
        listen: (onFrame, onClose) =>
          wire.listen(onFrame, () => {
            onClose();
            void one.close();
          }),
      },
      { shell: true },
    ),
  );
});

const running = await runCore({
  dataFolder: dataFolder(),
  host: await host.promise,
  windowFolder: undefined,
  stay: true,
  onEnd: () => process.exit(0),
});
if (!running) process.exit(ANOTHER_CORE);
core.resolve(running);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void running.close());
