/** The list: pins, folders and temporary ones by keys alone, quiet words for what was brought, and no layout of thousands. */
import { expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { Conversation } from '../../../src-main/assistant/door.ts';
import { Fault } from '../../../src-main/wire/index.ts';
import { fakeId, livedInWorld, type World } from '../../core/fake-world.ts';
import { openWindow } from '../../core/fake-window.ts';
import { shelve } from './shelves.ts';

const with_ = (...changes: readonly Partial<Conversation>[]): World => {
  const world = livedInWorld();
  world.conversations = world.conversations.map((one, i) => ({ ...one, ...changes[i] }));
  return world;
};
const open = (world: World, n = 1) => openWindow(world, { hash: `#/chat/${fakeId(n)}` });
const groups = () => [...document.querySelectorAll('.list h2')].map((one) => one.textContent);

test('each conversation stands on one shelf, and the order stays', () => {
  const [a, b, c, d] = [1, 2, 3, 4].map((n) => ({ ...livedInWorld().conversations[0]!, id: fakeId(n) }));
  const all = [
    { ...a!, pinned: true, folder: 'Letters' },
    { ...b!, folder: 'Letters' },
    { ...c!, temporary: true as const },
    d!,
  ];
  const shelves = shelve(all, ['Letters', 'Tides']);
  expect(shelves.pinned.map(({ id }) => id)).toEqual([fakeId(1)]);
  expect(shelves.folders.map(({ name, items }) => [name, items.length])).toEqual([
    ['Letters', 1],
    ['Tides', 0],
  ]);
  expect(shelves.temporary.map(({ id }) => id)).toEqual([fakeId(3)]);
  expect(shelves.rest.map(({ id }) => id)).toEqual([fakeId(4)]);
});

test('pinning puts a conversation on top, and takes it back', async () => {
  const { screen, did } = await open(livedInWorld());
  await screen.getByRole('button', { name: 'Pin: The winter of the boat' }).click();
  await expect.poll(groups).toEqual(['Pinned', 'Today', 'Yesterday']);
  await screen.getByRole('button', { name: 'Unpin: The winter of the boat' }).click();
  await expect.poll(groups).toEqual(['Today', 'Yesterday']);
  expect(did('assistant.place')).toEqual([
    { id: fakeId(1), pinned: true },
    { id: fakeId(1), pinned: false },
  ]);
});

test('by keys alone: into a new folder, the folder is renamed, and dissolved', async () => {
  const { screen, did } = await open(livedInWorld());
  const press = async (name: string) => {
    const button = screen.getByRole('button', { name });
    await expect.element(button).toBeVisible();
    (button.element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
  };
  await press('More: The winter of the boat');
  await expect.element(screen.getByRole('menuitem', { name: 'Move to a folder' })).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  await expect.element(screen.getByRole('radio', { name: 'A new folder' })).toBeChecked();
  await screen.getByLabelText('Name of the new folder').fill(' The Salt Year ');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => did('assistant.place')).toEqual([{ id: fakeId(1), folder: 'The Salt Year' }]);
  await expect.poll(groups).toContain('Folders');
  const folder = screen.getByRole('group').filter({ hasText: 'The Salt Year' });
  await expect.element(folder).toMatchTextContent('1 conversation');
  await expect.element(screen.getByRole('link', { name: 'The winter of the boat' })).toBeVisible();

  await press('Rename the folder: The Salt Year');
  await screen.getByLabelText('Name of the folder').fill('Novel');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => did('assistant.folder')).toEqual([{ from: 'The Salt Year', to: 'Novel' }]);
  await press('Dissolve the folder: Novel');
  await expect.element(screen.getByText('The conversation in it stays, outside of any folder.')).toBeVisible();
  await screen.getByRole('dialog').getByRole('button', { name: 'Dissolve' }).click();
  await expect.poll(groups).not.toContain('Folders');
  await expect.element(screen.getByRole('link', { name: 'The winter of the boat' })).toBeVisible();
});

test('the focus goes along with a conversation that moves, and is not lost with one that is deleted', async () => {
  const { screen } = await open(livedInWorld());
  const focus = (name: string) => (screen.getByRole('button', { name }).element() as HTMLElement).focus();
  await expect.element(screen.getByRole('button', { name: 'Pin: The winter of the boat' })).toBeVisible();
  focus('Pin: The winter of the boat');
  await userEvent.keyboard('{Enter}');
  await expect.element(screen.getByRole('button', { name: 'Unpin: The winter of the boat' })).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  await expect.element(screen.getByRole('button', { name: 'Pin: The winter of the boat' })).toHaveFocus();
  focus('More: The winter of the boat');
  await userEvent.keyboard('{Enter}');
  await expect.element(screen.getByRole('menuitem', { name: 'Move to a folder' })).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  await screen.getByLabelText('Name of the new folder').fill('Letters');
  await userEvent.keyboard('{Enter}');
  await expect.poll(groups).toContain('Folders');
  await expect.element(screen.getByRole('button', { name: 'More: The winter of the boat' })).toHaveFocus();
  await screen.getByRole('button', { name: 'Delete: The winter of the boat' }).click();
  await screen.getByRole('checkbox').click();
  await screen.getByRole('button', { name: 'Delete for good' }).click();
  await expect.element(screen.getByRole('button', { name: 'New conversation' })).toHaveFocus();
});

test('a conversation moves between folders, and out of them', async () => {
  const world = with_({ folder: 'Letters' }, { folder: 'Tides' });
  const { screen, did } = await open(world);
  const move = async (to: string) => {
    await screen.getByRole('button', { name: 'More: The winter of the boat' }).click();
    await screen.getByRole('menuitem', { name: 'Move to a folder' }).click();
    await screen.getByRole('radio', { name: to }).click();
    await screen.getByRole('button', { name: 'Move', exact: true }).click();
    await expect.poll(() => screen.getByRole('dialog').elements().length).toBe(0);
  };
  await move('Tides');
  await move('No folder');
  expect(did('assistant.place')).toEqual([
    { id: fakeId(1), folder: 'Tides' },
    { id: fakeId(1), folder: null },
  ]);
});

test('folders are closed until opened, except round the conversation one comes to', async () => {
  const { screen, session } = await open(with_({ folder: 'Letters' }, { folder: 'Tides' }));
  await expect.element(screen.getByRole('link', { name: 'The winter of the boat' })).toBeVisible();
  expect(screen.getByRole('link', { name: 'A letter to the council' }).elements()).toEqual([]);
  session.go('chat', fakeId(2));
  await expect.element(screen.getByRole('link', { name: 'A letter to the council' })).toBeVisible();
  session.go('own');
  session.go('chat', fakeId(3));
  await expect.element(screen.getByRole('link', { name: 'The winter of the boat' })).toBeVisible();
});

test('a temporary one stands apart, and can be neither pinned nor moved', async () => {
  const { screen } = await open(with_({ temporary: true }));
  await expect.poll(groups).toEqual(['Temporary', 'Today', 'Yesterday']);
  expect(screen.getByRole('button', { name: /^Pin/ }).elements()).toEqual([]);
  await screen.getByRole('button', { name: 'More: The winter of the boat' }).click();
  expect(
    screen
      .getByRole('menuitem')
      .elements()
      .map((one) => one.textContent),
  ).toEqual(['Export']);
});

test('what was brought says quietly from where', async () => {
  const { screen } = await open(with_({ from: 'chatgpt' }, { from: 'claude' }));
  await expect.element(screen.getByRole('link', { name: 'The winter of the boat brought from ChatGPT' })).toBeVisible();
  await expect.element(screen.getByRole('link', { name: 'A letter to the council brought from Claude' })).toBeVisible();
});

test('a pin that could not be kept says why', async () => {
  const { screen, failNext } = await open(livedInWorld());
  failNext('assistant.place', new Fault('disk-full', 'The disk is full. Nothing was changed; free some space.'));
  await screen.getByRole('button', { name: 'Pin: The winter of the boat' }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent('The disk is full');
});

test('of thousands only those near the eye are drawn, and more as one comes to the end', async () => {
  const world = livedInWorld();
  const [first] = world.conversations;
  world.conversations = Array.from({ length: 3000 }, (_, i) => ({
    ...first!,
    id: fakeId(10_000 + i),
    title: `Week ${i}`,
    changedAt: first!.changedAt - i * 3_600_000,
  }));
  const { screen } = await openWindow(world, { hash: '#/chat' });
  await expect.element(screen.getByRole('link', { name: 'Week 0', exact: true })).toBeVisible();
  const drawn = () => document.querySelectorAll('.list li').length;
  expect(drawn()).toBe(150);
  await expect.element(screen.getByRole('button', { name: 'Show 2,850 older ones' })).toBeInTheDocument();
  // Groups take their true height as they come into sight, so that the end moves away at first.
  const toTheEnd = () => document.querySelector('.list')!.scrollTo(0, 1e6);
  await expect.poll(() => (toTheEnd(), drawn())).toBeGreaterThanOrEqual(300);
});

test('the conversation one comes to is brought into sight', async () => {
  const world = livedInWorld();
  const [first] = world.conversations;
  world.conversations = Array.from({ length: 140 }, (_, i) => ({
    ...first!,
    id: fakeId(10_000 + i),
    title: `Week ${i}`,
    changedAt: first!.changedAt - i * 3_600_000,
  }));
  const { screen, session } = await openWindow(world, { hash: '#/chat' });
  await expect.element(screen.getByRole('link', { name: 'Week 0', exact: true })).toBeVisible();
  await expect.element(screen.getByRole('link', { name: 'Week 120' })).not.toBeInViewport();
  session.go('chat', fakeId(10_120));
  await expect.element(screen.getByRole('link', { name: 'Week 120' })).toBeInViewport();
});

test('after a change only the newest are read again', async () => {
  const world = livedInWorld();
  const [first] = world.conversations;
  world.conversations = Array.from({ length: 200 }, (_, i) => ({
    ...first!,
    id: fakeId(10_000 + i),
    title: `Week ${i}`,
    changedAt: first!.changedAt - i * 3_600_000,
  }));
  const { screen, change, did, session } = await openWindow(world, { hash: '#/chat' });
  await expect.element(screen.getByRole('link', { name: 'Week 0', exact: true })).toBeVisible();
  change((now) => {
    now.conversations = now.conversations.map((one, i) =>
      i === 150 ? { ...one, title: 'Up again', changedAt: Date.now() } : one,
    );
  });
  await expect.element(screen.getByRole('link', { name: 'Up again' })).toBeVisible();
  expect(session.conversations.all).toHaveLength(200);
  expect(session.conversations.all[0]?.title).toBe('Up again');
  change((now) => (now.conversations = now.conversations.filter(({ title }) => title !== 'Week 120')));
  await expect.poll(() => session.conversations.all.length).toBe(199);
  const limits = did('assistant.conversations').map((one) => (one as { limit: number }).limit);
  // The Chat room may ask for its own reasons with the same limit; what matters: a change first reads the newest.
  expect(limits.filter((limit) => limit === 50)).toHaveLength(2);
});
