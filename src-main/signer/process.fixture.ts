/** The signer's process with the cheap KDF: everything else is the real thing. */
import { parentWire } from '../wire/carriers/parent.ts';
import { cheapKdf } from './kdf.fixture.ts';
import { runSigner } from './run.ts';

runSigner({
  wire: await parentWire(),
  kdf: cheapKdf,
  dataFolder: process.env['DAIMON_DATA']!,
  windowFolder: process.env['DAIMON_WINDOW']!,
});
