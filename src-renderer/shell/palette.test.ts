/** The palette: opened, typed into, walked and chosen from by keys; the focus comes back; words in messages are found last. */
import axe from 'axe-core';
import { expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { Conversation } from '../../src-main/assistant/door.ts';
import { fakeId, livedInWorld, model, type World } from '../core/fake-world.ts';
import { openWindow, type WindowOptions } from '../core/fake-window.ts';

const many = (n: number): World => {
  const world = livedInWorld();
  const [first] = world.conversations;
  const more = Array.from({ length: n }, (_, i): Conversation => ({
    ...first!,
    id: fakeId(10_000 + i),
    title: `Handout for week ${i}`,
    changedAt: first!.changedAt - 1000 * (i + 1),
  }));
  return { ...world, conversations: [...world.conversations, ...more] };
};
async function opened(world = livedInWorld(), options: WindowOptions = {}) {
  const all = await openWindow(world, options);
  const { screen } = all;
  await expect.element(screen.getByRole('navigation', { name: 'Rooms' })).toBeVisible();
  await expect.poll(() => all.session.conversations.here).toBe(true);
  await userEvent.keyboard('{Control>}k{/Control}');
  const field = screen.getByRole('combobox');
  await expect.element(field).toHaveFocus();
  const names = () =>
    screen
      .getByRole('option')
      .elements()
      .map((option) => option.querySelector('.one')!.textContent);
  const active = () => document.querySelector('[role=option][aria-selected=true] .one')?.textContent;
  return { ...all, field, names, active };
}

test('Ctrl K opens it with the newest conversations, places and commands; Esc closes it and the focus returns', async () => {
  const { screen } = await openWindow(livedInWorld(), { hash: '#/own/models' });
  const link = screen.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'Own' });
  await expect.element(link).toBeVisible();
  (link.element() as HTMLElement).focus();
  await userEvent.keyboard('{Control>}k{/Control}');
  await expect.element(screen.getByRole('combobox')).toHaveFocus();
  await expect.element(screen.getByRole('group', { name: 'Newest conversations' })).toBeVisible();
  await expect.element(screen.getByRole('option', { name: /The winter of the boat/ })).toBeVisible();
  await expect.element(screen.getByRole('option', { name: 'Lock now' })).toBeInTheDocument();
  (document.activeElement as HTMLElement).closest('dialog')!.requestClose();
  await expect.element(link).toHaveFocus();
  expect(location.hash).toBe('#/own/models');
});

test('arrow keys walk, the field says which row they are at, and Enter opens it with the field to write in focused', async () => {
  const { screen, field, active } = await opened();
  expect(active()).toBe('The winter of the boat');
  await userEvent.keyboard('{ArrowDown}');
  expect(active()).toBe('A letter to the council');
  const row = document.getElementById(field.element().getAttribute('aria-activedescendant')!);
  expect(row?.textContent).toContain('A letter to the council');
  await userEvent.keyboard('{ArrowUp}{ArrowUp}');
  expect(active()).toBe('Lock now');
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}');
  await expect.poll(() => location.hash).toBe(`#/chat/${fakeId(2)}`);
  await expect.element(screen.getByRole('textbox', { name: 'Message to Wren' })).toHaveFocus();
});

test('words find conversations by title in any order, places by other names, commands by what they do', async () => {
  const { field, names } = await opened();
  await field.fill('boat win');
  await expect.poll(names).toEqual(['The winter of the boat']);
  await field.fill('chatgpt');
  await expect.poll(names).toEqual(['Import from ChatGPT or Claude', 'Export all conversations', 'Bring and take']);
  await field.fill('dark');
  await expect.poll(names).toEqual(['Dark colours']);
  await field.fill('lock');
  await expect.poll(() => names()[0]).toBe('Lock now');
});

test('with 5,000 conversations no more than fifty rows are drawn, and the list is not asked for again', async () => {
  const { field, names, did } = await opened(many(5000));
  const before = did('assistant.conversations').length;
  expect(names().length).toBeLessThanOrEqual(50);
  await field.fill('week 49');
  await expect.poll(() => names()[0]).toBe('Handout for week 49');
  expect(names().length).toBeLessThanOrEqual(50);
  expect(did('assistant.conversations')).toHaveLength(before);
});

test('words in messages come last, are asked for once the keys rest, and lead to the message on its branch', async () => {
  const hit = {
    conversation: fakeId(1),
    message: fakeId(12),
    title: 'The winter of the boat',
    role: 'assistant' as const,
    at: Date.now(),
    excerpt: 'They lost the \ue000Perpétua\ue001 in the night',
  };
  const { screen, did, active } = await opened(livedInWorld(), { over: { 'assistant.search': () => [hit] } });
  await userEvent.keyboard('perpetua');
  await expect.element(screen.getByRole('group', { name: 'Words in messages' })).toBeVisible();
  expect(did('assistant.search')).toEqual([{ query: 'perpetua', limit: 10 }]);
  expect(document.querySelector('[role=option] mark')?.textContent).toBe('Perpétua');
  expect(active()).toBe('The winter of the boat');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => location.hash).toBe(`#/chat/${fakeId(1)}-${fakeId(12)}`);
  expect(did('assistant.choose')).toEqual([{ conversation: fakeId(1), message: fakeId(12) }]);
});

test('a row that was walked to stays chosen when words in messages come in', async () => {
  const { active } = await opened(many(10), { over: { 'assistant.search': () => [] } });
  await userEvent.keyboard('week{ArrowDown}{ArrowDown}');
  expect(active()).toBe('Handout for week 2');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(active()).toBe('Handout for week 2');
});

test('what is found by nobody is said, and Enter does nothing', async () => {
  const { screen } = await opened();
  await userEvent.keyboard('zzz');
  await expect.element(screen.getByText(/Nothing is called “zzz”/)).toBeVisible();
  await userEvent.keyboard('{Enter}');
  await expect.element(screen.getByRole('combobox')).toHaveFocus();
});

test('commands change what they say: colours, a pin, a model, the lock', async () => {
  const world = livedInWorld();
  world.models = [...world.models, model({ id: 'qwen3-4b-q4', name: 'Qwen3 4B' })];
  const { screen, session } = await opened(world, { hash: `#/chat/${fakeId(1)}` });
  const choose = async (words: string) => {
    if (screen.getByRole('combobox').elements().length === 0) await userEvent.keyboard('{Control>}k{/Control}');
    await userEvent.keyboard(`${words}{Enter}`);
    await expect.poll(() => screen.getByRole('dialog').elements().length).toBe(0);
  };
  await choose('dark');
  await expect.poll(() => world.settings.theme).toBe('dark');
  await choose('pin this');
  await expect.poll(() => session.conversations.find(fakeId(1))?.pinned).toBe(true);
  await choose('let qwen');
  await expect.poll(() => world.settings.model).toBe('qwen3-4b-q4');
  await choose('temporary');
  await expect.poll(() => session.temporary).toBe(true);
  await expect.element(screen.getByRole('textbox', { name: 'Message to Wren' })).toHaveFocus();
  await choose('lock');
  await expect.poll(() => world.vault.state).toBe('locked');
  await expect.poll(() => session.conversations.all).toEqual([]);
});

test('the word Find opens it with a pointer, also in a narrow window; a click outside closes it', async () => {
  const { screen } = await openWindow(livedInWorld(), { width: 400 });
  await screen.getByRole('button', { name: 'Find' }).click();
  await expect.element(screen.getByRole('combobox')).toHaveFocus();
  const { left, right } = document.querySelector('dialog')!.getBoundingClientRect();
  expect(left >= 0 && right <= 400).toBe(true);
  await screen.getByRole('option', { name: 'What left this machine' }).click();
  await expect.poll(() => location.hash).toBe('#/settings/left');
  await expect.element(screen.getByRole('main')).toHaveFocus();
});

test('the key that opened it closes it, and a place’s own key goes there', async () => {
  const { screen } = await opened();
  await userEvent.keyboard('{Control>}k{/Control}');
  await expect.poll(() => screen.getByRole('combobox').elements().length).toBe(0);
  await userEvent.keyboard('{Control>}k{/Control}');
  await expect.element(screen.getByRole('combobox')).toHaveFocus();
  await userEvent.keyboard('{Control>}5{/Control}');
  await expect.poll(() => location.hash).toBe('#/own');
  await expect.element(screen.getByRole('main')).toHaveFocus();
  expect(screen.getByRole('combobox').elements()).toEqual([]);
});

test('it does not open over a sheet that asks something', async () => {
  const { screen } = await openWindow(livedInWorld(), { hash: '#/own/keys' });
  await screen.getByRole('button', { name: 'Sign a message' }).click();
  await expect.element(screen.getByRole('dialog')).toBeVisible();
  await userEvent.keyboard('{Control>}k{/Control}');
  expect(screen.getByRole('combobox').elements()).toEqual([]);
});

test.each(['light', 'dark'] as const)('axe finds nothing in it, %s', async (theme) => {
  const world = livedInWorld();
  world.settings = { ...world.settings, theme };
  const { field } = await opened(world);
  const violations = async () => {
    await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})));
    return (await axe.run(document)).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  };
  expect(await violations()).toEqual([]);
  await field.fill('zzz');
  expect(await violations()).toEqual([]);
});
