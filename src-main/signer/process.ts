/** The signer's process: serves its door to the parent, and ends, wiped, when that wire closes. */
import { packaged } from '../base/asset.ts';
import { parentWire } from '../wire/carriers/parent.ts';
import { openKdf } from './kdf-open.ts';
import { runSigner } from './run.ts';

const [wire, kdf] = await Promise.all([parentWire(), openKdf()]);
runSigner({
  wire,
  kdf,
  dataFolder: process.env['DAIMON_DATA']!,
  windowFolder: process.env['DAIMON_WINDOW'] ?? packaged('dist/window'),
});
