/** Which models give their memory back when another one is to be loaded. */

export interface Warm {
  readonly key: string;
  /** Bytes, reckoned as for the one that comes. */
  readonly memory: number;
  /** When it was last used: higher is later. */
  readonly used: number;
  /** An answer of it is under way. */
  readonly busy: boolean;
}

/**
 * The least recently used first, until what stays and what comes are within the budget together. A model that answers is
 * named only when all idle ones are not enough (it is waited for), and none that could stay after all. One that is larger
 * than the whole budget gets it alone.
 *
 * @returns keys, in the order in which they are to rest
 */
export function toRest(warm: readonly Warm[], memory: number, budget: number): string[] {
  const order = warm.toSorted((a, b) => Number(a.busy) - Number(b.busy) || a.used - b.used);
  let total = order.reduce((sum, one) => sum + one.memory, memory);
  const chosen: Warm[] = [];
  for (const one of order) {
    if (total <= budget) break;
    total -= one.memory;
    chosen.push(one);
  }
  // A large one may have made room for a small one that was chosen before it; of several, the latest used stays.
  for (const one of chosen.toReversed())
    if (total + one.memory <= budget) {
      total += one.memory;
      chosen.splice(chosen.indexOf(one), 1);
    }
  return chosen.map(({ key }) => key);
}
