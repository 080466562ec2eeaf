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
  /** Of documents that have enough places; they come when the others are through. */
  const late: Scored[][] = [];
  const perDocument = new Map<number, number>();
  for (const one of list) {
    const beside = [...groups, ...late].find(
      (group) =>
        group.length < WEIGHTS.joined &&
        // A weak neighbour would only make the quote longer.
        one.score >= group[0]!.score * WEIGHTS.asGood &&
        group.some(({ document, n }) => document === one.document && Math.abs(n - one.n) === 1),
    );
    if (beside) {
      beside.push(one);
      continue;
    }
    const count = perDocument.get(one.document) ?? 0;
    perDocument.set(one.document, count + 1);
    (count < WEIGHTS.perDocument ? groups : late).push([one]);
  }
  return [...groups, ...late];
}
