/** A worker that reads memory as fast as one thread can, for a tenth of a second, and says how fast that was. */
import { parentPort, workerData } from 'node:worker_threads';

/** Beyond every cache of a desktop processor but the largest L3s. */
const BYTES = 64 << 20;
const { milliseconds } = workerData as { milliseconds: number };

// Filled, so that pages exist, and with ones: the search below finds no zero and reads to the end.
const memory = Buffer.alloc(BYTES, 1);
const began = performance.now();
let passes = 0;
let elapsed = 0;
// `indexOf` of one byte is memchr: vector loads, one after the other, as a matrix product streams its weights.
do {
  if (memory.indexOf(0) !== -1) throw new Error('memory changed under the measurement');
  passes++;
  elapsed = performance.now() - began;
} while (elapsed < milliseconds);
parentPort?.postMessage((passes * BYTES * 1000) / elapsed);
