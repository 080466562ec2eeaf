/** Personas are listed, made, changed without losing what the form does not show, and removed. */
import { expect, test } from 'vitest';
import { fakeId, livedInWorld } from '../../core/fake-world.ts';
import { openWindow } from '../../core/fake-window.ts';

const world = () => ({
  ...livedInWorld(),
  personas: [
    {
      id: fakeId(750),
      name: 'Editor',
      shape: { system: 'You are a patient editor.', temperature: 0.4, topK: 40 },
      createdAt: 1,
    },
  ],
});

test('a persona shows its first words and what else it sets', async () => {
  const { screen } = await openWindow(world(), { hash: '#/settings/personas' });
  await expect.element(screen.getByText('You are a patient editor.')).toBeVisible();
  await expect.element(screen.getByText('temperature 0.4')).toBeVisible();
});

test('a new one needs a name and a temperature that there is', async () => {
  const { screen, did } = await openWindow(livedInWorld(), { hash: '#/settings/personas' });
  await screen.getByRole('button', { name: 'New persona' }).click();
  await screen.getByRole('button', { name: 'Keep' }).click();
  await expect.element(screen.getByText(/It needs a name/)).toBeVisible();
  await screen.getByLabelText('Its name').fill('Cook');
  await screen.getByLabelText(/Temperature/).fill('3');
  await expect.element(screen.getByText(/Type a number from 0 to 2/)).toBeVisible();
  await screen.getByRole('button', { name: 'Keep' }).click();
  expect(did('assistant.persona')).toEqual([]);
  await screen.getByLabelText(/Temperature/).fill('0,7');
  await screen.getByLabelText('Model').selectOptions('SmolLM2 135M');
  await screen.getByRole('button', { name: 'Keep' }).click();
  await expect.element(screen.getByText('Cook', { exact: true })).toBeVisible();
  expect(did('assistant.persona')).toEqual([
    { name: 'Cook', shape: { temperature: 0.7, model: 'smollm2-135m-instruct-q4_1' } },
  ]);
});

test('a change keeps what the form does not show, and an emptied field takes its setting back', async () => {
  const { screen, did } = await openWindow(world(), { hash: '#/settings/personas' });
  await screen.getByRole('button', { name: 'Edit: Editor' }).click();
  await screen.getByLabelText('What it keeps to').fill('  ');
  await screen.getByRole('button', { name: 'Keep' }).click();
  await expect.element(screen.getByText('No instructions of its own')).toBeVisible();
  expect(did('assistant.persona')).toEqual([
    { id: fakeId(750), name: 'Editor', shape: { temperature: 0.4, topK: 40 } },
  ]);
});

test('removing asks first', async () => {
  const { screen, did } = await openWindow(world(), { hash: '#/settings/personas' });
  await screen.getByRole('button', { name: 'Remove: Editor' }).click();
  await expect.element(screen.getByText(/Conversations keep what was said/)).toBeVisible();
  expect(did('assistant.dismiss')).toEqual([]);
  await screen.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect.element(screen.getByText(/There is none yet/)).toBeVisible();
});
