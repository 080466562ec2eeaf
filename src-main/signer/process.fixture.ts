/** The signer's process with the cheap KDF: everything else is the real thing. */
import { cheapKdf } from './kdf.fixture.ts';
import { runSigner } from './run.ts';

runSigner({ kdf: cheapKdf, dataFolder: process.env['DAIMON_DATA']!, windowFolder: process.env['DAIMON_WINDOW']! });
