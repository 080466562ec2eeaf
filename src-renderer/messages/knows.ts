/** The strings of Knows, apart from the others: they are fetched with their room, not with the first paint. */
import { knows } from './en/knows.ts';
import { isolating } from './isolate.ts';

export type KnowsCatalogue = typeof knows;
export const sayKnows: KnowsCatalogue = isolating(knows);
