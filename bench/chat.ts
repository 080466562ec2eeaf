/** The figures of the whole conversation; each part is measured by a file of its own. */
import { rm } from 'node:fs/promises';
import { openBrowser } from '../test/e2e/window.ts';
import { importFigures } from './chat-import.ts';
import { PALETTE_PAGE, paletteFigures } from './chat-palette.ts';
import { paintFigures } from './chat-paint.ts';
import { searchFigures } from './chat-search.ts';
import { stageFigures } from './chat-stage.ts';
import type { Figure } from './figure.ts';
import { built, serving } from './window.ts';

/** The palette is measured in a page of its own, built beside the window. */
async function palette(): Promise<Figure[]> {
  const folder = await built(PALETTE_PAGE);
  const server = await serving(folder);
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    await page.goto(`${server.address}/${PALETTE_PAGE}`);
    return await paletteFigures(page);
  } finally {
    await browser.close();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

export async function run(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const part of [paintFigures, palette, searchFigures, importFigures, stageFigures])
    figures.push(...(await part()));
  return figures;
}
