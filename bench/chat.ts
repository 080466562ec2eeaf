/** The figures of the whole conversation; each part is measured by a file of its own. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { openBrowser } from '../test/e2e/window.ts';
import type { Figure } from './figure.ts';
import { built, serving } from './window.ts';

/** By file: what it exports. A part whose room does not stand yet is left out. */
const PARTS = [
  ['chat-paint', 'paintFigures'],
  ['chat-search', 'searchFigures'],
  ['chat-import', 'importFigures'],
  ['chat-stage', 'stageFigures'],
] as const;
const PALETTE = 'chat-palette';

const fileOf = (name: string) => new URL(`./${name}.ts`, import.meta.url);

/** The palette is measured in a page of its own, built beside the window. */
async function palette(): Promise<Figure[]> {
  const { PALETTE_PAGE, paletteFigures } = (await import(fileOf(PALETTE).href)) as {
    PALETTE_PAGE: string;
    paletteFigures(page: Page): Promise<Figure[]>;
  };
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
  for (const [file, name] of PARTS) {
    if (!existsSync(fileOf(file))) continue;
    const part = (await import(fileOf(file).href)) as Record<string, () => Promise<Figure[]>>;
    figures.push(...(await part[name]!()));
  }
  if (existsSync(fileOf(PALETTE))) figures.push(...(await palette()));
  return figures;
}
