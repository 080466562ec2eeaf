/** `npm start`: the core with its window in the browser; when one is already running, a fresh address for it. */
import { connect } from '../../wire/index.ts';
import { dataFolder } from '../data-folder.ts';
import { shellDoor } from '../door.ts';
import { reachCore } from '../listen.ts';
import { runCore, windowFolder } from '../run.ts';
import { nodeHost } from './host.ts';
import { writeRedirect } from './redirect.ts';

const folder = dataFolder();
const host = nodeHost({ name: 'browser', dataFolder: folder });

/** Prints the address, and opens it where a browser can be opened. */
async function show(address: string) {
  process.stdout.write(
    `daimon is at ${address}\nThe address works once, for five minutes. Run npm start again for a fresh one.\n`,
  );
  if (process.env['CI'] || process.env['HEADLESS']) return;
  await host.open(await writeRedirect({ folder, name: 'open', address }));
}

const wire = await reachCore(folder);
if (wire) {
  const { address } = await connect(shellDoor, wire)['shell.address']({});
  await show(address);
  wire.close();
} else {
  const running = await runCore({ dataFolder: folder, host, windowFolder, stay: true, onEnd: () => process.exit(0) });
  if (!running) throw new Error('Another daimon started at the same moment; run npm start again.');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void running.close());
  await show(await running.address());
  process.stdout.write('Press Ctrl+C to close daimon.\n');
}
