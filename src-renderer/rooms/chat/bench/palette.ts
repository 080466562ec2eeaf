/** The whole window over a fake core with 5,000 conversations, for `bench/chat-palette.ts` to open the palette in. */
import { mount } from 'svelte';
import type { Conversation } from '../../../../src-main/assistant/door.ts';
import App from '../../../App.svelte';
import '../../../base.css';
import { fakeCore } from '../../../core/fake.ts';
import { fakeId, livedInWorld } from '../../../core/fake-world.ts';
import { openSession } from '../../../core/session.svelte.ts';
import '../../../tokens.css';

const CONVERSATIONS = 5000;
const SUBJECTS = ['The harbour account book', 'A letter to the council', 'Why the dough collapses', 'Tides in spring'];

const world = livedInWorld();
const [first] = world.conversations;
world.conversations = Array.from({ length: CONVERSATIONS }, (_, i): Conversation => ({
  ...first!,
  id: fakeId(10_000 + i),
  title: `${SUBJECTS[i % SUBJECTS.length]!}, part ${i}`,
  changedAt: first!.changedAt - i * 3_600_000,
  pinned: i % 500 === 0,
  folder: i % 10 === 1 ? `Folder ${i % 70}` : null,
}));
const fake = fakeCore(world);
const session = openSession({ link: fake.link, window });
session.welcomed();
mount(App, { target: document.getElementById('app')!, props: { link: fake.link, session } });

const frame = () => new Promise<number>(requestAnimationFrame);
const field = () => document.querySelector<HTMLInputElement>('dialog[open] [role=combobox]');
const options = () => document.querySelectorAll('dialog[open] [role=option]');

Object.assign(window, {
  /** Whether all conversations are here. */
  ready: () => session.conversations.all.length === CONVERSATIONS,
  /** Milliseconds from the key to the frame that shows the field, focused, with results below it. */
  async open(): Promise<number> {
    const begun = performance.now();
    document.activeElement!.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true, cancelable: true }),
    );
    while (document.activeElement !== field() || options().length === 0) await frame();
    // One frame is drawn when the next one begins.
    await frame();
    await frame();
    return performance.now() - begun;
  },
  /** Milliseconds from words typed into it to the frame that shows what they find. */
  async type(words: string): Promise<number> {
    const input = field()!;
    const begun = performance.now();
    input.value = words;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    while (!options()[0]?.textContent?.includes(words)) await frame();
    await frame();
    await frame();
    return performance.now() - begun;
  },
  rows: () => options().length,
  async close(): Promise<void> {
    document.querySelector<HTMLDialogElement>('dialog[open]')!.requestClose();
    while (field()) await frame();
    await frame();
  },
});
