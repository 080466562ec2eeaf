/** The strings about sources, apart from the others: they are fetched with the first answer that has some. */
import { cited } from './en/cited.ts';
import { isolating } from './isolate.ts';

export type CitedCatalogue = typeof cited;
export const sayCited: CitedCatalogue = isolating(cited);
