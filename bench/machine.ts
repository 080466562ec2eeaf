/** What a figure was measured on: processor, cores, load, and how fast it is by one fixed piece of work. */
import { createHash } from 'node:crypto';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** Milliseconds that the fixed work takes on the machine where the absolute bounds were set (minimum of many, idle). */
const REFERENCE_MS = 22;

/**
 * How many times as fast as the reference machine this one is now: SHA-256 over 32 MiB, the fastest of five. One core,
 * no memory pressure: a rough measure, good enough to see that a bound fell to a slow machine and not to the code.
 */
export function factor(): number {
  const block = Buffer.alloc(1 << 20, 0x5a);
  const times = Array.from({ length: 5 }, () => {
    const began = performance.now();
    const hash = createHash('sha256');
    for (let i = 0; i < 32; i++) hash.update(block);
    hash.digest();
    return performance.now() - began;
  });
  return REFERENCE_MS / Math.min(...times);
}

/** One line for people. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() || 'unknown processor';
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const load = loadavg()[0]!.toFixed(2);
  return `${model}, ${availableParallelism()} cores, ${memory}, load ${load}, machine factor ${factor().toFixed(2)}`;
}
