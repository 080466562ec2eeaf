/** The confirm window's rules in a real Chromium, against a signer that is played: when Approve counts, and what it sends. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import type { Shown } from '../../src-main/signer/door.ts';
import '../tokens.css';
import '../base.css';
import './confirm.css';
import { openClient, type Fetch } from './client.ts';
import Confirm from './Confirm.svelte';
import { checkPhrase } from './phrase.ts';

const KEY = 'k'.repeat(43);
const TAB = 't'.repeat(43);
const DIGEST = `0x${'ab'.repeat(32)}`;
const where = { strong: 'On this computer', rest: 'nothing leaves it' };
const sign = (id: string, lines = 1): Shown => ({
  id,
  digest: DIGEST,
  left: 600_000,
  sheet: {
    kind: 'sign',
    where,
    title: `Sign ${id}?`,
    lede: 'Read it.',
    message: [
      { text: 'line\n'.repeat(lines) },
      { text: '\u202e', hidden: 'U+202E right-to-left override' },
      { text: '<b>x</b>' },
    ],
    rows: [
      { term: 'You give', text: 'A signature' },
      { term: 'Can it be undone?', warn: 'No.', text: 'It stays.' },
    ],
    approve: 'Sign',
  },
});
const words: Shown = { ...sign('words'), sheet: { ...sign('words').sheet, kind: 'words', approve: 'Show the words' } };
const restore: Shown = { ...sign('restore'), sheet: { ...sign('restore').sheet, kind: 'restore', approve: 'Restore' } };

interface Post {
  path: string;
  body: Record<string, unknown>;
}
/** A signer that shows what it is told to, and remembers what it was sent. */
function played(shown: Shown | null) {
  const posts: Post[] = [];
  let version = 1;
  let now = shown;
  let wake = () => {};
  const replies = new Map<string, () => [number, unknown]>();
  const fetch: Fetch = async (path, init) => {
    const body = JSON.parse(init.body as string) as Record<string, unknown>;
    posts.push({ path, body });
    const reply = replies.get(path)?.();
    if (reply) return new Response(JSON.stringify(reply[1]), { status: reply[0] });
    if (path === '/enter') return new Response(JSON.stringify({ tab: TAB, request: now?.id, digest: DIGEST }));
    if (path === '/pending') {
      if (body['seen'] === version)
        await new Promise<void>((resolve, reject) => {
          wake = resolve;
          init.signal?.addEventListener('abort', () => reject(new DOMException('left', 'AbortError')));
        });
      return new Response(JSON.stringify({ version, waiting: now ? 1 : 0, shown: now }));
    }
    return new Response('{}');
  };
  return {
    posts,
    replies,
    client: openClient({ key: KEY, fetch }),
    show(next: Shown | null) {
      now = next;
      version++;
      wake();
    },
    sent: (path: string) => posts.filter((post) => post.path === path).map((post) => post.body),
  };
}
const main = (name: string) => page.getByRole('button', { name, exact: true });

beforeEach(async () => {
  await page.viewport(1000, 800);
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
});

describe('Approve', () => {
  test('stays shut for half a second, then sends the digest, the attention and the last row', async () => {
    const signer = played(sign('one'));
    await render(Confirm, { client: signer.client });
    await expect.element(main('Sign')).toHaveAttribute('aria-disabled', 'true');
    (main('Sign').element() as HTMLElement).click();
    expect(signer.sent('/approve')).toEqual([]);
    await expect.element(main('Sign')).toHaveAttribute('aria-disabled', 'false');
    await main('Sign').click();
    await expect.element(page.getByRole('heading', { name: 'Signed.' })).toBeVisible();
    const [sent] = signer.sent('/approve');
    expect(sent).toMatchObject({ tab: TAB, request: 'one', digest: DIGEST, sawLast: true });
    expect(sent!['focusedMs']).toBeGreaterThanOrEqual(500);
  });

  test('does not open while the window has no focus, and starts anew when it was lost', async () => {
    const focus = vi.spyOn(document, 'hasFocus').mockReturnValue(false);
    const signer = played(sign('one'));
    await render(Confirm, { client: signer.client });
    await expect.element(page.getByText('Click into this window first.')).toBeVisible();
    await new Promise((resolve) => setTimeout(resolve, 700));
    await expect.element(main('Sign')).toHaveAttribute('aria-disabled', 'true');
    focus.mockReturnValue(true);
    await expect.element(main('Sign')).toHaveAttribute('aria-disabled', 'false');
    focus.mockReturnValue(false);
    await expect.element(main('Sign')).toHaveAttribute('aria-disabled', 'true');
  });

  test('does not open before the last row was in view, and says so', async () => {
    await page.viewport(400, 420);
    const signer = played(sign('one', 300));
    const { container } = await render(Confirm, { client: signer.client });
    await new Promise((resolve) => setTimeout(resolve, 700));
    await expect.element(main('Sign')).toHaveAttribute('aria-disabled', 'true');
    await expect.element(page.getByText('Read to the end first.')).toBeVisible();
    container.querySelector('dd:last-of-type')!.scrollIntoView();
    await expect.element(main('Sign')).toHaveAttribute('aria-disabled', 'false');
  });

  test('begins anew for the next request', async () => {
    const signer = played(sign('one'));
    await render(Confirm, { client: signer.client });
    await expect.element(main('Sign')).toHaveAttribute('aria-disabled', 'false');
    signer.show(sign('two'));
    await expect.element(page.getByRole('heading', { name: 'Sign two?' })).toBeVisible();
    expect(main('Sign').element().getAttribute('aria-disabled')).toBe('true');
    await expect.element(main('Cancel')).toHaveFocus();
  });
});

test('Cancel has the focus; Escape refuses', async () => {
  const signer = played(sign('one'));
  await render(Confirm, { client: signer.client });
  await expect.element(main('Cancel')).toHaveFocus();
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
  await expect.element(page.getByRole('heading', { name: 'Refused. Nothing was done.' })).toBeVisible();
  expect(signer.sent('/refuse')).toEqual([{ tab: TAB, request: 'one' }]);
});

test('a message is text: no element of it is made, hidden characters are named', async () => {
  const signer = played(sign('one'));
  const { container } = await render(Confirm, { client: signer.client });
  await expect.element(page.getByText('U+202E right-to-left override')).toBeVisible();
  await expect.element(page.getByText('<b>x</b>')).toBeVisible();
  expect(container.querySelector('pre b')).toBeNull();
  expect(container.querySelector('pre')!.textContent).not.toContain('\u202e');
});

test('the signer’s own sentence is shown when it refuses, and the request stays', async () => {
  const signer = played(sign('one'));
  signer.replies.set('/approve', () => [
    400,
    { code: 'too-soon', message: 'Read it to the end first, says the signer.' },
  ]);
  await render(Confirm, { client: signer.client });
  await expect.element(main('Sign')).toHaveAttribute('aria-disabled', 'false');
  await main('Sign').click();
  await expect.element(page.getByText(/says the signer/)).toBeVisible();
  await expect.element(main('Sign')).toBeVisible();
});

test('words need the password, and leave the page with "written down"', async () => {
  const signer = played(words);
  const list = Array.from({ length: 24 }, (_, i) => `word${i}`);
  signer.replies.set('/words', () => [200, { words: list, name: 'Wren', createdAt: 0 }]);
  const { container } = await render(Confirm, { client: signer.client });
  await expect.element(page.getByText('Type your password first.')).toBeVisible();
  await page.getByLabelText('Your password', { exact: true }).fill('pässword');
  await expect.element(main('Show the words')).toHaveAttribute('aria-disabled', 'false');
  await main('Show the words').click();
  await expect.element(page.getByText('word23')).toBeVisible();
  expect(container.querySelectorAll('ol.words li')).toHaveLength(24);
  expect(signer.sent('/words')[0]).toMatchObject({ digest: DIGEST, password: 'cMOkc3N3b3Jk' });
  await main('I have written them down').click();
  await expect.element(page.getByRole('heading', { name: 'Kept in your hand only.' })).toBeVisible();
  expect(container.textContent).not.toContain('word23');
});

test('24 words are checked while typed and sent as they are', async () => {
  const signer = played(restore);
  await render(Confirm, { client: signer.client });
  const field = page.getByLabelText('Your 24 words');
  await field.fill('abandon zzz abandon ');
  await expect.element(page.getByRole('alert').getByText(/Word 2 is not in the list/)).toBeVisible();
  await field.fill('abandon '.repeat(24));
  await expect.element(main('Restore')).toHaveAttribute('aria-disabled', 'false');
  await main('Restore').click();
  await expect.element(page.getByRole('heading', { name: 'Restored.' })).toBeVisible();
  expect(atob(signer.sent('/restore')[0]!['phrase'] as string)).toBe('abandon '.repeat(24));
});

test('nothing waiting, a used address and a signer that is gone each say what to do', async () => {
  const idle = played(null);
  const first = await render(Confirm, { client: idle.client });
  await expect.element(page.getByRole('heading', { name: 'Nothing is waiting for you.' })).toBeVisible();
  await first.unmount();
  const stale = played(null);
  stale.replies.set('/enter', () => [401, { code: 'tab-unknown', message: 'used' }]);
  const second = await render(Confirm, { client: stale.client });
  await expect.element(page.getByRole('heading', { name: 'This window is too old.' })).toBeVisible();
  await second.unmount();
  const gone = openClient({ key: KEY, fetch: () => Promise.reject(new TypeError('failed')) });
  await render(Confirm, { client: gone });
  await expect.element(page.getByRole('heading', { name: 'daimon is asleep.' })).toBeVisible();
});

test('the word being typed is left alone while it may still become one', () => {
  expect(checkPhrase('abandon aban')).toEqual({ count: 2, unknown: [] });
  expect(checkPhrase('abandon aban ')).toEqual({ count: 2, unknown: [2] });
  expect(checkPhrase('abandon xq')).toEqual({ count: 2, unknown: [2] });
  expect(checkPhrase('1. Abandon\n2. ABILITY')).toEqual({ count: 2, unknown: [] });
  expect(checkPhrase('')).toEqual({ count: 0, unknown: [] });
});
