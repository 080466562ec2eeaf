/** The figures of the library; each part is measured by a file of its own. */
import type { Figure } from './figure.ts';
import { embedFigures } from './library-embed.ts';
import { indexFigures } from './library-index.ts';
import { mailFigures } from './library-mail.ts';
import { questionFigures } from './library-questions.ts';
import { readerFigures } from './library-readers.ts';
import { searchFigures } from './library-search.ts';

export async function run(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const part of [readerFigures, mailFigures, searchFigures, embedFigures, questionFigures, indexFigures])
    figures.push(...(await part()));
  return figures;
}
