/** What the walks share: a person's program with the real model, one window, and ways to wait for what is seen. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { pdf } from '../fixtures/pdf.ts';
import { daimon, modelFile, PASSWORD } from './daimon.ts';
import { expectAccessible, openBrowser, openPage, start } from './window.ts';

export interface Walk {
  readonly folder: string;
  readonly browser: Browser;
  readonly page: Page;
  /** What the console and the network of the page gave cause to. */
  readonly complaints: string[];
  /** Files of the person: `report.pdf`, `prices.csv`, `conversations.json`. */
  readonly file: (name: string) => string;
  end(): Promise<void>;
}

const node = (id: string, parent: string, role: string, text: string, children: string[] = []) => ({
  id,
  parent,
  children,
  message: { id, author: { role }, content: { content_type: 'text', parts: [text] }, create_time: 1_700_000_000 },
});
const conversation = (id: string, title: string, current: string, nodes: ReturnType<typeof node>[]) => ({
  title,
  id,
  conversation_id: id,
  create_time: 1_700_000_000,
  update_time: 1_700_000_500,
  current_node: current,
  mapping: {
    root: { id: 'root', parent: null, children: [nodes[0]!.id], message: null },
    ...Object.fromEntries(nodes.map((one) => [one.id, one])),
  },
});
/** Two conversations as ChatGPT exports them; the word Skagen stands on the branch that is not shown. */
const history = [
  conversation('c-1', 'The winter of the boat', 'a2', [
    node('q1', 'root', 'user', 'What about the boat?', ['a1', 'a2']),
    node('a1', 'q1', 'assistant', 'It sank near **Skagen** in a gale.'),
    node('a2', 'q1', 'assistant', 'It was lost in the ice.'),
  ]),
  conversation('c-2', 'Bread', 'a3', [
    node('q2', 'root', 'user', 'How do I bake rye bread?', ['a3']),
    node('a3', 'q2', 'assistant', '| flour | water |\n|---|---|\n| 500 g | 350 g |\n\n```python\nprint("rye")\n```'),
  ]),
];

/** A program of its own over an empty data folder, and a window on its welcome. */
export async function beginWalk(): Promise<Walk> {
  const one = daimon();
  const desk = mkdtempSync(join(tmpdir(), 'daimon-desk-'));
  const file = (name: string) => join(desk, name);
  writeFileSync(file('report.pdf'), pdf({ pages: [['The harbour master is called Edda Bloom.']] }));
  writeFileSync(file('prices.csv'), 'item,price\nrope,4\nlamp,12\n');
  writeFileSync(file('conversations.json'), JSON.stringify(history));
  const started = await start(one.folder);
  const browser = await openBrowser();
  const { page, complaints } = await openPage(browser, started.address, {
    viewport: { width: 1280, height: 800 },
    acceptDownloads: true,
  });
  page.setDefaultTimeout(20_000);
  // Asked for from the beginning: turned on only when one is waited for, it may come later than the key.
  page.on('filechooser', () => {});
  return {
    folder: one.folder,
    browser,
    page,
    complaints,
    file,
    async end() {
      await browser.close();
      started.process.kill('SIGTERM');
      await started.exited;
      await one.remove();
      rmSync(desk, { recursive: true, force: true });
    },
  };
}

/** The three steps, up to the field of hello. */
export async function welcome(page: Page): Promise<void> {
  await page.getByLabel('Its name').fill('Wren');
  await page.getByLabel('Your password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Choose a model' }).click();
  await page.getByText('A file of mine').click();
  await page.getByLabel('Path of a GGUF file on this computer').fill(modelFile);
  await page.getByRole('button', { name: 'Use this file' }).click();
  await page.getByLabel('Message to Wren').waitFor();
}

/** Waits as long as a busy machine may need, for what an idle one has at once. */
export const until = <T>(what: () => Promise<T>) => expect.poll(what, { timeout: 20_000 });

/** The n-th answer of the page stands complete. */
export async function answered(page: Page, n: number): Promise<void> {
  await page.getByRole('button', { name: `Again: answer ${n}` }).waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor({ state: 'hidden', timeout: 60_000 });
}
export const answer = (page: Page, n: number): Promise<string> =>
  page
    .locator('article.daimon .answer')
    .nth(n - 1)
    .innerText();

/** What the keyboard is on: by its label, else by its words. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(`(() => {
    const one = document.activeElement;
    return one.getAttribute('aria-label') ?? one.labels?.[0]?.innerText ?? one.innerText ?? '';
  })()`);

/** Presses Tab until it is there. Fails after a full round. */
export async function tabTo(page: Page, name: string | RegExp, key = 'Tab'): Promise<void> {
  const seen: string[] = [];
  const there = (now: string) => (typeof name === 'string' ? now.trim() === name : name.test(now));
  for (let i = 0; i < 80; i++) {
    const now = await focused(page);
    if (there(now)) return;
    seen.push(now.slice(0, 30));
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never came to ${name}: ${seen.join(' | ')}`);
}

/** Finds a place or command by Ctrl K, as one who knows its name. */
export async function go(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k');
  const palette = await page.waitForSelector('dialog[open]');
  await page.keyboard.type(words);
  await until(() => page.getByRole('option', { selected: true }).innerText()).toMatch(new RegExp(words, 'i'));
  await page.keyboard.press('Enter');
  // Only once it is taken down has the place changed and the focus gone there.
  await page.waitForFunction((one) => !(one as unknown as { isConnected: boolean }).isConnected, palette);
}

const WIDTHS = [400, 1280, 1920];
/** axe finds nothing on what is shown now, in both themes and at three widths. */
export async function accessibleEverywhere(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      await expectAccessible(page);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 800 });
}
