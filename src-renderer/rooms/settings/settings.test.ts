/** Settings keep each change at once and show what is so; the record of connections adds up. */
import { expect, test } from 'vitest';
import { Fault } from '../../../src-main/wire/index.ts';
import { livedInWorld } from '../../core/fake-world.ts';
import { openWindow } from '../../core/fake-window.ts';

const open = (within = '') => openWindow(livedInWorld(), { hash: `#/settings/${within}` });

test('a theme is applied at once, and the system decides again', async () => {
  const { screen } = await open();
  await screen.getByRole('radio', { name: 'Dark' }).click();
  await expect.poll(() => document.documentElement.dataset['theme']).toBe('dark');
  await screen.getByRole('radio', { name: 'As the system' }).click();
  await expect.poll(() => document.documentElement.dataset['theme']).toBe(undefined);
});

test('a change that fails goes back to what is so, with the reason', async () => {
  const { screen, failNext, world } = await open();
  failNext('settings.set', new Fault('disk-full', 'The disk is full. The settings stay as they were.'));
  await screen.getByRole('radio', { name: 'After 30 minutes' }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent('The settings stay as they were');
  await expect.element(screen.getByRole('radio', { name: 'After 10 minutes' })).toBeChecked();
  expect(world.settings.idleMinutes).toBe(10);
});

test('idle time, context and graphics card are kept', async () => {
  const { screen, world } = await open();
  await screen.getByRole('radio', { name: 'Never by itself' }).click();
  await expect.poll(() => world.settings.idleMinutes).toBe(0);
  await screen.getByRole('radio', { name: /^8,192 tokens/ }).click();
  await expect.poll(() => world.settings.contextSize).toBe(8192);
  await screen.getByRole('switch', { name: 'Use the graphics card' }).click();
  await expect.poll(() => world.settings.gpu).toBe('off');
});

test('the password changes only with the present one', async () => {
  const { screen, world } = await open();
  await screen.getByLabelText('Your password now', { exact: true }).fill('wrong');
  await screen.getByLabelText('A new password', { exact: true }).fill('a new horse battery');
  await screen.getByRole('button', { name: 'Change the password' }).click();
  await expect.element(screen.getByText(/not the present password/)).toBeVisible();
  expect(world.password).toBe('correct horse battery');
  await screen.getByLabelText('Your password now', { exact: true }).fill('correct horse battery');
  await screen.getByRole('button', { name: 'Change the password' }).click();
  await expect.element(screen.getByText(/The password is changed/)).toBeVisible();
  expect(world.password).toBe('a new horse battery');
  await expect.element(screen.getByLabelText('A new password', { exact: true })).toHaveValue('');
});

test('every connection stands in the table with host, reason, bytes and outcome, and the total adds up', async () => {
  const { screen } = await open('left');
  await expect.element(screen.getByRole('row').nth(5)).toBeVisible();
  const rows = screen
    .getByRole('row')
    .elements()
    .map((row) => row.textContent);
  expect(rows[1]).toMatch(/models\.example.*Fetching Qwen3 4B.*812 bytes.*900 MB.*open now/);
  expect(rows[4]).toMatch(/packages\.example.*refused by the switch/);
  expect(rows[5]).toMatch(/All 4 connections shown.*2 kB.*998 MB/);
  await expect.element(screen.getByText(/Outside this record: set-up/)).toBeVisible();
});

test('in a narrow window each connection is a block in sight, and still a row of the table', async () => {
  const { screen } = await openWindow(livedInWorld(), { hash: '#/settings/left', width: 400 });
  await expect.element(screen.getByRole('row').nth(5)).toBeVisible();
  const region = screen.getByRole('region', { name: 'Connections, newest first' }).element();
  expect(region.scrollWidth).toBeLessThanOrEqual(region.clientWidth);
  const outcome = screen.getByRole('row').nth(4).getByRole('cell', { name: 'refused by the switch' });
  expect(outcome.element().getBoundingClientRect().right).toBeLessThanOrEqual(innerWidth);
  await expect.element(screen.getByRole('columnheader', { name: 'Outcome' })).toBeInTheDocument();
});

test('one switch cuts every connection, and the mark above says so', async () => {
  const { screen, did } = await open('left');
  await expect.element(screen.getByText(/connections are made only when you ask/)).toBeVisible();
  await screen.getByRole('switch', { name: 'Cut every connection' }).click();
  await expect.element(screen.getByText('Nothing leaves this computer', { exact: true })).toBeVisible();
  await expect.element(screen.getByRole('switch')).toBeChecked();
  expect(did('dial.cut')).toEqual([{ on: true }]);
});

test('a switch that could not be turned stays as it is', async () => {
  const { screen, failNext } = await open('left');
  failNext('dial.cut', new Fault('internal', 'Something unexpected went wrong; nothing was changed.'));
  await screen.getByRole('switch').click();
  await expect.element(screen.getByRole('alert')).toBeVisible();
  await expect.element(screen.getByRole('switch')).not.toBeChecked();
});

test('About names version and licence', async () => {
  const { screen } = await open('about');
  await expect.element(screen.getByText(/GNU General Public License, version 3 or later/)).toBeVisible();
  await expect.element(screen.getByText(/^\d+\.\d+\.\d+$/)).toBeVisible();
});
