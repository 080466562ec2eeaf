/** axe on every screen, in both themes: no violation. */
import axe from 'axe-core';
import { expect, test } from 'vitest';
import { emptyWorld, livedInWorld, model, type World } from './fake-world.ts';
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
  await screen.getByText('Show me now').click();
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
