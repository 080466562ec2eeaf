/** The walk "Ask with sources" over the real core, embedder and model: added, found, quoted, weighed, and taken out again. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { docx, heading, paragraph, run } from '../fixtures/docx.ts';
import { pdf } from '../fixtures/pdf.ts';
import { filesWith, placesSince } from './daimon.ts';
import { accessibleEverywhere, answered, beginWalk, focused, go, tabTo, until, welcome, type Walk } from './walking.ts';

const began = Date.now();
const canary = `canary${randomBytes(8).toString('hex')}`;
/** Sought without one of its words. */
const BAKE = 'Bake it for an hour at 220 degrees.';
const DEPOSIT = 'The deposit is paid back within thirty days once the keys have been handed over.';

/** Twelve small files of one person, each about something else. */
const papers: Readonly<Record<string, string | Uint8Array>> = {
  'island/ferry.txt':
    'The ferry crosses the sound four times a day. Tickets are sold on board, against coins only. Dogs travel free when they are kept on a lead. In a gale the morning boat leaves an hour late. Bicycles are tied to the rail at the stern.\n',
  'home/lease.docx': docx(
    heading(1, 'Lease') +
      paragraph(run('The rent is 1,740 francs a month, due on the first day.')) +
      heading(2, 'Leaving') +
      paragraph(run(`Either side may end the lease with three months of notice to ${canary}.`)) +
      paragraph(run(DEPOSIT)),
  ),
  'home/boiler.pdf': pdf({
    pages: [
      ['Manual of the boiler', 'Read it before the first fire.'],
      ['Faults', 'When the red lamp blinks twice, the pump has run dry: fill it up to the mark.'],
    ],
  }),
  'kitchen/bread.md': `# Rye bread\n\nLet the sourdough rest overnight in a warm corner.\n\n## Baking\n\n${BAKE} Let it cool on a rack.\n`,
  'kitchen/soup.html':
    '<html><head><title>Lentil soup</title></head><body><article><h1>Lentil soup</h1><p>Simmer the green lentils with thyme for half an hour, then stir in the vinegar.</p></article></body></html>',
  'mail/chur.eml':
    'From: Ada <ada@example.org>\r\nTo: Ben <ben@example.org>\r\nSubject: Train to Chur\r\nDate: Tue, 3 Mar 2026 10:00:00 +0000\r\n\r\nThe train leaves at 9:04 from track 7. Bring the blue tent.\r\n',
  'power.csv': 'month,kilowatt hours\nJanuary,412\nFebruary,388\nMarch,301\n',
  'bees.txt': 'A colony of bees needs about twelve kilograms of honey to come through the winter.\n',
  'piano.txt': 'The piano is tuned every spring by Mr Okafor, who asks ninety francs for it.\n',
  'shares.json': '{"orchard":{"trees":31,"sorts":["quince","pear"]},"planted":1987}\n',
  'cipher.ts': 'export const rotate = (word: string) => [...word].reverse().join("");\n',
  'novel.txt': `${canary}. The keeper climbed two hundred and eleven steps every evening to light the lamp.\n`,
};

let walk: Walk;
let page: Page;
let docs: string;
beforeAll(async () => {
  docs = join(mkdtempSync(join(tmpdir(), 'person-')), `papers-${canary}`);
  for (const [name, text] of Object.entries(papers)) {
    mkdirSync(dirname(join(docs, name)), { recursive: true });
    writeFileSync(join(docs, name), text);
  }
  walk = await beginWalk();
  ({ page } = walk);
  await welcome(page);
  await page.getByRole('button', { name: 'Look around first' }).click();
});
afterAll(async () => {
  await walk?.end();
  rmSync(dirname(docs), { recursive: true, force: true });
});

const button = (name: string | RegExp) => page.getByRole('button', { name });
const main = () => page.locator('main').innerText();
/** The search says how many fit, or that nothing does. */
const found = () => page.getByRole('heading', { name: /fits? well|Nothing fits/ });
/** What of the opened document is lit, drawn as text or as Markdown's own nodes. */
const lit = () =>
  page.evaluate(`[
    ...[...document.querySelectorAll('[data-sought] mark')].map((one) => one.textContent),
    ...[...(CSS.highlights.get('found') ?? [])].map(String),
  ].join('').replace(/\\s+/g, ' ')`);

test('by keyboard: a folder is added by its path, read, searched in other words, and opened at the lit sentence', async () => {
  const keys = page.keyboard;
  await go(page, 'Your files');
  await tabTo(page, 'Add files or a folder');
  await keys.press('Enter');
  await until(() => focused(page)).toBe('A folder or a file on this computer');
  await keys.type(docs);
  await page.getByText('12 files in 5 folders').waitFor();
  await tabTo(page, 'Add');
  await keys.press('Enter');
  await until(main).toMatch(/all 12 files are findable\.[^]*12 files · searchable by word and by meaning/);
  await tabTo(page, /^Search in papers-\w+ by word or by meaning$/);
  await keys.type('how hot should the oven be');
  await found().waitFor();
  await tabTo(page, 'Open the passage: bread.md');
  await keys.press('Enter');
  await until(() => focused(page)).toBe('The passage you came for');
  await until(lit).toBe(BAKE);
  await accessibleEverywhere(page);
  await tabTo(page, /Back to what was found/, 'Shift+Tab');
  await keys.press('Enter');
  await until(() => focused(page)).toBe('Open the passage: bread.md');
  await accessibleEverywhere(page);
});

test('pasted text is found beside the folder', async () => {
  await page.getByRole('link', { name: 'Add files or a folder' }).click();
  await page.getByText('Paste text instead').click();
  await page.getByLabel('What is it called?').fill('Garden');
  await page
    .getByLabel('The text', { exact: true })
    .fill('The quince tree was planted in the year when the well ran dry.');
  await button('Add').click();
  await until(main).toMatch(/1 file · searchable by word and by meaning/);
  await page.getByLabel(/^Search in /).fill('in which year did we plant the quince');
  await page.getByRole('link', { name: 'Open the passage: Garden.md' }).waitFor();
});

test('an answer from the files has the quote in its margin, which opens at the place and leads back', async () => {
  await page.getByRole('link', { name: 'Chat', exact: true }).click();
  await button('New conversation').click();
  await button('How it answers').click();
  await page.getByLabel('Longest answer, in tokens').fill('16');
  await page.getByLabel('The same words again (seed)').fill('7');
  await button('Use from now on').click();
  await page.getByRole('switch', { name: 'Your files' }).click();
  await page.getByLabel('Message to Wren').fill('How long until I get the deposit for the flat back?');
  await button('Send').click();
  await answered(page, 1);
  const sources = page.getByRole('list', { name: 'Sources of answer 1' });
  await sources.getByText(DEPOSIT).waitFor();
  const row = sources.getByRole('listitem').filter({ hasText: DEPOSIT });
  expect(await row.innerText()).toMatch(/lease\.docx, Lease › Leaving/);
  await accessibleEverywhere(page);

  await button('Why this answer?: answer 1').click();
  await page.getByText(/not what is true\./).waitFor({ timeout: 60_000 });
  for (const one of await sources.getByRole('listitem').allInnerTexts())
    expect(one).toMatch(/The answer rests on this|Mattered a little|Did not matter/);

  await row.getByRole('link', { name: /^Open the passage of source \d: lease\.docx$/ }).click();
  await page.getByRole('heading', { level: 1, name: 'lease.docx' }).waitFor();
  await until(lit).toBe(DEPOSIT);
  await button('Back to the answer').click();
  await sources.getByText(DEPOSIT).waitFor();
});

test('taken out, the folder is found no more, its quotes are gone, and a new answer says that nothing fits', async () => {
  await page.getByRole('link', { name: 'Knows', exact: true }).click();
  await page.getByRole('link', { name: /^All/ }).click();
  await button(`Take out: papers-${canary}`).click();
  await button('Take it out').click();
  await page.getByText(/ is taken out: 12 files, \d+ passages\.$/).waitFor();
  await page.getByLabel('Search by word or by meaning').fill(DEPOSIT);
  await page.getByRole('heading', { name: 'Nothing fits well enough' }).waitFor();

  await page.getByRole('link', { name: 'Chat', exact: true }).click();
  await page.getByRole('link', { name: /^How long until I get/ }).click();
  await page.getByText('Its file was taken out of your files, and the quote with it.').first().waitFor();
  expect(await main()).not.toContain(DEPOSIT);
  await page.getByLabel('Message to Wren').fill('Which lamp blinks when the pump has run dry?');
  await button('Send').click();
  await page.getByText('Looked in your files. Nothing fitted well enough.').waitFor();
});

test('no word of the files, and no name of their folder, lies anywhere in clear', () => {
  const places = placesSince(began, walk.folder).filter((place) => place !== dirname(docs));
  expect(filesWith([dirname(docs)], [canary])).not.toEqual([]);
  expect(filesWith(places, [canary])).toEqual([]);
  expect(walk.complaints).toEqual([]);
});
