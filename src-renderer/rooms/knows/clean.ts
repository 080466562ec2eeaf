/** Names and passages are strangers' text: what could reorder or hide its surroundings is made harmless. */
import { clean, prose } from '../../parts/markdown/clean.ts';

export const cleaned = (text: string): string => prose(clean(text));
