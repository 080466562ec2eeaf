/** An entry of the reader process whose parser was taken over, closed in as the real one is. */
import { walls } from './confine.ts';

const { childWire } = await import('../wire/carriers/child.ts');
const { serveEvil } = await import('./evil.fixture.ts');
serveEvil(childWire(process), walls);
