/** What can be had: the catalogue in an order that helps, the models other programs keep, and what a fit means in words. */
import type { Job } from '../../src-main/base/door.ts';
import type { CatalogueEntry, Fit } from '../../src-main/engine/door.ts';
import { say } from '../messages/index.ts';

export interface Offer {
  /** Few enough to choose from: recommended, the next best, a slower one, the warm-up, and one that is too big. */
  readonly few: readonly CatalogueEntry[];
  /** All others, in the same order. */
  readonly rest: readonly CatalogueEntry[];
}

const rank = (one: CatalogueEntry) =>
  one.recommended ? 0 : one.fit.verdict === 'too-big' ? 4 : one.warmUp ? 3 : one.fit.verdict === 'well' ? 1 : 2;

/** Sorted: recommended, what runs well (largest first), what runs slowly (smallest first), the warm-up, too big. */
export function offer(catalogue: readonly CatalogueEntry[]): Offer {
  const sorted = catalogue.toSorted(
    (a, b) => rank(a) - rank(b) || (rank(a) === 1 ? b.parameters - a.parameters : a.parameters - b.parameters),
  );
  const first = (of: number) => sorted.find((one) => rank(one) === of);
  const few = [0, 1, 2, 3, 4].map(first).filter((one) => one !== undefined);
  return { few, rest: sorted.filter((one) => !few.includes(one)) };
}

/** A note of the core names models by their ids; people know them by name. One that is gone keeps its id. */
export const withNames = (note: string, models: readonly { readonly id: string; readonly name: string }[]): string =>
  models
    // An id may begin another one.
    .toSorted((a, b) => b.id.length - a.id.length)
    .reduce((text, { id, name }) => text.replaceAll(id, () => name), note);

interface Weight {
  readonly size?: number | undefined;
  readonly estimate?: number;
}

/** '2.5 GB' where the bytes are known, else 'about 2.5 GB'. */
export const sizeOf = ({ size, estimate }: Weight): string =>
  size !== undefined ? say.welcome.model.size(size) : estimate !== undefined ? say.welcome.model.about(estimate) : '';

/** 'about 9 words a second, estimated'; '' for what does not fit, or while nothing is known. */
export const speedOf = (fit: Fit): string => (fit.verdict === 'too-big' ? '' : say.welcome.model.speed(fit));

/** 'Runs well · about 9 words a second, estimated · about 2.5 GB' */
export const inShort = (fit: Fit, weight: Weight): string =>
  [say.welcome.model.verdict[fit.verdict], speedOf(fit), sizeOf(weight)].filter(Boolean).join(' · ');

/**
 * Hex to draw a model's seal from, the same before and after it arrives: the catalogue's id, or, for a file that the
 * catalogue does not know, what it is by its hash.
 */
export const sealOf = ({ id, sha256 }: { readonly id: string; readonly sha256?: string }): string =>
  sha256 !== undefined && id.startsWith('sha256:')
    ? sha256
    : [...new TextEncoder().encode(id)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Whether a piece of work fetches this model; its title ends with the model's name. */
export const isFetchOf = ({ kind, title }: Job, name: string): boolean =>
  kind === 'engine.fetch' && title.endsWith(` ${name}`);

/** Fetches worth showing: those that go on, and failed ones that were not begun again since; oldest first. */
export function fetchesOf(jobs: readonly Job[]): Job[] {
  const fetches = jobs
    .filter(({ kind }) => kind === 'engine.fetch')
    .toSorted((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
  const last = new Map(fetches.map((job) => [job.title, job.id]));
  return fetches.filter(
    ({ id, title, state }) =>
      state === 'running' || state === 'paused' || (state === 'failed' && last.get(title) === id),
  );
}
