/** axe on every state of Knows, in both themes, wide and narrow: no violation. */
import axe from 'axe-core';
import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { fullWorld, readWorld } from '../../core/fake-shelf.ts';
import { livedInWorld, type World } from '../../core/fake-world.ts';
import { openWindow } from '../../core/fake-window.ts';

interface State {
  readonly world?: () => World;
  readonly within?: string;
  readonly act?: () => Promise<unknown>;
  /** Its headings are those of a stranger's document, which may leave levels out. */
  readonly theirs?: boolean;
}
const seek = async (words: string) => {
  await page.getByRole('searchbox', { name: /by meaning/ }).fill(words);
  await expect.element(page.getByRole('heading', { name: /fits? well|Nothing/ })).toBeVisible();
};
const scans = '01J90000000000000000000804';
const withoutMeaning = () => {
  const world = readWorld();
  world.library!.meaning = 'absent';
  return { ...world, embedder: false };
};
const path = () => page.getByLabelText('A folder or a file on this computer');

const states: Readonly<Record<string, State>> = {
  empty: { world: livedInWorld },
  going: { world: fullWorld },
  'without meaning': {
    world: withoutMeaning,
    act: () => expect.element(page.getByRole('button', { name: /^Fetch it/ })).toBeVisible(),
  },
  found: {
    act: async () => {
      await seek('harbour frozen over');
      await page.getByText('Narrow down').click();
      await page.getByRole('button', { name: 'Between' }).click();
    },
  },
  none: { act: () => seek('zeppelin') },
  'a place': {
    world: fullWorld,
    within: scans,
    act: () => page.getByRole('button', { name: /^Not read/ }).click(),
  },
  'take out': { act: () => page.getByRole('button', { name: 'Take out: letters' }).click() },
  add: {
    within: 'add',
    act: async () => {
      await path().fill('/home/mara/recipes');
      await page.getByText('Pictures, and what to leave out').click();
      await page.getByText('Paste text instead').click();
      await expect.element(page.getByText(/38 files/)).toBeVisible();
    },
  },
  'very many': {
    within: 'add',
    act: async () => {
      await path().fill('/home/mara');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await expect.element(page.getByRole('button', { name: 'Add them all' })).toBeVisible();
    },
  },
  'a document': { within: 'passage-1060' },
  Markdown: { within: 'passage-2001', theirs: true },
  code: { within: 'passage-5000' },
  gone: { within: 'passage-77' },
};

for (const [name, { world = readWorld, within = '', act, theirs }] of Object.entries(states))
  for (const theme of ['light', 'dark'] as const)
    for (const width of [400, 1280])
      test(`${name}, ${theme}, ${width} px`, async () => {
        const here = world();
        await openWindow({ ...here, settings: { ...here.settings, theme } }, { hash: `#/knows/${within}`, width });
        await expect.poll(() => document.documentElement.dataset['theme']).toBe(theme);
        await expect.poll(() => document.querySelector('main h1')?.textContent).toBeTruthy();
        await act?.();
        // The document, or that it is gone, has come.
        await expect.poll(() => document.querySelector('main h1.sr')).toBeNull();
        await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})));
        const { violations } = await axe.run(document, {
          resultTypes: ['violations'],
          rules: { 'heading-order': { enabled: !theirs } },
        });
        expect(
          violations.map(
            ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join('; ')}`,
          ),
        ).toEqual([]);
      });
