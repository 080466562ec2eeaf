/** The spine as a person meets it: three steps, a real answer, sleep and waking, a second start, in a real browser. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { daimon, modelFile, PASSWORD, type Daimon } from './daimon.ts';
import { expectAccessible, openBrowser, openPage, start, type Started } from './window.ts';

let one: Daimon;
let started: Started;
let browser: Browser;
let page: Page;
let complaints: string[];
beforeAll(async () => {
  one = daimon();
  started = await start(one.folder);
  browser = await openBrowser();
  ({ page, complaints } = await openPage(browser, started.address));
});
afterAll(async () => {
  await browser.close();
  started.process.kill('SIGTERM');
  await started.exited;
  await one.remove();
});

const button = (name: string | RegExp) => page.getByRole('button', { name });
/** Both themes; the window follows the system until it is told otherwise. */
async function accessibleInBothThemes() {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

test('the key leaves the address bar at once', async () => {
  await page.getByLabel('Its name').waitFor();
  expect(page.url()).not.toContain('key=');
});

test('step one: a name, a password, then a seal', async () => {
  await accessibleInBothThemes();
  await page.getByLabel('Its name').fill('Wren');
  await page.getByLabel('Your password', { exact: true }).fill(PASSWORD);
  await expect.poll(() => page.locator('body').innerText()).toContain('everything is lost');
  await button('Continue').click();
  await button('Choose a model').waitFor({ timeout: 20_000 });
  await accessibleInBothThemes();
});

test('step two: a model of this machine’s own, nothing fetched unasked', async () => {
  await button('Choose a model').click();
  await page.getByText('SmolLM2 135M').waitFor();
  await accessibleInBothThemes();
  await page.getByText('A file of mine').click();
  await page.getByRole('textbox').last().fill(modelFile);
  await page.getByRole('textbox').last().press('Enter');
  await page.getByLabel('Message to Wren').waitFor({ timeout: 30_000 });
  await accessibleInBothThemes();
});

test('step three: hello, and a real answer', async () => {
  await page.getByLabel('Message to Wren').fill('What is the capital of France?');
  await page.getByLabel('Message to Wren').press('Enter');
  const answer = () => page.locator('article.daimon .answer').last().innerText();
  await expect.poll(async () => (await answer().catch(() => '')).length, { timeout: 90_000 }).toBeGreaterThan(10);
  // Its seed is drawn, and one answer in ten or so of this small model repeats itself until its context is full.
  await button('Stop')
    .click({ timeout: 5000 })
    .catch(() => {});
  await button('Again').waitFor();
  await accessibleInBothThemes();
});

test('a draft and the conversation survive a reload, without asking for the password again', async () => {
  await page.getByLabel('Message to Wren').fill('half a thought');
  await page.waitForTimeout(1000);
  await page.reload();
  await button('Again').waitFor();
  await expect.poll(() => page.getByLabel('Message to Wren').inputValue()).toBe('half a thought');
});

test('stopping keeps what was written', async () => {
  await page.getByLabel('Message to Wren').fill('Write a very long story about a lighthouse, with many chapters.');
  await page.getByLabel('Message to Wren').press('Enter');
  await button('Stop').waitFor();
  const answer = () => page.locator('article.daimon .answer').last().innerText();
  await expect.poll(async () => (await answer()).length, { timeout: 30_000 }).toBeGreaterThan(200);
  await button('Stop').click();
  await button('Send').waitFor();
  await button('Again').last().waitFor();
  const kept = await answer();
  expect(kept.length).toBeGreaterThan(200);
  await page.reload();
  await button('Again').last().waitFor();
  expect(await answer()).toBe(kept);
});

test('the record says that nothing left this machine', async () => {
  await page.goto(`${new URL(started.address).origin}/#/settings/left`);
  await page.getByText('What left this machine').first().waitFor();
  await accessibleInBothThemes();
  expect(await page.locator('main').innerText()).toMatch(/nothing|no connection/i);
});

test('a second start prints a fresh address, and its window asks for the password', async () => {
  const second = await start(one.folder);
  expect(second.address).not.toBe(started.address);
  expect(await second.exited).toBe(0);
  const other = await openPage(browser, second.address);
  await other.page.getByLabel('Password', { exact: true }).waitFor();
  expect(await other.page.locator('body').innerText()).not.toMatch(/lighthouse|France/);
  await other.page.getByLabel('Password', { exact: true }).fill('not the password');
  await other.page.getByRole('button', { name: 'Wake Wren' }).click();
  await other.page.getByText('That is not the password.').waitFor({ timeout: 20_000 });
  await other.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await other.page.getByRole('button', { name: 'Wake Wren' }).click();
  await other.page
    .getByText(/capital of France/)
    .first()
    .waitFor({ timeout: 20_000 });
  expect(other.complaints).toEqual([]);
  await other.close();
});

test('locking clears the window, and the password wakes it', async () => {
  await page.goto(`${new URL(started.address).origin}/#/settings`);
  await button('Lock now').first().click();
  await page.getByLabel('Password', { exact: true }).waitFor();
  expect(await page.locator('body').innerText()).not.toMatch(/lighthouse|France/);
  await accessibleInBothThemes();
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await button('Wake Wren').click();
  await page
    .getByText(/capital of France/)
    .first()
    .waitFor({ timeout: 20_000 });
});

test('a used address does not open a second window', async () => {
  const stranger = await openPage(browser, started.address);
  await expect.poll(() => stranger.page.locator('body').innerText()).toContain('npm start');
  await stranger.close();
});

test('nothing was complained about on the console, and nothing left its origin', () => {
  expect(complaints).toEqual([]);
});
