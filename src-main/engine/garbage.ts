/** Gives memory back that loading a model left behind. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

interface Collect {
  (options: { execution: 'sync'; flavor: 'last-resort' }): void;
}

/**
 * Collects all garbage and returns free pages to the system. Reading a model's vocabulary fills the young generation,
 * which V8 keeps at its largest size: 60 MB of heap for 20 MB in use (measured with SmolLM2). Takes about 50 ms.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as Collect)({ execution: 'sync', flavor: 'last-resort' });
}
