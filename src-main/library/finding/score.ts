/** How surely a passage answers: one logistic curve over what is known of it. It orders the hits, and says what is no hit. */
import type { Looked } from './close.ts';
import { WEIGHTS, ramp } from './weights.ts';

/**
 * 0 to 1; 0.5 is where `WEIGHTS.found` draws the line on the shipped questions.
 *
 * @param cosine of question and passage; undefined where there is no vector: then words have to do more
 */
export function scoreOf({ coverage, exact, named, missing }: Omit<Looked, 'text'>, cosine: number | undefined): number {
  const { score } = WEIGHTS;
  const { covered, blind } = score;
  const evidence =
    (cosine === undefined
      ? blind.base + blind.words * coverage
      : score.base + score.meaning * cosine + score.words * ramp(coverage, covered.from, covered.to)) +
    score.named * ramp(named, covered.from, covered.to) +
    score.exact * exact -
    score.missing.exact * missing.exact -
    score.missing.name * missing.name;
  return 1 / (1 + Math.exp(-evidence));
}
