/** Reciprocal rank fusion: several lists, best first, become one. */
import { WEIGHTS } from './weights.ts';

export interface List {
  readonly weight: number;
  /** Best first; equal ids once. */
  readonly ids: readonly number[];
}

/**
 * Σ weight / (K + rank) over the lists (Cormack, Clarke and Büttcher, SIGIR 2009), best first; equal sums by id, so that
 * the same question gives the same answer.
 */
export function fuse(lists: readonly List[]): { readonly id: number; readonly sum: number }[] {
  const sums = new Map<number, number>();
  for (const { weight, ids } of lists)
    if (weight > 0)
      for (const [i, id] of ids.entries()) sums.set(id, (sums.get(id) ?? 0) + weight / (WEIGHTS.k + i + 1));
  return [...sums].map(([id, sum]) => ({ id, sum })).sort((a, b) => b.sum - a.sum || a.id - b.id);
}
