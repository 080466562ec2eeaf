/** The core that a terminal call starts when none is running: no window of its own, ends when idle. */
import { nodeHost } from '../browser/host.ts';
import { dataFolder } from '../data-folder.ts';
import { runCore, windowFolder } from '../run.ts';

const folder = dataFolder();
const host = nodeHost({ name: 'terminal', dataFolder: folder });
const running = await runCore({ dataFolder: folder, host, windowFolder, stay: false, onEnd: () => process.exit(0) });
// Another core was quicker; the terminal finds that one.
if (!running) process.exit(0);
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void running.close());
