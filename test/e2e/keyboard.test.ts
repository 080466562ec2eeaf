/** The whole conversation by the keyboard alone, with the real model: no step of it touches the mouse. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelFile, PASSWORD } from './daimon.ts';
import { answer, answered, beginWalk, focused, go, tabTo, until, type Walk } from './walking.ts';

let walk: Walk;
let page: Page;
let keys: Page['keyboard'];
beforeAll(async () => {
  walk = await beginWalk();
  ({ page } = walk);
  keys = page.keyboard;
});
afterAll(() => walk?.end());

const FIELD = 'Message to Wren';
const on = (name: string | RegExp) => until(() => focused(page)).toMatch(name);
/** Goes to it and presses Enter. */
async function press(name: string | RegExp, key?: 'Shift+Tab') {
  await tabTo(page, name, key);
  await keys.press('Enter');
}
async function write(label: string, text: string) {
  await tabTo(page, label);
  await keys.press('Control+a');
  await keys.type(text);
}
async function say(text: string, n: number) {
  await on(FIELD);
  await keys.type(text);
  await keys.press('Enter');
  await answered(page, n);
}
/** Opens how it answers, and back to the field. */
async function shape(change: () => Promise<void>) {
  await on(FIELD);
  await press(/^How it answers/);
  await page.getByRole('dialog').waitFor();
  await change();
  await press('Use from now on');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await on(/^How it answers/);
  await tabTo(page, FIELD, 'Shift+Tab');
}
async function choose(persona: RegExp) {
  await page.getByRole('radio', { name: persona }).waitFor();
  await tabTo(page, /^None/);
  await keys.press('ArrowDown');
  await on(persona);
}

test('welcome: a name, a password, a model of one’s own, and the field has the focus', async () => {
  await write('Its name', 'Wren');
  await write('Your password', PASSWORD);
  await press('Continue');
  await page.getByRole('button', { name: 'Choose a model' }).waitFor();
  await press('Choose a model');
  await page.getByText('A file of mine').waitFor();
  await press('A file of mine');
  await write('Path of a GGUF file on this computer', modelFile);
  await keys.press('Enter');
  await on(FIELD);
  await press('Look around first');
  await on(FIELD);
});

test('a persona with a seed gives the same answer twice', async () => {
  await go(page, 'Personas');
  await press('New persona');
  await on('Its name');
  await keys.type('Short');
  await write('Longest answer, in tokens', '12');
  await write('The same words again (seed)', '7');
  await press('Keep');
  await on('New persona');
  await go(page, 'New conversation');
  await shape(() => choose(/^Short/));
  await say('Tell me about a lighthouse.', 1);
  const once = await answer(page, 1);
  expect(once).not.toBe('');
  await press('Again: answer 1', 'Shift+Tab');
  await page.getByText('2 of 2').waitFor();
  await answered(page, 1);
  expect(await answer(page, 1)).toBe(once);
});

test('an edited question stands beside the first; one walks back, compares, keeps, and goes on', async () => {
  await go(page, 'New conversation');
  await shape(() => choose(/^Short/));
  await say('What is the capital of France?', 1);
  const first = await answer(page, 1);
  await press('Edit: question 1', 'Shift+Tab');
  await on('Your question, changed');
  await keys.press('Control+a');
  await keys.type('What is the capital of Italy?');
  await keys.press('Enter');
  await page.getByText('2 of 2').waitFor();
  await answered(page, 1);
  await press('Earlier version: question 1', 'Shift+Tab');
  await page.getByText('1 of 2').waitFor();
  await on('Earlier version: question 1');
  expect(await answer(page, 1)).toBe(first);

  await tabTo(page, FIELD);
  await shape(() => write('The same words again (seed)', '8'));
  await press('Again: answer 1', 'Shift+Tab');
  await page.getByRole('button', { name: 'Compare: answer 1' }).waitFor();
  await answered(page, 1);
  await press('Compare: answer 1', 'Shift+Tab');
  await page.getByText('Answer 1 of 2').waitFor();
  await press('Keep this one: answer 1');
  await on('Compare: answer 1');
  await until(() => answer(page, 1)).toBe(first);
  await tabTo(page, FIELD);
  await say('And of Spain?', 2);
});

test('a PDF and a CSV are attached, one is taken away, the other goes with the question', async () => {
  await go(page, 'New conversation');
  await shape(() => choose(/^Short/));
  await tabTo(page, 'Attach documents');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), keys.press('Enter')]);
  await chooser.setFiles([walk.file('report.pdf'), walk.file('prices.csv')]);
  await page.getByText(/PDF · 1 page · about \d+ words/).waitFor();
  await page.getByText(/CSV · about \d+ words/).waitFor();
  await press(/prices\.csv/, 'Shift+Tab');
  await page.getByText('prices.csv').waitFor({ state: 'detached' });
  await tabTo(page, FIELD);
  await say('Who is the harbour master?', 1);
  expect(await page.locator('article').first().innerText()).toContain('report.pdf');
});

test('a temporary conversation is gone after a lock; everything else is still there', async () => {
  await go(page, 'Temporary conversation');
  await page.getByText('nothing is written down').waitFor();
  await shape(() => choose(/^Short/));
  await say('Whisper of an owl.', 1);
  await go(page, 'Lock now');
  await on('Password');
  expect(await page.locator('body').innerText()).not.toMatch(/owl|France|lighthouse/);
  await keys.type(PASSWORD);
  await keys.press('Enter');
  await on(FIELD);
  await page.getByRole('link', { name: 'What is the capital of France?' }).waitFor();
  expect(await page.locator('body').innerText()).not.toContain('owl');
});

test('a history is brought, found through both searches, shelved, and taken along', async () => {
  await go(page, 'Import from ChatGPT or Claude');
  await tabTo(page, 'Choose the file');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), keys.press('Enter')]);
  await chooser.setFiles(walk.file('conversations.json'));
  await page.getByText('2 conversations with 5 messages came.').waitFor();
  await go(page, 'Bread');
  await until(() => answer(page, 1)).toContain('350 g');
  await go(page, 'Skagen');
  await until(() => answer(page, 1)).toContain('It sank near Skagen');
  await write('Search all conversations', 'flour');
  await page.getByText('1 place found').waitFor();
  await keys.press('Tab');
  await keys.press('Enter');
  await until(() => answer(page, 1)).toContain('350 g');
  await write('Search all conversations', ' ');

  await press(/^Pin: Bread/);
  await on(/^Unpin: Bread/);
  await press(/^More: Bread/);
  await on('Move to a folder');
  await keys.press('Enter');
  await on('Name of the new folder');
  await keys.type('Kitchen');
  await keys.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await on(/^More: Bread/);
  await keys.press('Enter');
  await on('Move to a folder');
  await keys.press('ArrowDown');
  await on('Export');
  await keys.press('Enter');
  // The browser's own dialog for a file cannot be seen from here; its downloads can.
  await page.evaluate('window.showSaveFilePicker = undefined');
  await tabTo(page, 'Write the file');
  const [download] = await Promise.all([page.waitForEvent('download'), keys.press('Enter')]);
  await on('Done');
  expect(readFileSync(await download.path(), 'utf8')).toContain('| 500 g | 350 g |');
  await keys.press('Enter');
  await on(/^More: Bread/);
});

test('nothing was complained about on the console, and nothing left its origin', () => {
  expect(walk.complaints).toEqual([]);
});
