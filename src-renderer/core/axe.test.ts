/** axe on every screen, in both themes: no violation. */
import axe from 'axe-core';
import { expect, test } from 'vitest';
import { emptyWorld, fakeId, livedInWorld, model, shelvedWorld, type World } from './fake-world.ts';
import { openWindow } from './fake-window.ts';

type Opened = Awaited<ReturnType<typeof openWindow>>;
interface Screen {
  readonly world: () => World;
  readonly hash?: string;
  readonly act?: (opened: Opened) => Promise<unknown>;
}
const you = async ({ screen }: Opened) => {
  await screen.getByLabelText('Its name').fill('Wren');
  await screen.getByLabelText('Your password', { exact: true }).fill('correct horse battery');
  await screen.getByText(/Show me now/).click();
  await screen.getByRole('button', { name: 'Continue' }).click();
  await expect.element(screen.getByText('The confirm window is open.')).toBeVisible();
};
const toModel = async (opened: Opened) => {
  await you(opened);
  await opened.screen.getByRole('button', { name: 'Choose a model' }).click();
  await expect.element(opened.screen.getByRole('radio').first()).toBeVisible();
};
const locked = () => ({ ...livedInWorld(), vault: { ...livedInWorld().vault, state: 'locked' as const, jobs: 1 } });
const withBetter = () => ({
  ...livedInWorld(),
  models: [...livedInWorld().models, model({ id: 'qwen3-4b-q4', name: 'Qwen3 4B' })],
});

const screens: Readonly<Record<string, Screen>> = {
  'welcome: you': {
    world: emptyWorld,
    act: ({ screen }) => screen.getByRole('button', { name: 'Continue' }).click(),
  },
  'welcome: the seal': { world: emptyWorld, act: you },
  'welcome: restore': {
    world: emptyWorld,
    act: ({ screen }) => screen.getByRole('button', { name: 'I have 24 words' }).click(),
  },
  'welcome: model': { world: emptyWorld, act: toModel },
  'welcome: hello': {
    world: emptyWorld,
    act: async (opened) => {
      await toModel(opened);
      await opened.screen.getByRole('button', { name: /start with the warm-up/ }).click();
      await expect.element(opened.screen.getByRole('progressbar').first()).toBeVisible();
    },
  },
  lock: {
    world: locked,
    act: async ({ screen }) => {
      await screen.getByLabelText('Password', { exact: true }).fill('wrong');
      await screen.getByRole('button', { name: 'Wake Wren' }).click();
      await expect.element(screen.getByRole('alert')).toMatchTextContent('not the password');
    },
  },
  'lock: stop everything': {
    world: locked,
    act: ({ screen }) => screen.getByRole('button', { name: 'Stop everything' }).click(),
  },
  chat: { world: livedInWorld, hash: '#/chat' },
  'chat: a conversation': { world: livedInWorld, hash: `#/chat/${fakeId(1)}` },
  own: { world: withBetter, hash: '#/own' },
  'own: an address': {
    world: livedInWorld,
    hash: '#/own/keys',
    act: ({ screen }) => screen.getByRole('button', { name: 'Show address: Account 1' }).click(),
  },
  'own: sign': {
    world: livedInWorld,
    hash: '#/own/keys',
    act: ({ screen }) => screen.getByRole('button', { name: 'Sign a message' }).click(),
  },
  'own: remove': {
    world: withBetter,
    hash: '#/own/models',
    act: ({ screen }) => screen.getByRole('button', { name: 'Remove: Qwen3 4B' }).click(),
  },
  'chat: shelves': { world: shelvedWorld, hash: `#/chat/${fakeId(23)}` },
  'chat: more': {
    world: shelvedWorld,
    hash: `#/chat/${fakeId(23)}`,
    act: ({ screen }) => screen.getByRole('button', { name: /^More: / }).click(),
  },
  'chat: move': {
    world: shelvedWorld,
    hash: `#/chat/${fakeId(23)}`,
    act: async ({ screen }) => {
      await screen.getByRole('button', { name: /^More: / }).click();
      await screen.getByRole('menuitem', { name: 'Move to a folder' }).click();
      await screen.getByRole('radio', { name: 'A new folder' }).click();
    },
  },
  'chat: export': {
    world: shelvedWorld,
    hash: `#/chat/${fakeId(23)}`,
    act: async ({ screen }) => {
      await screen.getByRole('button', { name: /^More: / }).click();
      await screen.getByRole('menuitem', { name: 'Export' }).click();
    },
  },
  models: {
    world: shelvedWorld,
    hash: '#/own/models',
    act: async ({ screen }) => {
      await screen.getByRole('button', { name: 'Measure: Qwen3 4B' }).click();
      await screen.getByText('Details', { exact: true }).first().click();
    },
  },
  bring: { world: livedInWorld, hash: '#/settings/bring' },
  'bring: done': {
    world: livedInWorld,
    hash: '#/settings/bring',
    act: async ({ screen, session }) => {
      await session.bringing.begin(new File(['[]'], 'conversations.json'));
      await expect.element(screen.getByText(/messages came/)).toBeVisible();
    },
  },
  personas: { world: shelvedWorld, hash: '#/settings/personas' },
  'personas: change': {
    world: shelvedWorld,
    hash: '#/settings/personas',
    act: ({ screen }) => screen.getByRole('button', { name: 'Edit: Editor' }).click(),
  },
  'handed over': {
    world: livedInWorld,
    hash: '#/settings/about',
    act: async ({ screen, change }) => {
      change((world) => {
        world.models = [...world.models, model({ id: 'qwen3-4b-q4', name: 'Qwen3 4B' })];
        world.jobs = world.jobs.map((job) => ({ ...job, state: 'done' as const }));
        world.settings = { ...world.settings, model: 'qwen3-4b-q4' };
      });
      await expect.element(screen.getByText(/answers from now on/)).toBeVisible();
    },
  },
  settings: { world: livedInWorld, hash: '#/settings' },
  'what left this machine': { world: livedInWorld, hash: '#/settings/left' },
  about: { world: livedInWorld, hash: '#/settings/about' },
  menu: {
    world: livedInWorld,
    hash: '#/own',
    act: ({ screen }) => screen.getByRole('button', { name: 'Wren: settings, lock' }).first().click(),
  },
  refused: {
    world: livedInWorld,
    act: async ({ link }) => link.turn('refused'),
  },
};

for (const [name, screen] of Object.entries(screens))
  for (const theme of ['light', 'dark'] as const)
    test(`${name}, ${theme}`, async () => {
      const world = screen.world();
      const opened = await openWindow(
        { ...world, settings: { ...world.settings, theme } },
        { hash: screen.hash ?? '' },
      );
      await expect.poll(() => document.documentElement.dataset['theme']).toBe(theme);
      await expect.poll(() => document.querySelector('h1')?.textContent).toBeTruthy();
      await screen.act?.(opened);
      await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})));
      const { violations } = await axe.run(document, { resultTypes: ['violations'] });
      expect(
        violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join('; ')}`,
        ),
      ).toEqual([]);
    });
