/** A model that says 500 things which browsers run elsewhere: here no script runs and no request is made. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { CANARY } from '../fixtures/xss.ts';
import { daimon, modelFile, PASSWORD, type Daimon } from './daimon.ts';
import { openBrowser, openPage, start, type Started } from './window.ts';

const TEXTS = 500;
const AT_ONCE = 25;
let one: Daimon;
let started: Started;
let browser: Browser;
beforeAll(async () => {
  one = daimon();
  started = await start(one.folder, 'test/fakes/start-scripted.ts');
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  started.process.kill('SIGTERM');
  await started.exited;
  await one.remove();
});

test('500 hostile answers, under the window’s own policy', async () => {
  await one.call('vault.create', { name: 'Wren' });
  await one.call('engine.import', { path: modelFile });
  const { page, complaints } = await openPage(browser, started.address);
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('popup', () => complaints.push('popup'));
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Wake Wren' }).click();
  const field = page.getByLabel('Message to Wren');
  await field.waitFor({ timeout: 20_000 });
  let characters = 0;
  for (let from = 0; from < TEXTS; from += AT_ONCE) {
    const question = `from ${from} to ${from + AT_ONCE}`;
    await field.fill(question);
    await field.press('Enter');
    await expect.poll(() => page.locator('article.you').last().innerText(), { timeout: 20_000 }).toContain(question);
    await page.getByRole('button', { name: 'Send', exact: true }).waitFor({ timeout: 20_000 });
    characters += (await page.locator('article.daimon .answer').last().innerText()).length;
    // What a person does: moves over it, presses into it.
    await page.mouse.move(600, 300);
    await page.mouse.click(600, 300);
    await page.keyboard.press('Escape');
  }
  expect(characters).toBeGreaterThan(10_000);
  expect(await page.evaluate((name) => name in globalThis, CANARY)).toBe(false);
  expect(complaints).toEqual([]);
});
