/** Which model answers next, by the core's own rule: what is set, else what answered before, else what the settings say. */
import type { Model } from '../../../src-main/engine/door.ts';

export interface Candidates {
  /** Set for the conversation or by its persona. */
  readonly named: string | undefined;
  /** Answered last in this conversation. */
  readonly last: string | null | undefined;
  /** As the settings say. */
  readonly usual: string | null | undefined;
  readonly models: readonly Pick<Model, 'id' | 'warmUp'>[];
}

/** A model that only stands in gives way as soon as the one of the settings is here. */
export function answersNext({ named, last, usual, models }: Candidates): string | undefined {
  const find = (id: string | null | undefined) => models.find((one) => one.id === id);
  if (find(named)) return named;
  const before = find(last);
  const set = find(usual);
  if (before && !(before.warmUp && set && !set.warmUp)) return before.id;
  return set?.id ?? before?.id ?? usual ?? undefined;
}
