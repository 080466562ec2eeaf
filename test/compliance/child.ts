/** A real child that serves the compliance door on its IPC channel and tells its diary on stdout. */
import { writeSync } from 'node:fs';
import { childWire } from '../../src-main/wire/carriers/child.ts';
import { serve } from '../../src-main/wire/index.ts';
import { door, makeHandlers } from './door.ts';

const wire = childWire(process);
serve({
  door,
  handlers: makeHandlers((entry) => writeSync(1, `${entry}\n`)),
  wire,
  unexpected: () => 'log-1',
});
