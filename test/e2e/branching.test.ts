/** The whole conversation with a real core and a real model: edit, again, walk, compare, settings, and one that is not kept. */
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
  page.setDefaultTimeout(20_000);
  await page.getByLabel('Its name').fill('Wren');
  await page.getByLabel('Your password', { exact: true }).fill(PASSWORD);
  await button('Continue').click();
  await button('Choose a model').click();
  await page.getByText('A file of mine').click();
  await page.getByRole('textbox').last().fill(modelFile);
  await page.getByRole('textbox').last().press('Enter');
  await button('Look around first').click({ timeout: 30_000 });
  await button(/^How it answers/).waitFor();
});
afterAll(async () => {
  await browser.close();
  started.process.kill('SIGTERM');
  await started.exited;
  await one.remove();
});

const button = (name: string | RegExp) => page.getByRole('button', { name });
const field = () => page.getByLabel('Message to Wren');
const answers = () => page.locator('article.daimon .answer').allInnerTexts();
const questions = () => page.locator('article.you .said').allInnerTexts();
/** The answer is there, and the words below it. */
const answered = (place: number) => button(`Again: answer ${place}`).waitFor({ timeout: 90_000 });
const ask = async (words: string) => {
  await field().fill(words);
  await field().press('Enter');
};

test('settings of a conversation that has not begun hold from its first answer on', async () => {
  await button(/^How it answers/).click();
  await page.getByLabel(/^Longest answer/).fill('24');
  await page.getByLabel(/^The same words again/).fill('7');
  await button('Use from now on').click();
  await ask('What is the capital of France?');
  await answered(1);
  await page.getByText(/How it was made/).click();
  await expect.poll(() => page.getByRole('note').innerText()).toMatch(/Seed\s+7/);
  await expectAccessible(page);
});

test('the same seed gives the same words again, and both versions stay', async () => {
  const [first] = await answers();
  await button('Again: answer 1').click();
  await page.getByText('2 of 2').waitFor({ timeout: 90_000 });
  await answered(1);
  expect(await answers()).toEqual([first]);
});

test('an edited question begins another branch, and a walk brings the old one back, also after a reload', async () => {
  await ask('And of Spain?');
  await answered(2);
  const before = await answers();
  await button('Edit: question 2').click();
  await page.keyboard.press('End');
  await page.keyboard.type(' One word.');
  await page.keyboard.press('Enter');
  await expect.poll(questions).toEqual(['What is the capital of France?', 'And of Spain? One word.']);
  await answered(2);
  await button('Earlier version: question 2').click();
  await expect.poll(questions).toEqual(['What is the capital of France?', 'And of Spain?']);
  await expect.poll(answers).toEqual(before);
  await page.reload();
  await expect.poll(questions, { timeout: 20_000 }).toEqual(['What is the capital of France?', 'And of Spain?']);
});

test('the next message goes on from an earlier answer; two answers are compared and one is kept', async () => {
  await button('Go on from here: answer 1').click();
  await ask('Tell me about its river.');
  await answered(2);
  expect(await questions()).toEqual(['What is the capital of France?', 'Tell me about its river.']);
  await button('Compare: answer 1').click();
  await page.getByRole('region', { name: 'On the left' }).waitFor();
  await expectAccessible(page);
  await button('Keep this one: answer 1').click();
  await expect.poll(() => page.getByRole('group', { name: 'Versions of answer 1' }).innerText()).toMatch(/1 of 2/);
});

test('an answer that was stopped goes on from where it was', async () => {
  await button('New conversation').click();
  await page.getByText('Say something.').waitFor();
  await ask('Write a very long story about a lighthouse, with many chapters.');
  await expect.poll(async () => (await answers())[0]?.length ?? 0, { timeout: 60_000 }).toBeGreaterThan(100);
  await button('Stop').click();
  await answered(1);
  const [kept] = await answers();
  await button('Go on: answer 1').click();
  await expect.poll(async () => (await answers())[0]!.length, { timeout: 60_000 }).toBeGreaterThan(kept!.length + 40);
  await button('Stop').click();
  await answered(1);
  expect((await answers())[0]!.slice(0, 60)).toBe(kept!.slice(0, 60));
});

test('a temporary conversation answers, and is nowhere after a sleep', async () => {
  await button('New conversation').click();
  await page.getByRole('switch', { name: 'Temporary' }).click();
  await page.getByText(/· nothing is written down/).waitFor();
  await ask('Say a word that nobody writes down.');
  await answered(1);
  await page.getByText(/· nothing is written down/).waitFor();
  expect(await page.getByRole('complementary').innerText()).toContain('nobody writes down');
  await button('Wren: settings, lock').first().click();
  await page.getByRole('menuitem', { name: 'Lock now' }).click();
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await button('Wake Wren').click();
  await page.getByText('What is the capital of France?').first().waitFor({ timeout: 20_000 });
  expect(await page.locator('body').innerText()).not.toContain('nobody writes down');
  expect(complaints).toEqual([]);
});
