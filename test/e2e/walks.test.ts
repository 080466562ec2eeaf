/** The whole conversation as a person walks it by mouse, with the real model; then two windows on one conversation. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD } from './daimon.ts';
import { accessibleEverywhere, answer, answered, beginWalk, focused, until, welcome, type Walk } from './walking.ts';
import { openPage, start } from './window.ts';

let walk: Walk;
let page: Page;
beforeAll(async () => {
  walk = await beginWalk();
  ({ page } = walk);
  await welcome(page);
  await page.getByRole('button', { name: 'Look around first' }).click();
});
afterAll(() => walk?.end());

const button = (name: string | RegExp) => page.getByRole('button', { name });
const field = () => page.getByLabel('Message to Wren');
const place = (name: string) => page.getByRole('link', { name, exact: true });
const item = (name: string) => page.getByRole('menuitem', { name });
/** A new conversation that follows the short persona. */
async function begin() {
  await place('Chat').click();
  await button('New conversation').click();
  await until(() => focused(page)).toBe('Message to Wren');
  await button('How it answers').click();
  await page.getByRole('radio', { name: /^Short/ }).check();
  await button('Use from now on').click();
  await button(/How it answers:\s+Short/).waitFor();
}
async function say(text: string, n: number) {
  await field().fill(text);
  await button('Send').click();
  await answered(page, n);
}
/** Writes to the browser's own downloads; its file dialog cannot be seen from here. */
async function exported(): Promise<string> {
  await page.evaluate('window.showSaveFilePicker = undefined');
  const [download] = await Promise.all([page.waitForEvent('download'), button('Write the file').click()]);
  await page.getByText(/Written:/).waitFor();
  const text = readFileSync(await download.path(), 'utf8');
  await button('Done').click();
  return text;
}

test('a persona with a seed gives the same answer twice', async () => {
  await place('Settings').click();
  await place('Personas').click();
  await button('New persona').click();
  await page.getByLabel('Its name').fill('Short');
  await page.getByLabel('Longest answer, in tokens').fill('12');
  await page.getByLabel('The same words again (seed)').fill('7');
  await button('Keep').click();
  await page.getByText('Short', { exact: true }).waitFor();
  await begin();
  await say('Tell me about a lighthouse.', 1);
  const once = await answer(page, 1);
  expect(once).not.toBe('');
  await button('Again: answer 1').click();
  await page.getByText('2 of 2').waitFor();
  await answered(page, 1);
  expect(await answer(page, 1)).toBe(once);
  await page.getByText('How it was made').click();
  await until(() => page.locator('main').innerText()).toMatch(/Persona\s+Short[^]*Seed\s+7/);
});

test('an edited question stands beside the first; one walks back, compares, keeps, and goes on', async () => {
  await begin();
  await say('What is the capital of France?', 1);
  const first = await answer(page, 1);
  await button('Edit: question 1').click();
  await page.getByLabel('Your question, changed').fill('What is the capital of Italy?');
  await page.locator('article').first().getByRole('button', { name: 'Send' }).click();
  await page.getByText('2 of 2').waitFor();
  await answered(page, 1);
  await button('Earlier version: question 1').click();
  await page.getByText('1 of 2').waitFor();
  expect(await answer(page, 1)).toBe(first);

  await button('How it answers').click();
  await page.getByLabel('The same words again (seed)').fill('8');
  await button('Use from now on').click();
  await button('Again: answer 1').click();
  await button('Compare: answer 1').waitFor();
  await answered(page, 1);
  const second = await answer(page, 1);
  await button('Compare: answer 1').click();
  const sheet = page.getByRole('dialog');
  await sheet.getByText('Answer 1 of 2').waitFor();
  await until(() => sheet.innerText()).toContain(second.trim().slice(0, 20));
  await accessibleEverywhere(page);
  await button('Keep this one: answer 1').click();
  await until(() => answer(page, 1)).toBe(first);
  await say('And of Spain?', 2);
  await accessibleEverywhere(page);

  await button('Later version: answer 1').click();
  await until(() => page.locator('article.daimon').count()).toBe(1);
  await button('Earlier version: answer 1').click();
  await until(() => page.locator('article.daimon').count()).toBe(2);
});

test('a PDF and a CSV show their length; one is taken away, the other goes with the question', async () => {
  await begin();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button('Attach documents').click()]);
  await chooser.setFiles([walk.file('report.pdf'), walk.file('prices.csv')]);
  await page.getByText(/PDF · 1 page · about \d+ words/).waitFor();
  await page.getByText(/CSV · about \d+ words/).waitFor();
  await accessibleEverywhere(page);
  await page.getByRole('button', { name: /Take away.*prices\.csv|prices\.csv.*Take away/ }).click();
  await page.getByText('prices.csv').waitFor({ state: 'detached' });
  await say('Who is the harbour master?', 1);
  expect(await page.locator('article').first().innerText()).toContain('report.pdf');
});

test('a temporary conversation is gone after a lock; everything else is still there', async () => {
  await button('New conversation').click();
  await page.getByRole('switch', { name: 'Temporary' }).click();
  await page.getByText('nothing is written down').waitFor();
  await button('How it answers').click();
  await page.getByRole('radio', { name: /^Short/ }).check();
  await button('Use from now on').click();
  await say('Whisper of an owl.', 1);
  await page.getByRole('link', { name: /owl/ }).waitFor();
  await button('Wren: settings, lock').click();
  await item('Lock now').click();
  await page.getByLabel('Password', { exact: true }).waitFor();
  expect(await page.locator('body').innerText()).not.toMatch(/owl|France|lighthouse/);
  await accessibleEverywhere(page);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await button('Wake Wren').click();
  await page.getByRole('link', { name: 'What is the capital of France?' }).waitFor();
  expect(await page.locator('body').innerText()).not.toContain('owl');
});

test('a history is brought, found by its words on the branch that was not shown, shelved, and taken along', async () => {
  await place('Settings').click();
  await place('Bring and take').click();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button('Choose the file').click()]);
  await chooser.setFiles(walk.file('conversations.json'));
  await page.getByText('2 conversations with 5 messages came.').waitFor();
  await accessibleEverywhere(page);
  await place('See your conversations').click();
  await page.getByRole('link', { name: /^Bread/ }).click();
  await until(() => answer(page, 1)).toContain('350 g');
  await page.getByLabel('Search all conversations').fill('Skagen');
  await page.getByRole('link', { name: /Skagen/ }).click();
  await until(() => answer(page, 1)).toContain('It sank near Skagen');
  await page.getByLabel('Search all conversations').fill('');

  await button(/^Pin: The winter/).click();
  await button(/^Unpin: The winter/).waitFor();
  await button(/^More: The winter/).click();
  await item('Move to a folder').click();
  await page.getByLabel('Name of the new folder').fill('Sea');
  await accessibleEverywhere(page);
  await button('Move').click();
  await page.getByText('Sea', { exact: true }).waitFor();

  await button(/^More: The winter/).click();
  await item('Export').click();
  await accessibleEverywhere(page);
  expect(await exported()).toContain('It sank near **Skagen**');
  await place('Settings').click();
  await place('Bring and take').click();
  await button('Export all conversations').click();
  await page.getByRole('radio', { name: /^JSON Lines/ }).check();
  const lines = (await exported()).trim().split('\n');
  for (const line of lines) JSON.parse(line);
  expect(lines.join()).toMatch(/Skagen/);
  expect(lines.join()).toMatch(/lost in the ice/);
});

test('every other screen and sheet is accessible in both themes, from 400 to 1920 px', async () => {
  for (const [hash, seen] of [
    ['#/own', 'Keys'],
    ['#/own/models', /^Memory$/],
    ['#/settings', 'Look'],
    ['#/settings/personas', 'New persona'],
    ['#/settings/left', 'What left this machine'],
    ['#/settings/about', 'About'],
    ['#/chat', 'Say something.'],
  ] as const) {
    await page.goto(`${new URL(page.url()).origin}/${hash}`);
    await page.getByText(seen).first().waitFor();
    if (hash.endsWith('models')) await page.locator('main summary').first().click();
    await accessibleEverywhere(page);
  }
  await button('How it answers').click();
  await page.getByRole('dialog').waitFor();
  await accessibleEverywhere(page);
  await button('Cancel').click();
  await button(/^Find/).click();
  await page.getByRole('dialog').waitFor();
  await accessibleEverywhere(page);
  await page.keyboard.press('Escape');
});

test('two windows on one conversation: a branch of the one shows in the other, where typed words stay', async () => {
  const second = await start(walk.folder);
  expect(await second.exited).toBe(0);
  const other = await openPage(walk.browser, second.address);
  await other.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await other.page.getByRole('button', { name: 'Wake Wren' }).click();
  for (const one of [page, other.page]) {
    await one.getByRole('link', { name: 'Tell me about a lighthouse.' }).click();
    await one.getByText('2 of 2').waitFor();
  }
  const words = other.page.getByLabel('Message to Wren');
  await words.click();
  await other.page.keyboard.type('half a thou');
  await button('Again: answer 1').click();
  await page.getByText('3 of 3').waitFor();
  await answered(page, 1);
  await other.page.getByText(/\d of 3/).waitFor();
  await other.page.keyboard.type('ght');
  expect(await words.inputValue()).toBe('half a thought');
  expect(other.complaints).toEqual([]);
  await other.close();
});

test('nothing was complained about on the console, and nothing left its origin', () => {
  expect(walk.complaints).toEqual([]);
});
