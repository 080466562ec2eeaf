/** The shell: places, keys, focus, titles, the narrow window, and a core that goes away. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { livedInWorld } from '../core/fake-world.ts';
import { openWindow } from '../core/fake-window.ts';

test('only places whose rooms stand are shown', async () => {
  const { screen } = await openWindow(livedInWorld());
  const rail = screen.getByRole('navigation', { name: 'Rooms' });
  await expect.element(rail).toBeVisible();
  expect(
    rail
      .getByRole('link')
      .elements()
      .map((link) => link.textContent),
  ).toEqual(['Chat', 'Knows', 'Own', 'Settings']);
});

test('Ctrl with a digit goes to a place, the page has the focus, and the title says where one is', async () => {
  const { screen } = await openWindow(livedInWorld());
  await expect.element(screen.getByRole('navigation', { name: 'Rooms' })).toBeVisible();
  await userEvent.keyboard('{Control>}5{/Control}');
  await expect.poll(() => location.hash).toBe('#/own');
  await expect.element(screen.getByRole('main')).toHaveFocus();
  await expect.poll(() => document.title).toBe('Own · Wren');
  await userEvent.keyboard('{Control>}7{/Control}');
  await expect.poll(() => document.title).toBe('Settings · Wren');
  await userEvent.keyboard('{Control>}1{/Control}');
  await expect.poll(() => document.title).toBe('Chat · Wren');
});

test('the first Tab offers to skip to the page, and the place stays', async () => {
  const { screen } = await openWindow(livedInWorld(), { hash: '#/own' });
  await expect.element(screen.getByRole('heading', { level: 1 })).toBeVisible();
  await userEvent.tab();
  await expect.element(screen.getByRole('link', { name: 'Skip to the page' })).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  await expect.element(screen.getByRole('main')).toHaveFocus();
  expect(location.hash).toBe('#/own');
});

test('the menu opens, is walked with arrows, and gives the focus back on Esc', async () => {
  const { screen } = await openWindow(livedInWorld());
  const button = screen.getByRole('button', { name: 'Wren: settings, lock' }).first();
  await button.click();
  await expect.element(screen.getByRole('menuitem', { name: 'Settings' })).toHaveFocus();
  await userEvent.keyboard('{ArrowDown}');
  await expect.element(screen.getByRole('menuitem', { name: 'Lock now' })).toHaveFocus();
  await userEvent.keyboard('{Escape}');
  await expect.element(button).toHaveFocus();
});

test('in a narrow window the list opens from the top bar, Esc closes it, and the focus returns', async () => {
  const { screen } = await openWindow(livedInWorld(), { hash: '#/own', width: 400 });
  const opener = screen.getByRole('button', { name: 'What is yours' });
  await opener.click();
  await expect.element(screen.getByRole('link', { name: /Everything/ })).toHaveFocus();
  await userEvent.keyboard('{Escape}');
  await expect.element(opener).toHaveFocus();
  await opener.click();
  await screen.getByRole('complementary').getByRole('link', { name: 'Keys' }).click();
  await expect.poll(() => location.hash).toBe('#/own/keys');
  await expect.element(opener).toHaveAttribute('aria-expanded', 'false');
});

test('nothing on a page is wider than a narrow window', async () => {
  for (const hash of [
    '#/own',
    '#/own/models',
    '#/settings',
    '#/settings/personas',
    '#/settings/bring',
    '#/settings/left',
    '#/settings/about',
  ]) {
    const { screen } = await openWindow(livedInWorld(), { hash, width: 400 });
    await expect.element(screen.getByRole('heading', { level: 1 })).toBeVisible();
    const main = screen.getByRole('main').element();
    expect(main.scrollWidth, hash).toBeLessThanOrEqual(main.clientWidth);
    await screen.unmount();
  }
});

test('a lost connection is told, the words on the screen stay, and the rooms go on when it is back', async () => {
  const { screen, link, session } = await openWindow(livedInWorld(), { hash: '#/own/keys' });
  await screen.getByRole('button', { name: 'Sign a message' }).click();
  await screen.getByLabelText('The message').fill('words of mine');
  link.turn('lost');
  const told = screen.getByRole('status').filter({ hasText: /The connection to daimon was lost/ });
  await expect.element(told).toBeVisible();
  // It pushes the rooms down, and covers nothing of theirs.
  const app = document.querySelector('.app')!.getBoundingClientRect();
  expect(app.top).toBeGreaterThanOrEqual(told.element().getBoundingClientRect().bottom);
  expect(app.bottom).toBeLessThanOrEqual(innerHeight);
  await screen.getByRole('button', { name: 'Ask for the signature' }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent('your words stay here');
  await expect.element(screen.getByLabelText('The message')).toHaveValue('words of mine');
  expect(session.vault?.state).toBe('unlocked');
});

test('a link from outside opens a place of ours, and nothing else', async () => {
  let ask = (_place: string) => {};
  const left = vi.fn();
  vi.stubGlobal('daimon', {
    pathOf: () => undefined,
    onPlace: (on: typeof ask) => {
      ask = on;
      return left;
    },
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  const { screen, session, did } = await openWindow(livedInWorld());
  await expect.element(screen.getByRole('navigation', { name: 'Rooms' })).toBeVisible();
  ask('#/own/models');
  await expect.element(screen.getByRole('heading', { name: /here to think with/ })).toBeVisible();
  for (const bad of ['javascript:alert(1)', '#/chat/<script>', 'lock', '#key=abcdefgh', '../own']) ask(bad);
  expect(location.hash).toBe('#/own/models');
  expect(did('vault.lock')).toEqual([]);
  session.close();
  expect(left).toHaveBeenCalled();
});

test('a refused address says how to get a fresh one', async () => {
  const { screen, link } = await openWindow(livedInWorld());
  link.turn('refused');
  await expect.element(screen.getByText('npm start')).toBeVisible();
  expect(document.body.textContent).not.toContain('SmolLM2');
});
