/** A hit leads to its message on whichever branch it stands, and marks its words for a moment without changing the page. */
import { expect, onTestFinished, test } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import App from '../../App.svelte';
import '../../base.css';
import { fakeCore } from '../../core/fake.ts';
import { livedInWorld } from '../../core/fake-world.ts';
import { openSession } from '../../core/session.svelte.ts';
import '../../tokens.css';
import { rangesOf } from './found.ts';
import { scripted } from './scripted.ts';

/** Elements with a text each. */
const elements = (...parts: readonly (readonly [tag: string, text: string, name?: string])[]) => {
  const at = document.createElement('div');
  for (const [tag, text, name = ''] of parts) {
    const one = document.createElement(tag);
    one.className = name;
    one.textContent = text;
    at.append(one);
  }
  return at;
};

test('words are found in any case, as often as they stand, and not in what is the page’s own', () => {
  const at = elements(['p', 'The boat, the BOAT'], ['button', 'boat'], ['p', 'boat', 'sr'], ['p', 'İ then boat']);
  expect(rangesOf(at, ['Boat']).map(String)).toEqual(['boat', 'BOAT', 'boat']);
  expect(rangesOf(at, ['']).length).toBe(0);
});

test('a hit on another branch is shown on that branch, with its words marked, and marked again when chosen again', async () => {
  await page.viewport(1200, 800);
  const script = scripted();
  const { id } = script.add('The winter of the boat', ['What did Nan write?', 'Of a needle in February.']);
  const fake = fakeCore(livedInWorld(), script.handlers);
  history.replaceState(null, '', `#/chat/${id}`);
  const session = openSession({ link: fake.link, window });
  onTestFinished(() => {
    session.close();
    history.replaceState(null, '', location.pathname + location.search);
  });
  await render(App, { link: fake.link, session });
  const log = page.getByRole('log');
  await expect.element(log.getByText(/needle/)).toBeVisible();
  const older = script.messages.find(({ text }) => text.includes('needle'))!;
  for await (const item of fake.link.core['assistant.again']({ conversation: id, message: older.id })) {
    if (item.kind !== 'begun') continue;
    script.write('Of a thimble.');
    script.finish();
  }
  await expect.element(log.getByText(/thimble/)).toBeVisible();
  expect(log.getByText(/needle/).elements()).toEqual([]);

  const marked = () => [...(CSS.highlights.get('found') ?? [])].map(String);
  const hit = { conversation: id, message: older.id, excerpt: 'Of a \ue000needle\ue001 in February.' };
  await session.reveal(hit);
  await expect.element(log.getByText(/needle/)).toBeInViewport();
  await expect.poll(marked).toEqual(['needle']);
  CSS.highlights.clear();
  await session.reveal(hit);
  await expect.poll(marked).toEqual(['needle']);
  await expect.poll(marked, { timeout: 6000 }).toEqual([]);
  expect(document.querySelector('mark')).toBeNull();
});
