/** Opens the whole window over a fake core inside a test; it closes with the test. */
import { onTestFinished } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import App from '../App.svelte';
import type { Handlers } from '../../src-main/wire/index.ts';
import type { Doors } from './doors.ts';
import type { World } from './fake-world.ts';
import { fakeCore } from './fake.ts';
import { openSession } from './session.svelte.ts';
import '../tokens.css';
import '../base.css';

export interface WindowOptions {
  readonly hash?: string;
  /** CSS pixels; 1200 unless the test is about narrow windows. */
  readonly width?: number;
  /** Handlers that replace the scripted ones. */
  readonly over?: Partial<Handlers<Doors>>;
}

/** @param world changed in place by what the test does */
export async function openWindow(world: World, { hash = '', width = 1200, over = {} }: WindowOptions = {}) {
  await page.viewport(width, 800);
  history.replaceState(null, '', location.pathname + location.search + hash);
  const fake = fakeCore(world, over);
  const session = openSession({ link: fake.link, window });
  onTestFinished(() => {
    session.close();
    history.replaceState(null, '', location.pathname + location.search);
  });
  const screen = await render(App, { props: { link: fake.link, session } });
  /** Verbs asked for so far that change something or begin something. */
  const did = (verb: keyof Doors) => fake.asked.filter((one) => one.verb === verb).map(({ input }) => input);
  return { screen, session, did, ...fake };
}
