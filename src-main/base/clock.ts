/** The system's clock. Tests set their own (test/fakes/clock.ts). */
import type { Clock } from './ports.ts';

export const systemClock: Clock = { now: () => Date.now() };
