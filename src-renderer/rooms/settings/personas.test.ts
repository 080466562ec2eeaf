/** Personas are listed, made, changed and removed. */
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

test('a new one needs a name, and settings that there are', async () => {
  const { screen, did } = await openWindow(livedInWorld(), { hash: '#/settings/personas' });
  await screen.getByRole('button', { name: 'New persona' }).click();
  await screen.getByRole('button', { name: 'Keep' }).click();
  await expect.element(screen.getByText(/It needs a name/)).toBeVisible();
  await screen.getByLabelText('Its name').fill('Cook');
  await screen.getByLabelText(/^Longest answer/).fill('few');
  await screen.getByRole('button', { name: 'Keep' }).click();
  await expect.element(screen.getByText(/A setting above cannot be used/)).toBeVisible();
  expect(did('assistant.persona')).toEqual([]);
  await screen.getByLabelText(/^Longest answer/).fill('300');
  await screen.getByLabelText('Model').selectOptions('SmolLM2 135M');
  await screen.getByRole('button', { name: 'Keep' }).click();
  await expect.element(screen.getByText('Cook', { exact: true })).toBeVisible();
  expect(did('assistant.persona')).toEqual([
    { name: 'Cook', shape: { maxTokens: 300, model: 'smollm2-135m-instruct-q4_1' } },
  ]);
});

test('a change keeps the other settings, and an emptied field takes its setting back', async () => {
  const { screen, did } = await openWindow(world(), { hash: '#/settings/personas' });
  await screen.getByRole('button', { name: 'Edit: Editor' }).click();
  await screen.getByLabelText('Instructions (system prompt)').fill('  ');
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
