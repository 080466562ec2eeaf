/** What `app://` answers, with which headers. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { headers } from './headers.ts';
import { CONFIRM, WINDOW } from './origins.ts';
import { answer, bothPages, type Pages } from './pages.ts';

let folder: string;
let pages: { window: Pages; confirm: Pages };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'daimon-pages-'));
  for (const [path, text] of Object.entries({
    'root/index.html': '<title>daimon</title>',
    'root/confirm/index.html': '<title>Confirm</title>',
    'root/assets/index.js': 'export {};',
    'root/assets/font.woff2': 'x',
    'secret.html': 'not ours',
  })) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  pages = await bothPages(join(folder, 'root'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const get = (url: string, method = 'GET') => answer({ url, method }, pages.window, WINDOW);

test('the window’s page and assets come with their types', async () => {
  expect(await get(`${WINDOW}/`).text()).toBe('<title>daimon</title>');
  expect(get(`${WINDOW}/`).headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(get(`${WINDOW}/assets/index.js`).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(get(`${WINDOW}/assets/font.woff2`).headers.get('content-type')).toBe('font/woff2');
  expect(get(`${WINDOW}/index.html?x#y`).status).toBe(200);
});

test.each([
  `${WINDOW}/../secret.html`,
  `${WINDOW}/%2e%2e/secret.html`,
  `${WINDOW}/..%2fsecret.html`,
  `${WINDOW}/assets/..\\..\\secret.html`,
  `${WINDOW}//etc/passwd`,
  `${WINDOW}/confirm/index.html`,
  `${WINDOW}/__proto__`,
  `${WINDOW}/index.html\0`,
  `${CONFIRM}/assets/index.js`,
  'app://daimonx/',
  'file:///etc/passwd',
])('%s is not there', (url) => expect(get(url).status).toBe(404));

test('nothing but GET is answered', () => {
  for (const method of ['POST', 'PUT', 'HEAD', 'DELETE']) expect(get(`${WINDOW}/`, method).status).toBe(405);
});

test('the confirm page has an origin of its own, with the assets and without the window', async () => {
  const one = (path: string) => answer({ url: `${CONFIRM}${path}`, method: 'GET' }, pages.confirm, CONFIRM);
  expect(await one('/confirm/').text()).toBe('<title>Confirm</title>');
  expect(one('/assets/index.js').status).toBe(200);
  expect(one('/').status).toBe(404);
  expect(one('/index.html').status).toBe(404);
  expect(answer({ url: `${WINDOW}/confirm/`, method: 'GET' }, pages.confirm, CONFIRM).status).toBe(404);
});

test('every answer forbids everything but our own scripts, styles and pictures; no connection at all', () => {
  for (const response of [get(`${WINDOW}/`), get(`${WINDOW}/gone`), get(`${WINDOW}/`, 'POST')]) {
    expect(response.headers.get('content-security-policy')?.split('; ').sort()).toEqual(
      [
        "base-uri 'none'",
        "connect-src 'none'",
        "default-src 'none'",
        "font-src 'self'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "img-src 'self' data: blob:",
        "require-trusted-types-for 'script'",
        "script-src 'self'",
        "style-src 'self'",
        'trusted-types svelte-trusted-html',
      ].sort(),
    );
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('permissions-policy')).toContain('camera=()');
  }
  expect(Object.values(headers).join()).not.toMatch(/wss?:|https?:|unsafe/);
});

test('without a built confirm window it says so, before anything opens', async () => {
  rmSync(join(folder, 'root', 'confirm'), { recursive: true });
  await expect(bothPages(join(folder, 'root'))).rejects.toMatchObject({ code: 'no-window' });
});
