/** A real child that serves the compliance door on the wire to its parent and tells its diary on stdout. */
import { writeSync } from 'node:fs';
import { parentWire } from '../../src-main/wire/carriers/parent.ts';
import { serve } from '../../src-main/wire/index.ts';
import { door, makeHandlers } from './door.ts';

const wire = await parentWire();
serve({
  door,
  handlers: makeHandlers((entry) => writeSync(1, `${entry}\n`)),
  wire,
  unexpected: () => 'log-1',
});
