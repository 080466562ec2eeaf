/** How many bytes a second this machine reads from memory: what bounds the speed of a model on a processor. */
import { Worker } from 'node:worker_threads';
import { sibling } from '../base/asset.ts';

/**
 * Measures with up to four threads at once (two to four fill the channels of a desktop's memory), in workers, so that
 * the core does not wait.
 *
 * @returns bytes a second, or undefined where it cannot be measured
 */
export async function measureMemoryRate(threads: number, milliseconds = 60): Promise<number | undefined> {
  try {
    const rates = await Promise.all(Array.from({ length: Math.max(1, Math.min(4, threads)) }, () => one(milliseconds)));
    return Math.round(rates.reduce((sum, rate) => sum + rate, 0));
  } catch {
    // An estimate is missing then, nothing else.
    return undefined;
  }
}

function one(milliseconds: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(sibling('./memory-worker', import.meta.url), { workerData: { milliseconds } });
    worker.once('message', (rate: number) => resolve(rate));
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the measurement ended early')));
  });
}
