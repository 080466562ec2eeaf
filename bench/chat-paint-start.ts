/** `npm start` with the painting bench's engine in place of the real one; everything else is what a person runs. */
import { nodeHost } from '../src-main/shell/browser/host.ts';
import { dataFolder } from '../src-main/shell/data-folder.ts';
import { runCore, windowFolder } from '../src-main/shell/run.ts';

const folder = dataFolder();
const host = nodeHost({
  name: 'browser',
  dataFolder: folder,
  entries: { engine: new URL('./chat-paint-engine.ts', import.meta.url) },
});
const running = await runCore({ dataFolder: folder, host, windowFolder, stay: true, onEnd: () => process.exit(0) });
process.once('SIGTERM', () => void running!.close());
process.stdout.write(`${await running!.address()}\n`);
