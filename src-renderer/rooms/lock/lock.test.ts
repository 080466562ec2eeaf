/** The lock screen, and what a lock takes off the screen. */
import { expect, test } from 'vitest';
import { livedInWorld } from '../../core/fake-world.ts';
import { openWindow } from '../../core/fake-window.ts';

const locked = (jobs = 0) => {
  const world = livedInWorld();
  return { ...world, vault: { ...world.vault, state: 'locked' as const, jobs } };
};

test('a wrong password is told in a sentence, the field is empty again and has the focus', async () => {
  const { screen, world } = await openWindow(locked());
  const field = screen.getByLabelText('Password', { exact: true });
  await expect.element(field).toHaveFocus();
  await field.fill('wrong');
  await screen.getByRole('button', { name: 'Wake Wren' }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent('That is not the password');
  await expect.element(field).toHaveValue('');
  await expect.element(field).toHaveFocus();
  expect(world.vault.state).toBe('locked');
});

test('the right password opens the rooms', async () => {
  const { screen } = await openWindow(locked());
  await screen.getByLabelText('Password', { exact: true }).fill('correct horse battery');
  await screen.getByRole('button', { name: 'Wake Wren' }).click();
  await expect.element(screen.getByRole('navigation', { name: 'Rooms' })).toBeVisible();
  expect(document.title).toBe('Chat · Wren');
});

test('work that goes on behind the lock is told, and stopping it asks first', async () => {
  const { screen, did } = await openWindow(locked(2));
  await expect.element(screen.getByText(/2 pieces of work go on/)).toBeVisible();
  await screen.getByRole('button', { name: 'Stop everything' }).click();
  await expect.element(screen.getByRole('button', { name: 'Cancel' })).toHaveFocus();
  await screen.getByRole('dialog').getByRole('button', { name: 'Stop everything' }).click();
  await expect.element(screen.getByText(/nothing goes on behind the lock/)).toBeVisible();
  expect(did('vault.lock')).toEqual([{ stopAll: true }]);
});

test('the 24 words set a new password without a name, because everything here is kept', async () => {
  const { screen, decide, did } = await openWindow(locked());
  await screen.getByRole('button', { name: 'Use my 24 words' }).click();
  await screen.getByLabelText('A new password', { exact: true }).fill('another horse battery');
  await screen.getByRole('button', { name: 'Ask for my 24 words' }).click();
  await expect.element(screen.getByText(/Type your 24 words there/)).toBeVisible();
  decide(true);
  await expect.element(screen.getByRole('navigation', { name: 'Rooms' })).toBeVisible();
  expect(did('vault.restore')).toEqual([{ password: new TextEncoder().encode('another horse battery') }]);
});

test('locking leaves nothing personal on the screen or in the address', async () => {
  const { screen, session } = await openWindow(livedInWorld(), { hash: '#/own/keys' });
  await screen.getByRole('button', { name: 'Show address: Account 1' }).click();
  await expect.element(screen.getByText(/0x 9858/)).toBeVisible();
  await screen.getByRole('button', { name: 'Wren: settings, lock' }).first().click();
  await screen.getByRole('menuitem', { name: 'Lock now' }).click();
  await expect.element(screen.getByRole('heading', { name: 'Wren is asleep.' })).toBeVisible();
  expect(document.body.textContent).not.toContain('9858');
  expect(document.body.textContent).not.toContain('SmolLM2');
  expect(location.hash).toBe('');
  expect(session.work.models).toEqual([]);
  expect(session.work.jobs).toEqual([]);
});
