/** The confirm window in a real Chromium, served by a real signer process: sign, words, restore, and who may not come in. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Pending } from '../../src-main/vault/door.ts';
import { testHost } from '../../src-main/vault/host.fixture.ts';
import { openVault, type Vault } from '../../src-main/vault/vault.ts';
import { messageSigner } from '../../src-main/signer/ethereum.ts';
import { temporaryFolder, type TemporaryFolder } from '../fakes/folder.ts';
import { keptLog } from '../fakes/log.ts';

const executablePath = process.env['DAIMON_CHROMIUM'] ?? '/usr/bin/chromium';
/** Where pictures of each state go, when somebody wants to look at them. */
const shots = process.env['DAIMON_SHOTS'];
const PASSWORD = 'correct horse battery';
const WORDS = 'abandon '.repeat(23) + 'art';
const bytes = (text: string) => new TextEncoder().encode(text);
const never = new AbortController().signal;

let built: TemporaryFolder;
let browser: Browser;
let folder: TemporaryFolder;
let context: BrowserContext;
let vault: Vault;
let host: ReturnType<typeof testHost>;

beforeAll(async () => {
  built = temporaryFolder();
  await build({
    logLevel: 'error',
    // Not the whole window: only what the signer serves.
    configFile: false,
    root: 'src-renderer',
    base: './',
    plugins: [svelte({ configFile: '../svelte.config.js' })],
    build: {
      outDir: built.path,
      emptyOutDir: true,
      target: 'chrome140',
      modulePreload: { polyfill: false },
      rollupOptions: { input: { confirm: 'src-renderer/confirm/index.html' } },
    },
  });
  browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
    ],
  });
});
afterAll(async () => {
  await browser?.close();
  built?.[Symbol.dispose]();
});
beforeEach(async () => {
  folder = temporaryFolder();
  host = testHost({ windowFolder: built.path });
  vault = openVault({
    host,
    dataFolder: folder.path,
    log: keptLog(),
    clock: { now: () => Date.now() },
    onUnlocked() {},
    onLocked() {},
    idleMinutes: () => 0,
  });
  // Colours that are just crossing over would be judged by axe as they are that moment.
  context = await browser.newContext({ viewport: { width: 1200, height: 800 }, reducedMotion: 'reduce' });
  context.setDefaultTimeout(15_000);
});
afterEach(async () => {
  await context.close();
  await vault.close();
  for (const child of host.children) await child.exited;
  folder[Symbol.dispose]();
});

const create = () => vault.handlers['vault.create']({ name: 'Wren', password: bytes(PASSWORD) } as never, never);

/** Starts a request and opens its redirect file, as the person's browser would. */
async function begin<T extends { kind: string }>(stream: AsyncIterable<T>) {
  const items = stream[Symbol.asyncIterator]();
  const first = await items.next();
  const { pending } = first.value as unknown as { pending: Pending };
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`file://${pending.open!}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('heading', { name: 'Asking the signer' }).waitFor({ state: 'detached' });
  const rest = items.next().then(({ value }) => value as Extract<T, { kind: 'done' }>);
  rest.catch(() => {});
  return { page, pending, rest, complaints };
}

async function look(page: Page, name: string) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  for (const width of [400, 1200, 1920])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      // Colours take a moment to cross over.
      await page.waitForTimeout(200);
      await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`) });
    }
  await page.setViewportSize({ width: 1200, height: 800 });
}

/** axe over the page as it is; the policy forbids injected scripts, so it is evaluated from outside. */
async function accessible(page: Page) {
  await page.evaluate(axe.source);
  const result = await page.evaluate(() =>
    (
      globalThis as never as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe.run(),
  );
  expect(result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}

describe('signing', () => {
  const message =
    'Pay Deniz 5 DAI.\nSigned for \u202ereversed\u202c and \u200b\u200bnothing <b>bold</b> <img src=x onerror=alert(1)>';

  test('the message is drawn as text with its hidden characters, and Approve signs it', async () => {
    await create();
    const { page, rest, complaints } = await begin(vault.handlers['vault.sign']({ message, account: 0 }, never));
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Sign this message as Wren?');
    expect(new URL(page.url()).hash).toBe('');
    await expect.poll(() => page.getByText('U+202E right-to-left override').count()).toBe(1);
    await expect.poll(() => page.getByText('U+200B zero-width space × 2').count()).toBe(1);
    expect(await page.locator('pre img, pre b').count()).toBe(0);
    expect(await page.locator(':focus').textContent()).toContain('Cancel');
    await expect.poll(() => page.getByRole('button', { name: 'Sign' }).getAttribute('aria-disabled')).toBe('false');
    await look(page, 'sign');
    await accessible(page);
    await page.getByRole('button', { name: 'Sign' }).click();
    const done = await rest;
    expect(messageSigner(message, done.signature)).toBe(done.address);
    await page.getByRole('heading', { name: 'Signed.' }).waitFor();
    await look(page, 'signed');
    expect(complaints).toEqual([]);
    expect(readdirSync(folder.path)).toEqual(['vault.json']);
  });

  test('reloading ends the way in: the secret of the tab was only in memory', async () => {
    await create();
    const { page, rest } = await begin(vault.handlers['vault.sign']({ message: 'x', account: 0 }, never));
    await page.reload();
    await page.getByRole('heading', { name: 'This window is too old.' }).waitFor();
    await look(page, 'stale');
    await vault.lock();
    await expect(rest).rejects.toMatchObject({ code: 'locked' });
  });

  test('Approve refuses and says why until the last row was seen; Cancel refuses the request', async () => {
    await create();
    const { page, rest } = await begin(
      vault.handlers['vault.sign']({ message: 'line\n'.repeat(400), account: 0 }, never),
    );
    await page.setViewportSize({ width: 400, height: 480 });
    const button = page.getByRole('button', { name: 'Sign' });
    // The first layout was tall enough to show it all; a new request is drawn small from the start.
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(rest).rejects.toMatchObject({ code: 'refused' });
    await page.getByRole('heading', { name: 'Refused. Nothing was done.' }).waitFor();
    const more = vault.handlers['vault.sign']({ message: 'again\n'.repeat(400), account: 0 }, never)[
      Symbol.asyncIterator
    ]();
    await more.next();
    await button.waitFor();
    await page.waitForTimeout(900);
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    // Forced: a browser would not hold this click back, aria-disabled only says so.
    await button.click({ force: true });
    await page.getByText('Read to the end first.').waitFor();
    await page.getByText('stays valid.').scrollIntoViewIfNeeded();
    await expect.poll(() => button.getAttribute('aria-disabled')).toBe('false');
    await button.click();
    expect((await more.next()).value).toMatchObject({ kind: 'done' });
  });

  test('an open window draws the next request by itself, and says when the signer is gone', async () => {
    await create();
    const { page, rest } = await begin(vault.handlers['vault.sign']({ message: 'one', account: 0 }, never));
    await expect.poll(() => page.getByRole('button', { name: 'Sign' }).getAttribute('aria-disabled')).toBe('false');
    await page.getByRole('button', { name: 'Sign' }).click();
    await rest;
    const more = vault.handlers['vault.sign']({ message: 'two', account: 0 }, never)[Symbol.asyncIterator]();
    await more.next();
    await page.locator('pre').getByText('two').waitFor();
    const second = more.next();
    second.catch(() => {});
    await vault.lock();
    await page.getByRole('heading', { name: /Signed|asleep/ }).waitFor();
    await look(page, 'lost');
    await expect(second).rejects.toMatchObject({ code: 'locked' });
  });
});

test('the 24 words are shown after the password, and no file ever holds them', async () => {
  await create();
  const { page, rest, complaints } = await begin(vault.handlers['vault.words']({}, never));
  await look(page, 'words-ask');
  await accessible(page);
  const show = page.getByRole('button', { name: 'Show the words' });
  await page.getByLabel('Your password', { exact: true }).fill('wrong horse');
  await expect.poll(() => show.getAttribute('aria-disabled')).toBe('false');
  await show.click();
  await page.getByText('That is not the password').waitFor();
  await page.getByLabel('Your password', { exact: true }).fill(PASSWORD);
  await show.click();
  await page.getByRole('heading', { name: 'The 24 words of Wren', exact: true }).waitFor();
  const words = await page.locator('ol.words b').allTextContents();
  expect(words).toHaveLength(24);
  await look(page, 'words');
  await accessible(page);
  await page.emulateMedia({ media: 'print' });
  expect(await page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false);
  expect(await page.locator('ol.words b').first().isVisible()).toBe(true);
  if (shots) await page.screenshot({ path: join(shots, 'words-print.png') });
  await page.emulateMedia({ media: 'screen' });
  await page.getByRole('button', { name: 'I have written them down' }).click();
  expect(await rest).toEqual({ kind: 'done' });
  expect(vault.status().wordsSeen).toBe(true);
  for (const name of readdirSync(folder.path)) {
    const text = readFileSync(folder.file(name), 'latin1');
    expect(text).not.toContain(words.slice(0, 2).join(' '));
    expect(text).not.toContain(PASSWORD);
  }
  // The wrong password is the one complaint (the browser notes the 400).
  expect(complaints.filter((text) => !text.includes('400'))).toEqual([]);
});

test('24 words restore the keys; a slip is named by its number', async () => {
  const stream = vault.handlers['vault.restore']({ name: 'Wren', password: bytes(PASSWORD) } as never, never);
  const { page, rest } = await begin(stream);
  const field = page.getByRole('textbox', { name: 'Your 24 words' });
  await look(page, 'restore');
  await field.fill(WORDS.replace('abandon abandon', 'abandon abandn') + ' ');
  await page.getByRole('alert').getByText('Word 2 is not in the list.').waitFor();
  await look(page, 'restore-slip');
  await accessible(page);
  await field.fill('abandon '.repeat(24));
  const button = page.getByRole('button', { name: 'Restore' });
  await expect.poll(() => button.getAttribute('aria-disabled')).toBe('false');
  await button.click();
  await page.getByText('together they do not fit').waitFor();
  await field.fill(WORDS);
  await button.click();
  expect(await rest).toMatchObject({ status: { state: 'unlocked', name: 'Wren', wordsSeen: true } });
  const { accounts } = await vault.handlers['vault.accounts']({ count: 1 }, never);
  // The address of this public phrase, as every EVM wallet derives it.
  expect(accounts[0]!.address).toBe('0xF278cF59F82eDcf871d630F28EcC8056f25C1cdb');
});

describe('strangers', () => {
  /** One raw request with exactly these headers; answers its status. */
  const raw = (port: number, path: string, method: string, headers: Record<string, string>, body = '{}') =>
    new Promise<number>((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode!);
      });
      asked.once('error', reject);
      asked.end(method === 'POST' ? body : undefined);
    });

  test('only the exact Host, Origin and type are looked at; wrong keys open nothing', async () => {
    await create();
    const items = vault.handlers['vault.sign']({ message: 'x', account: 0 }, never)[Symbol.asyncIterator]();
    const { value } = (await items.next()) as { value: { pending: Pending } };
    const [, port_, key] = /127\.0\.0\.1:(\d+)\/confirm\/#([\w-]+)/.exec(readFileSync(value.pending.open!, 'utf8'))!;
    const port = Number(port_);
    const host = `127.0.0.1:${port}`;
    const good = { host, origin: `http://${host}`, 'content-type': 'application/json' };
    const enter = JSON.stringify({ key });
    const attacks: [string, Record<string, string>][] = [
      ['another origin', { ...good, origin: 'https://evil.example' }],
      ['origin null', { ...good, origin: 'null' }],
      ['origin with a suffix', { ...good, origin: `http://${host}.evil.example` }],
      ['https origin', { ...good, origin: `https://${host}` }],
      ['another port', { ...good, origin: 'http://127.0.0.1:1' }],
      ['host localhost', { ...good, host: `localhost:${port}` }],
      ['a rebound host', { ...good, host: `evil.example:${port}` }],
      ['host 0.0.0.0', { ...good, host: `0.0.0.0:${port}` }],
      ['a form', { ...good, 'content-type': 'text/plain' }],
      ['cross-site', { ...good, 'sec-fetch-site': 'cross-site' }],
      ['same-site', { ...good, 'sec-fetch-site': 'same-site' }],
    ];
    for (const [name, headers] of attacks)
      expect([name, await raw(port, '/enter', 'POST', headers, enter)]).toEqual([name, 403]);
    const { origin: _origin, ...originless } = good;
    expect(await raw(port, '/enter', 'POST', originless, enter)).toBe(403);
    expect(await raw(port, '/enter', 'GET', { host })).toBe(404);
    expect(await raw(port, '/approve', 'OPTIONS', good)).toBe(403);
    expect(await raw(port, '/../vault.json', 'GET', { host })).toBe(404);
    expect(await raw(port, '/assets/../confirm/index.html', 'GET', { host })).toBe(404);
    expect(
      await raw(port, '/assets/x.js', 'GET', { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }),
    ).toBe(403);
    expect(await raw(port, '/enter', 'POST', good, JSON.stringify({ key: 'A'.repeat(43) }))).toBe(401);
    expect(await raw(port, '/pending', 'POST', good, JSON.stringify({ tab: 'A'.repeat(43), seen: 0 }))).toBe(401);
    expect(await raw(port, '/__proto__', 'POST', good)).toBe(404);
    expect(await raw(port, '/enter', 'POST', good, 'x'.repeat(20_000))).toBe(400);
    // After all that the one rightful visitor still comes in, once.
    expect(await raw(port, '/enter', 'POST', good, enter)).toBe(200);
    expect(await raw(port, '/enter', 'POST', good, enter)).toBe(401);
  });

  test('an Approve within half a second, or for another digest, is refused by the signer itself', async () => {
    await create();
    const items = vault.handlers['vault.sign']({ message: 'x', account: 0 }, never)[Symbol.asyncIterator]();
    const { value } = (await items.next()) as { value: { pending: Pending } };
    const [, origin, key] = /(http:\/\/127\.0\.0\.1:\d+)\/confirm\/#([\w-]+)/.exec(
      readFileSync(value.pending.open!, 'utf8'),
    )!;
    const post = async (path: string, input: unknown) =>
      (await (
        await fetch(`${origin}${path}`, {
          method: 'POST',
          headers: { origin: origin!, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
          body: JSON.stringify(input),
        })
      ).json()) as { tab?: string; request?: string; code?: string };
    const { tab, request: id } = await post('/enter', { key });
    const lie = { tab, request: id, digest: value.pending.digest, focusedMs: 5000, sawLast: true };
    // Never handed out at all, then handed out a moment ago.
    expect(await post('/approve', lie)).toMatchObject({ code: 'too-soon' });
    await post('/pending', { tab, seen: 0 });
    expect(await post('/approve', lie)).toMatchObject({ code: 'too-soon' });
    await new Promise((resolve) => setTimeout(resolve, 550));
    expect(await post('/approve', { ...lie, sawLast: false })).toMatchObject({ code: 'too-soon' });
    expect(await post('/approve', { ...lie, focusedMs: 100 })).toMatchObject({ code: 'too-soon' });
    expect(await post('/approve', { ...lie, digest: `0x${'11'.repeat(32)}` })).toMatchObject({ code: 'other-digest' });
    expect(await post('/approve', lie)).toEqual({});
    expect((await items.next()).value).toMatchObject({ kind: 'done' });
  });
});
