/** Passages that follow each other become one hit, and no document takes all the places. */
import type { Looked } from './close.ts';
import { WEIGHTS } from './weights.ts';

export interface Scored extends Looked {
  readonly score: number;
  readonly cosine: number | undefined;
  readonly byWord: boolean;
}
/** Best first within; together a stretch of one document. */
export type Group = readonly Scored[];

/**
 * @param list best first
 * @returns groups in the order of their best
 */
export function joined(list: readonly Scored[]): Group[] {
  const groups: Scored[][] = [];
  const perDocument = new Map<number, number>();
  for (const one of list) {
    const beside = groups.find(
      (group) =>
        group.length < WEIGHTS.joined &&
        group.some(({ document, n }) => document === one.document && Math.abs(n - one.n) === 1),
    );
    // A weak neighbour would only make the quote longer.
    if (beside) {
      if (one.score >= beside[0]!.score / 2) beside.push(one);
      continue;
    }
    if (groups.some((group) => group.some(({ passage }) => passage === one.passage))) continue;
    const count = perDocument.get(one.document) ?? 0;
    if (count >= WEIGHTS.perDocument) continue;
    perDocument.set(one.document, count + 1);
    groups.push([one]);
  }
  return groups;
}
