/** A clock that a test sets: it stands still until it is moved. */
import type { Clock } from '../../src-main/base/ports.ts';

export interface SettableClock extends Clock {
  set(ms: number): void;
  advance(ms: number): void;
}

/** Starts on 1 January 2026 unless told otherwise. */
export function settableClock(start = Date.UTC(2026, 0, 1)): SettableClock {
  let now = start;
  return {
    now: () => now,
    set: (ms) => (now = ms),
    advance: (ms) => (now += ms),
  };
}
