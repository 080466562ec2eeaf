/** The same without the hook: shows that what is tried would be reached, and what the shell's walls alone hold. */
import { childWire } from '../wire/carriers/child.ts';
import { serveEvil } from './evil.fixture.ts';

serveEvil(childWire(process), { permissions: false, network: false });
