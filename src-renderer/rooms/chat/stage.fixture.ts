/** The Chat room on a stage for tests: in a real Chromium over the real contract, with a scripted assistant behind it. */
import axe from 'axe-core';
import { afterEach, beforeEach, expect } from 'vitest';
import { page } from 'vitest/browser';
import { cleanup, render } from 'vitest-browser-svelte';
import '../../base.css';
import { fakeCore } from '../../core/fake.ts';
import { livedInWorld, model } from '../../core/fake-world.ts';
import { openSession, type Session } from '../../core/session.svelte.ts';
import '../../tokens.css';
import { scripted, type Scripted } from './scripted.ts';
import Stage from './Stage.svelte';

/** Call it once a file: every test begins in a window of 1200 px and leaves nothing behind. */
export function onStage() {
  let session: Session | undefined;
  beforeEach(async () => {
    await page.viewport(1200, 800);
  });
  afterEach(() => {
    cleanup();
    session?.close();
    document.documentElement.removeAttribute('data-theme');
  });
  /** @param within the conversation that is open @param better a second model is here */
  return async function stage({ script = scripted(), within = '', better = false, world = livedInWorld() } = {}) {
    if (better) world.models = [...world.models, model({ id: 'qwen3-4b-q4', name: 'Qwen3 4B' })];
    const fake = fakeCore(world, script.handlers);
    location.hash = `#/chat/${within}`;
    session = openSession({ link: fake.link, window });
    session.welcomed();
    await render(Stage, { link: fake.link, session });
    await expect.element(field()).toBeVisible();
    /** What was asked of a verb so far. */
    const asked = (verb: string) => fake.asked.filter((one) => one.verb === verb).map(({ input }) => input);
    return { fake, script, session, asked };
  };
}

export const field = () => page.getByRole('textbox', { name: 'Message to Wren' });
export const log = () => page.getByRole('log');
export const button = (name: string | RegExp) => page.getByRole('button', { name });
export const scroller = () => document.querySelector<HTMLElement>('.talk .scroll')!;
export const frames = async (n = 3) => {
  for (let i = 0; i < n; i++) await new Promise(requestAnimationFrame);
};
export const violations = async () => {
  await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})));
  const found = await axe.run(document.body, { rules: { region: { enabled: true } } });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
};
/** What is said on the page, as one reads it. */
export const said = () =>
  [...document.querySelectorAll('[data-entry] :is(.said, .answer)')].map((one) => one.textContent.trim());

/** Four messages: two questions with their answers. */
export const boat = (script: Scripted) =>
  script.add('The winter of the boat', [
    'What did Nan write?',
    'They lost the *Perpétua* in February.',
    'And the date?',
    'The night of the 11th.',
  ]);
