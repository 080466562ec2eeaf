/** Work on the core's thread takes turns with everything else there: tokens of an answer, clicks, other rooms. */
import { setImmediate } from 'node:timers/promises';

/** A turn that a person does not notice. */
const TURN_MS = 8;

/** Gives `rest`: called between small steps, it lets the others go once the turn is over. */
export function turns(): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < TURN_MS) return;
    await setImmediate();
    began = performance.now();
  };
}
