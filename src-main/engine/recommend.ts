/** Which one model of the catalogue suits a machine best. */
import { CATALOGUE, type Entry } from './catalogue.ts';
import type { Fit } from './door.ts';

/** Billions of parameters worth having at a size of memory: below, answers disappoint; above, the machine suffers. */
const BANDS: readonly { readonly memory: number; readonly least: number; readonly most: number }[] = [
  { memory: 6e9, least: 0.3, most: 2 },
  { memory: 13e9, least: 1.5, most: 4.5 },
  { memory: 25e9, least: 1.5, most: 9 },
  { memory: 50e9, least: 1.5, most: 22 },
  { memory: Infinity, least: 1.5, most: 40 },
];

/**
 * The largest freely licensed model of the band that runs well in at most half the memory; where none runs well, the
 * smallest of the band. Exactly one, always.
 *
 * @param fits the fit of each entry, by id
 */
export function recommend(fits: ReadonlyMap<string, Fit>, memory: number, entries = CATALOGUE): Entry {
  const band = BANDS.find((one) => memory <= one.memory) as (typeof BANDS)[0];
  const free = entries.filter(({ free, warmUp }) => free && !warmUp);
  const within = free.filter(({ parameters }) => parameters >= band.least * 1e9 && parameters <= band.most * 1e9);
  const well = within.filter(({ id }) => {
    const fit = fits.get(id);
    return fit?.verdict === 'well' && fit.memory <= memory / 2;
  });
  const larger = (a: Entry, b: Entry) => (b.parameters > a.parameters ? b : a);
  const smaller = (a: Entry, b: Entry) => (b.parameters < a.parameters ? b : a);
  if (well.length > 0) return well.reduce(larger);
  const rest = within.length > 0 ? within : free.length > 0 ? free : entries;
  return rest.reduce(smaller);
}
