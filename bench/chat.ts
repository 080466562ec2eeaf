/** The figures of the whole conversation; each part is measured by a file of its own. */
import { paintFigures } from './chat-paint.ts';
import type { Figure } from './figure.ts';

const PARTS: readonly (() => Promise<Figure[]>)[] = [paintFigures];

export async function run(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const part of PARTS) figures.push(...(await part()));
  return figures;
}
