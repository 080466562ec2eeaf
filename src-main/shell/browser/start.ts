/** `npm start`: the core with its window in the browser; when one is already running, a fresh address for it. */
import { parseArgs } from 'node:util';
import { connect, Fault, isFault } from '../../wire/index.ts';
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

/** `--browser` asks for this shell even where there is another. Anything else is a slip, and is said. */
function readArguments() {
  try {
    parseArgs({ options: { browser: { type: 'boolean' } } });
  } catch (cause) {
    throw new Fault('bad-option', 'npm start knows one option, --browser. Nothing was started.', { cause });
  }
}

async function main() {
  readArguments();
  const wire = await reachCore(folder);
  if (wire) {
    const { address } = await connect(shellDoor, wire)['shell.address']({});
    await show(address);
    wire.close();
    return;
  }
  const running = await runCore({ dataFolder: folder, host, windowFolder, stay: true, onEnd: () => process.exit() });
  if (!running)
    throw new Fault('started-twice', 'Another daimon started at the same moment and is running; run npm start again.');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void running.close());
  try {
    await show(await running.address());
  } catch (error) {
    process.exitCode = 1;
    say(error);
    await running.close();
    return;
  }
  process.stdout.write('Press Ctrl+C to close daimon.\n');
}

/** A Fault is a sentence for the person; of anything else the stack is worth more. */
const say = (error: unknown) => {
  process.stderr.write(`${isFault(error) ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
};

try {
  await main();
} catch (error) {
  say(error);
  process.exitCode = 1;
}
