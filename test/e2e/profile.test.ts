/** What the browser keeps on disk of a conversation: nothing that was said, and no password. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { daimon, filesWith, modelFile, PASSWORD, type Daimon } from './daimon.ts';
import { browserOptions, start, type Started } from './window.ts';

const canary = `Perpetua-${randomBytes(8).toString('hex')}`;
let one: Daimon;
let started: Started;
let profile: string;
beforeAll(async () => {
  one = daimon();
  profile = mkdtempSync(join(tmpdir(), 'daimon-profile-'));
  started = await start(one.folder, 'test/fakes/start-scripted.ts');
  await one.call('vault.create', { name: 'Wren' });
  await one.call('engine.import', { path: modelFile });
});
afterAll(async () => {
  started.process.kill('SIGTERM');
  await started.exited;
  await one.remove();
  rmSync(profile, { recursive: true, force: true });
});

test('a profile that lasts holds no word of it, after a draft, a question, a search and a reload', async () => {
  const context = await chromium.launchPersistentContext(profile, browserOptions);
  const page = await context.newPage();
  await page.goto(started.address);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Wake Wren' }).click();
  const field = page.getByLabel('Message to Wren');
  await field.fill(`from 0 to 5 ${canary}`);
  await field.press('Enter');
  await page.getByRole('button', { name: 'Again' }).waitFor({ timeout: 20_000 });
  await field.fill(`a draft of ${canary}`);
  await page.getByLabel('Search all conversations').fill(canary);
  await page.locator('mark').first().waitFor({ timeout: 20_000 });
  await page.reload();
  await page.locator('article.you').filter({ hasText: canary }).waitFor({ timeout: 20_000 });
  await context.close();
  expect(filesWith([profile], ['http://127.0.0.1'])).not.toEqual([]);
  expect(filesWith([profile], [canary, PASSWORD])).toEqual([]);
});

/** The way into the confirm window, from the file that the signer wrote. */
const addressIn = (file: string) => /http:\/\/127[^"'<]+/.exec(readFileSync(file, 'utf8'))![0];

/** Begins a request in a process of its own and opens its confirm window; leaving is killing the process. */
async function confirming(page: Page, house: Daimon, verb: string) {
  const opened = Promise.withResolvers<void>();
  const call = house.call(
    verb,
    {},
    {
      onLine(line) {
        const { open } = (line['pending'] ?? {}) as { open?: string };
        if (open) page.goto(addressIn(open)).then(() => opened.resolve(), opened.reject);
      },
    },
  );
  await opened.promise;
  return call;
}

test('neither do the confirm window’s 24 words, shown or typed', async () => {
  const context = await chromium.launchPersistentContext(profile, browserOptions);
  const page = await context.newPage();
  const shown = confirming(page, one, 'vault.words');
  await page.getByLabel('Your password', { exact: true }).fill(PASSWORD);
  const show = page.getByRole('button', { name: 'Show the words' });
  await expect.poll(() => show.getAttribute('aria-disabled')).toBe('false');
  await show.click();
  await page.locator('ol.words').waitFor({ timeout: 20_000 });
  const words = await page.locator('ol.words b').allTextContents();
  const phrase = words.join(' ');
  expect(phrase).toMatch(/^([a-z]+ ){23}[a-z]+$/);

  const other = daimon();
  const second = await context.newPage();
  const typed = confirming(second, other, 'vault.restore');
  await second.getByRole('textbox').first().fill(phrase);
  // Left as it is, then reloaded: that is when a browser saves what stands in the fields.
  await second.waitForTimeout(300);
  await second.reload();
  await context.close();
  // Ends the calls that still wait for the person.
  await Promise.all([one.quit(), other.remove()]);
  await Promise.allSettled([shown, typed]);
  expect(filesWith([profile], [phrase, words.slice(0, 3).join(' '), words.slice(0, 2).join('\n'), PASSWORD])).toEqual(
    [],
  );
});
