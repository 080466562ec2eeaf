/** Which addresses may be loaded, saved and opened: everything that is not named is refused. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CONFIRM, mayLoad, maySave, outsideLink, WINDOW } from './origins.ts';

const runs = process.env['DAIMON_LONG'] ? 10_000 : 1000;

test('a page loads its own files, its own blobs and pictures in the page', () => {
  for (const url of [`${WINDOW}/`, `${WINDOW}/assets/x.js`, `blob:${WINDOW}/1-2`, 'data:image/png;base64,AA'])
    expect([url, mayLoad(url, WINDOW)]).toEqual([url, true]);
});

test.each([
  `${CONFIRM}/`,
  'app://daimon.evil/',
  'app://daimonx/',
  'app://daimon@evil/',
  'app:daimon/',
  'file:///etc/passwd',
  'http://127.0.0.1:1/',
  'https://daimon/',
  'ws://127.0.0.1/',
  'blob:https://evil/1',
  'data:text/html,<script>1</script>',
  'chrome://gpu',
  'devtools://devtools/bundled/x',
  'javascript:1',
  'filesystem:app://daimon/x',
  '',
])('the window does not load %s', (url) => expect(mayLoad(url, WINDOW)).toBe(false));

test('no address of another scheme is ever loaded, whatever it is', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.webUrl(),
        fc.string(),
        fc.string().map((text) => `app://${text}`),
      ),
      (url) => {
        if (mayLoad(url, WINDOW)) expect(url.startsWith('app://daimon/') || url.startsWith('data:image/')).toBe(true);
      },
    ),
    { seed: 45, numRuns: runs },
  );
});

test('only what the page itself put together is saved', () => {
  expect(maySave(`blob:${WINDOW}/1`, WINDOW)).toBe(true);
  for (const url of [`${WINDOW}/index.html`, 'https://evil/x.exe', 'data:text/plain,x', `blob:${CONFIRM}/1`])
    expect(maySave(url, WINDOW)).toBe(false);
});

test('https alone is opened outside, written as the parser writes it', () => {
  for (const url of ['https://example.org/', 'https://example.org:8443/a?b=%20#c', 'https://xn--e1afmkfd.org/'])
    expect(outsideLink(url)).toBe(url);
});

test.each([
  'http://example.org',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'mailto:a@b.c',
  'smb://host/share',
  'ms-msdt:/id',
  'https:example.org',
  'https:///example.org\\@evil.org@x',
  'https://user@evil.org',
  'https://bank.example:pass@evil.org',
  ' https://example.org/',
  'HTTPS://example.org/',
  'https://example.org',
  'https://exаmple.org/',
  'https://example.org/../x',
  `https://example.org/${'x'.repeat(2048)}`,
  'https://',
  '',
  undefined,
  null,
  7,
  { toString: () => 'https://example.org' },
])('%j is not opened', (link) => expect(outsideLink(link)).toBeUndefined());
