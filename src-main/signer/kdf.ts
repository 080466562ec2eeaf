/** The key-derivation port: what turns a password into a key, what it may cost, and how the cost is chosen. */
import { totalmem } from 'node:os';
import { Fault } from '../wire/fault.ts';

/** Argon2id's three costs (RFC 9106): memory in KiB, passes over it, lanes. */
export interface Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

export interface Kdf {
  /** 32 bytes of key. The same input gives the same bytes with every implementation. Never keeps the password. */
  derive(password: Uint8Array, salt: Uint8Array, cost: Cost): Promise<Buffer>;
}

const MiB = 1024;
/** 256 MiB, three passes: 377 ms with the native library on two cores; Sparrow, the strongest wallet read, asks as much memory. */
export const DEFAULT_COST: Cost = { memoryKiB: 256 * MiB, passes: 3, lanes: 4 };
/** Below the floor a stolen file is cheap to search; above the ceiling a forged file would freeze the machine. */
export const BOUNDS = {
  memoryKiB: { min: 64 * MiB, max: 4096 * MiB },
  passes: { min: 1, max: 16 },
  lanes: { min: 1, max: 16 },
} as const;

const within = (n: number, { min, max }: { min: number; max: number }) =>
  Number.isSafeInteger(n) && n >= min && n <= max;

/** `below`: a downgrade, someone made the search cheap; `outside`: not a cost that daimon ever writes. */
export function judgeCost({ memoryKiB, passes, lanes }: Cost): 'fits' | 'below' | 'outside' {
  if (Number.isSafeInteger(memoryKiB) && memoryKiB >= 0 && memoryKiB < BOUNDS.memoryKiB.min) return 'below';
  const fits = within(memoryKiB, BOUNDS.memoryKiB) && within(passes, BOUNDS.passes) && within(lanes, BOUNDS.lanes);
  return fits ? 'fits' : 'outside';
}

/** What one unlock should take on the machine that makes the vault. */
const AIM_MS = 1000;

/**
 * Chooses the cost for a new slot: at least the default, more passes until one derivation takes about a second.
 *
 * Memory stays at 256 MiB, or a quarter of this machine's where that is less: a vault that cannot be opened beside a
 * loaded model is worth nothing. One timed derivation; a busy machine only makes the estimate smaller, never below three
 * passes.
 */
export async function tuneCost(kdf: Kdf, memoryBytes = totalmem()): Promise<Cost> {
  const quarter = Math.floor(memoryBytes / 4 / 1024 / MiB) * MiB;
  const memoryKiB = Math.max(BOUNDS.memoryKiB.min, Math.min(DEFAULT_COST.memoryKiB, quarter));
  const cost = { ...DEFAULT_COST, memoryKiB };
  const began = performance.now();
  (await derive(kdf, new Uint8Array(16), new Uint8Array(16), cost)).fill(0);
  const took = Math.max(1, performance.now() - began);
  const passes = Math.floor((cost.passes * AIM_MS) / took);
  return { ...cost, passes: Math.min(BOUNDS.passes.max, Math.max(cost.passes, passes)) };
}

/** Runs the KDF; a machine that cannot spare the memory is told so, and nothing is changed. */
export async function derive(kdf: Kdf, password: Uint8Array, salt: Uint8Array, cost: Cost): Promise<Buffer> {
  try {
    return await kdf.derive(password, salt, cost);
  } catch (cause) {
    const needs = `${Math.ceil(cost.memoryKiB / MiB)} MiB`;
    throw new Fault(
      'kdf-failed',
      `Waking needs ${needs} of free memory and could not have it; nothing was changed. Close other programs and try again.`,
      { cause },
    );
  }
}
