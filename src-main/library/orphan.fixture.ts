/** A core that a test kills while its reader is in an endless loop: prints the reader's process id first. */
import { nodeHost } from '../shell/browser/host.ts';
import { idFactory } from '../base/id.ts';
import { openLibrary } from './library.ts';

const host = nodeHost({
  name: 'terminal',
  dataFolder: '/nonexistent',
  entries: { reader: new URL('./evil-closed.fixture.ts', import.meta.url) },
});
const library = openLibrary({
  host: {
    start(name, options) {
      const child = host.start(name, options);
      process.stdout.write(`${child.pid}\n`);
      return child;
    },
  },
  log: { info: (event) => void process.stdout.write(`${event}\n`), unexpected: () => 'none' },
  ids: idFactory({ now: () => Date.now() }),
});
await library.read({ path: process.argv[2] });
