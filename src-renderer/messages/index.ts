/** The catalogue in use. One language so far; a second one is a second object of the same type. */
import { en } from './en.ts';
import { isolating } from './isolate.ts';

export type Catalogue = typeof en;
export const say: Catalogue = isolating(en);
