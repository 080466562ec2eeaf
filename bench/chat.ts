/** The figures of the whole conversation; each part is measured by a file of its own. */
import { existsSync } from 'node:fs';
import type { Figure } from './figure.ts';

/** By file: what it exports. A part whose room does not stand yet is left out. */
const PARTS = [
  ['chat-paint', 'paintFigures'],
  ['chat-search', 'searchFigures'],
  ['chat-import', 'importFigures'],
  ['chat-palette', 'paletteFigures'],
  ['chat-stage', 'stageFigures'],
] as const;

export async function run(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [file, name] of PARTS) {
    const url = new URL(`./${file}.ts`, import.meta.url);
    if (!existsSync(url)) continue;
    const part = (await import(url.href)) as Record<string, () => Promise<Figure[]>>;
    figures.push(...(await part[name]!()));
  }
  return figures;
}
