/** The Chat room as a person uses it, in a real Chromium over the real contract, with a scripted assistant. */
import axe from 'axe-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { cleanup, render } from 'vitest-browser-svelte';
import { portWire, type PortLike } from '../../../src-main/wire/carriers/port.ts';
import { Fault, serve } from '../../../src-main/wire/index.ts';
import '../../base.css';
import { doors } from '../../core/doors.ts';
import { fakeCore } from '../../core/fake.ts';
import { livedInWorld } from '../../core/fake-world.ts';
import type { Relay } from '../../core/link.ts';
import { openSession, type Session } from '../../core/session.svelte.ts';
import '../../tokens.css';
import { scripted, type Scripted } from './scripted.ts';
import Stage from './Stage.svelte';

let session: Session | undefined;

async function stage({ script = scripted(), within = '', models = true } = {}) {
  const world = livedInWorld();
  if (!models) {
    world.models = [];
    world.settings = { ...world.settings, model: null };
  }
  const fake = fakeCore(world, script.handlers);
  location.hash = `#/chat/${within}`;
  session = openSession({ link: fake.link, window });
  session.welcomed();
  await render(Stage, { link: fake.link, session });
  await expect.element(page.getByRole('textbox', { name: 'Message to Wren' })).toBeVisible();
  return { fake, script, session };
}
const field = () => page.getByRole('textbox', { name: 'Message to Wren' });
const log = () => page.getByRole('log');
const frames = async (n = 3) => {
  for (let i = 0; i < n; i++) await new Promise(requestAnimationFrame);
};
const scroller = () => document.querySelector<HTMLElement>('.scroll')!;
const violations = async () =>
  (await axe.run(document.body, { rules: { region: { enabled: true } } })).violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
  );

beforeEach(async () => {
  await page.viewport(1200, 800);
});
afterEach(() => {
  cleanup();
  session?.close();
  document.documentElement.removeAttribute('data-theme');
});

const boat = (script: Scripted) =>
  script.add('The winter of the boat', [
    'What did Nan write about the winter?',
    'They lost the *Perpétua* in **February 1956**.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nprint(1)\n```',
  ]);

test('a question goes out on Enter, the answer streams, and the conversation gets its address', async () => {
  const { fake, script, session } = await stage();
  await expect.element(page.getByText('Say something.')).toBeVisible();
  await field().fill('How are you?');
  await userEvent.keyboard('{Enter}');
  await expect.element(log().getByText('How are you?')).toBeVisible();
  await expect.element(field()).toHaveValue('');
  script.write('I am **well');
  // Bold from its first word on; the marks wait for their other half out of sight.
  await expect.element(log().getByText('well', { exact: true })).toBeVisible();
  expect(log().element().textContent).not.toContain('**');
  script.write('**, thank you.');
  await expect.element(log().getByText('well', { exact: true })).toBeVisible();
  await expect.element(page.getByText(/Wren is writing/)).toBeVisible();
  script.finish();
  await expect.element(page.getByRole('button', { name: 'Send' })).toBeVisible();
  expect(session.place.within).toBe(script.conversations[0]!.id);
  expect(fake.asked.filter(({ verb }) => verb === 'assistant.send')).toEqual([
    { verb: 'assistant.send', input: { text: 'How are you?' } },
  ]);
  await page.getByText(/How it was made/).click();
  await expect.element(page.getByText(/12 tokens a second/)).toBeVisible();
  await expect.element(page.getByText('This computer’s processor')).toBeVisible();
});

test('Shift Enter and an input method’s Enter do not send', async () => {
  const { fake } = await stage();
  await field().fill('one');
  await userEvent.keyboard('{Shift>}{Enter}{/Shift}two');
  await expect.element(field()).toHaveValue('one\ntwo');
  const area = field().element();
  area.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }),
  );
  area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true }));
  await frames();
  expect(fake.asked.some(({ verb }) => verb === 'assistant.send')).toBe(false);
});

test('while an answer is written Send is Stop, the field stays usable, and Stop keeps the words', async () => {
  const { script, fake } = await stage();
  await field().fill('Tell me a story');
  await userEvent.keyboard('{Enter}');
  script.write('Once upon a time');
  await expect.element(page.getByRole('button', { name: 'Stop' })).toBeVisible();
  expect(page.getByRole('button', { name: 'Send' }).query()).toBeNull();
  await field().fill('and then');
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByText(/Wren is still writing/)).toBeVisible();
  await expect.element(field()).toHaveValue('and then');
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect.element(log().getByText('Once upon a time')).toBeVisible();
  await expect.element(page.getByText('You stopped this answer here.')).toBeVisible();
  await expect.element(field()).toHaveValue('and then');
  expect(fake.asked.filter(({ verb }) => verb === 'assistant.send')).toHaveLength(1);
});

test('Escape stops, Again asks again and replaces the last answer', async () => {
  const { script } = await stage();
  await field().fill('A word?');
  await userEvent.keyboard('{Enter}');
  script.write('First try');
  await expect.element(log().getByText('First try')).toBeVisible();
  await userEvent.keyboard('{Escape}');
  await page.getByRole('button', { name: /^Again/ }).click();
  script.write('Second try');
  await expect.element(log().getByText('Second try')).toBeVisible();
  expect(log().getByText('First try').query()).toBeNull();
  script.finish();
  await expect.element(page.getByRole('button', { name: /^Again/ })).toBeVisible();
  expect(log().getByText('A word?').elements()).toHaveLength(1);
});

test('tokens are painted at most once a frame', async () => {
  const { script } = await stage();
  await field().fill('Count');
  await userEvent.keyboard('{Enter}');
  script.write('0');
  await expect.element(log().getByText('0', { exact: true })).toBeVisible();
  let changes = 0;
  const observer = new MutationObserver(() => changes++);
  observer.observe(document.querySelector('.answer')!, { subtree: true, childList: true, characterData: true });
  let painted = 0;
  let counting = true;
  const count = () => {
    painted++;
    if (counting) requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  for (let i = 0; i < 2000; i++) script.write(` ${i}`);
  await expect.poll(() => document.querySelector('.answer')!.textContent).toContain('1999');
  counting = false;
  observer.disconnect();
  expect(changes).toBeGreaterThan(0);
  expect(changes).toBeLessThanOrEqual(painted + 1);
});

test('a reload while an answer is written joins it; a lost connection comes back to it', async () => {
  const script = scripted();
  const conversation = script.add('Talk', ['Hello?']);
  script.handlers['assistant.again']({ conversation: conversation.id } as never, new AbortController().signal);
  script.write('So far ');
  await stage({ script, within: conversation.id });
  await expect.element(log().getByText('So far')).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Stop' })).toBeVisible();
  script.write('and on.');
  await expect.element(log().getByText('So far and on.')).toBeVisible();
});

test('a wire that ends mid-answer leaves the words, and the answer goes on after the reconnect', async () => {
  const { script, fake } = await stage();
  await field().fill('Long one');
  await userEvent.keyboard('{Enter}');
  script.write('Beginning');
  await expect.element(log().getByText('Beginning')).toBeVisible();
  script.cut();
  await expect.element(page.getByText(/The connection was lost/)).toBeVisible();
  await expect.element(log().getByText('Beginning')).toBeVisible();
  script.write(', middle');
  fake.link.turn('lost');
  const { port1, port2 } = new MessageChannel();
  // The rest of the doors answer `unknown-verb`, which the session takes calmly.
  serve({ door: doors, handlers: script.handlers as never, wire: portWire(port2 as unknown as PortLike) });
  (fake.link as Relay).use(portWire(port1 as unknown as PortLike));
  await expect.element(log().getByText('Beginning, middle')).toBeVisible();
  script.write(' and end.');
  script.finish();
  await expect.element(log().getByText('Beginning, middle and end.')).toBeVisible();
  await expect.element(page.getByRole('button', { name: /^Again/ })).toBeVisible();
  expect(log().getByText('Long one').elements()).toHaveLength(1);
});

test('words that did not arrive come back into the field, with what was typed meanwhile', async () => {
  const { fake } = await stage();
  fake.failNext('assistant.send', new Fault('no-model', 'There is no model yet. Choose one; your words are kept.'));
  await field().fill('My only copy');
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByRole('alert').getByText(/There is no model yet/)).toBeVisible();
  await expect.element(page.getByRole('link', { name: 'Choose a model' })).toBeVisible();
  await expect.element(field()).toHaveValue('My only copy');
});

test('an answer that fails keeps the question and says why beside it', async () => {
  const { script } = await stage();
  await field().fill('Too much');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => script.messages.length).toBe(2);
  script.finish('failed', 'This message has 9,000 tokens and the model can hold 8,000 of them at once.');
  await expect.element(page.getByText(/model can hold 8,000/)).toBeVisible();
  await expect.element(log().getByText('Too much')).toBeVisible();
  await expect.element(page.getByRole('button', { name: /^Again/ })).toBeVisible();
});

test('what was left out of a full context is told in the margin', async () => {
  const { script } = await stage();
  await field().fill('Go on');
  await userEvent.keyboard('{Enter}');
  script.write('Yes');
  script.note('The first 12 messages of this conversation no longer fit.');
  await expect.element(page.getByRole('note', { name: 'About answer 1' }).getByText(/first 12 messages/)).toBeVisible();
  script.finish();
});

test('a draft is kept within half a second, when the page hides, and comes back', async () => {
  const { script, session } = await stage();
  boat(script);
  await field().fill('half a tho');
  const begun = performance.now();
  await expect.poll(() => script.drafts.get('') ?? '').toBe('half a tho');
  expect(performance.now() - begun).toBeLessThan(700);
  await userEvent.type(field(), 'ught');
  window.dispatchEvent(new Event('pagehide'));
  await expect.poll(() => script.drafts.get('') ?? '', { timeout: 200 }).toBe('half a thought');
  session.go('chat', script.conversations[0]!.id);
  await expect.element(field()).toHaveValue('');
  session.go('chat');
  await expect.element(field()).toHaveValue('half a thought');
});

test('two conversations are written at once, each keeps its words', async () => {
  const { script, session } = await stage();
  await field().fill('First talk');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => script.conversations.length).toBe(1);
  const first = script.conversations[0]!.id;
  await expect.poll(() => session.place.within).toBe(first);
  await page.getByRole('button', { name: 'New conversation' }).click();
  await field().fill('Second talk');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => script.conversations.length).toBe(2);
  const second = script.conversations.find(({ id }) => id !== first)!.id;
  script.write('one', first);
  script.write('two', second);
  await expect.element(log().getByText('two')).toBeVisible();
  session.go('chat', first);
  await expect.element(log().getByText('one')).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Stop' })).toBeVisible();
});

test('another window’s question and its answer appear here, and a deleted conversation says so', async () => {
  const script = scripted();
  const conversation = boat(script);
  await stage({ script, within: conversation.id });
  await expect.element(log().getByText('Perpétua')).toBeVisible();
  const elsewhere = new AbortController();
  const items = script.handlers['assistant.send'](
    { text: 'From elsewhere', conversation: conversation.id } as never,
    elsewhere.signal,
  );
  void (async () => {
    for await (const _ of items);
  })();
  await expect.element(log().getByText('From elsewhere')).toBeVisible();
  script.write('Answered here too');
  await expect.element(log().getByText('Answered here too')).toBeVisible();
  script.finish();
  elsewhere.abort();
  await field().fill('unsent');
  void script.handlers['assistant.delete']({ id: conversation.id } as never, elsewhere.signal);
  await expect.element(page.getByText(/This conversation was deleted/)).toBeVisible();
  await expect.element(field()).toHaveValue('unsent');
});

test('conversations are searched with the words marked, and a hit opens at its message', async () => {
  const script = scripted();
  const said = Array.from({ length: 300 }, (_, i) => (i === 40 ? 'the needle itself' : `words ${i}`));
  script.add('Haystack', said);
  await stage({ script });
  await page.getByRole('searchbox').fill('needle');
  await expect.element(page.getByText('needle', { exact: true })).toBeVisible();
  expect(document.querySelector('mark')!.textContent).toBe('needle');
  await page.getByRole('link', { name: /Haystack/ }).click();
  await expect.element(log().getByText('the needle itself')).toBeInViewport();
  await page.getByRole('button', { name: 'Jump to the newest' }).click();
  await expect.element(log().getByText('words 299')).toBeInViewport();
});

test('a conversation is renamed and deleted through the sheet, which refuses until the tick', async () => {
  const script = scripted();
  const conversation = boat(script);
  const { session } = await stage({ script, within: conversation.id });
  await page.getByRole('button', { name: 'Rename: The winter of the boat' }).click();
  await page.getByRole('textbox', { name: 'Name of the conversation' }).fill('Nan’s boat');
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByRole('link', { name: 'Nan’s boat' })).toBeVisible();
  await page.getByRole('button', { name: 'Delete: Nan’s boat' }).click();
  await expect.poll(() => document.activeElement?.textContent?.trim()).toBe('Cancel');
  (page.getByRole('button', { name: 'Delete for good' }).element() as HTMLElement).click();
  await expect.element(page.getByText(/Tick the line above/)).toBeVisible();
  expect(script.conversations).toHaveLength(1);
  await page.getByRole('checkbox').click();
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await expect.poll(() => script.conversations.length).toBe(0);
  await expect.poll(() => session.place.within).toBe('');
});

test('the page stays at its end while an answer grows, unless the person scrolled up', async () => {
  const script = scripted();
  const conversation = script.add(
    'Long',
    Array.from({ length: 40 }, (_, i) => `message ${i} `.repeat(30)),
  );
  await stage({ script, within: conversation.id });
  await expect.element(log().getByText(/^message 39/)).toBeInViewport();
  await field().fill('More');
  await userEvent.keyboard('{Enter}');
  const distance = () => scroller().scrollHeight - scroller().scrollTop - scroller().clientHeight;
  for (let i = 0; i < 30; i++) {
    script.write(`\n\nparagraph ${i}`);
    await frames(1);
  }
  await expect.poll(distance).toBeLessThan(8);
  scroller().scrollTop -= 300;
  await frames();
  // What is read stays where it is on the screen, whatever comes above or below it.
  const read = log().getByText('paragraph 20', { exact: true }).element();
  const top = read.getBoundingClientRect().top;
  for (let i = 0; i < 10; i++) {
    script.write(`\n\nlater ${i}`);
    await frames(1);
  }
  expect(Math.abs(read.getBoundingClientRect().top - top)).toBeLessThan(2);
  await page.getByRole('button', { name: 'Jump to the newest' }).click();
  await expect.poll(distance).toBeLessThan(8);
});

test('scrolling up brings older pages without moving what is read, and few entries are on the page', async () => {
  const script = scripted();
  const conversation = script.add(
    'Long',
    Array.from({ length: 400 }, (_, i) => `message ${i}. ${'words '.repeat(40)}`),
  );
  await stage({ script, within: conversation.id });
  await expect.element(log().getByText(/^message 399\./)).toBeInViewport();
  await frames(10);
  for (
    let i = 0;
    i < 400 &&
    !log()
      .getByText(/^message 0\./)
      .query();
    i++
  ) {
    const box = scroller().getBoundingClientRect();
    const read = [...document.querySelectorAll('[data-entry]')].find(
      (one) => one.getBoundingClientRect().bottom > box.top + 60,
    )!;
    const before = read.getBoundingClientRect().top;
    scroller().scrollTop -= 700;
    await frames(2);
    if (read.isConnected && scroller().scrollTop > 0)
      expect(Math.abs(read.getBoundingClientRect().top - before - 700)).toBeLessThan(4);
    expect(document.querySelectorAll('[data-entry]').length).toBeLessThanOrEqual(80);
  }
  await expect.element(log().getByText(/^message 0\./)).toBeInTheDocument();
});

test('a screen reader hears finished sentences once, not tokens, marks or code', async () => {
  const { script } = await stage();
  await field().fill('Speak');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => script.messages.length).toBe(2);
  const heard = () => [...document.querySelectorAll('[aria-live=polite] > p')].map((one) => one.textContent);
  for (const token of [
    'The **wa',
    'ter** was 3.',
    '5 degrees. It ',
    'was\n\n```py\nx = 1\ny = 2\n```\n',
    'Then wind',
  ]) {
    script.write(token);
    await frames();
  }
  expect(heard()).toEqual(['The water was 3.5 degrees.', 'It was', 'Code, 2 lines.']);
  script.write(' came');
  script.finish();
  await expect.poll(heard).toEqual(['The water was 3.5 degrees.', 'It was', 'Code, 2 lines.', 'Then wind came']);
  expect(log().element().getAttribute('aria-live')).toBe('off');
});

test('a link asks first, with the whole address; Cancel has the focus, and focus comes back', async () => {
  const script = scripted();
  const conversation = script.add('Links', [
    '?',
    'See [the **paper**](https://example.org/a?b=c) and https://example.com/x.',
  ]);
  await stage({ script, within: conversation.id });
  const opened: string[] = [];
  const click = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = function () {
    opened.push(`${this.href} ${this.rel} ${this.target}`);
  };
  try {
    const link = page.getByRole('link', { name: /the paper/ });
    (link.element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByRole('dialog').getByText('https://example.org/a?b=c')).toBeVisible();
    expect(document.activeElement?.textContent?.trim()).toBe('Cancel');
    await userEvent.keyboard('{Escape}');
    await expect.poll(() => document.activeElement).toBe(link.element());
    expect(opened).toEqual([]);
    await link.click();
    await page.getByRole('button', { name: 'Open in the browser' }).click();
    expect(opened).toEqual(['https://example.org/a?b=c noreferrer noopener _blank']);
  } finally {
    HTMLAnchorElement.prototype.click = click;
  }
});

test('a message of 1 MB is sent, drawn and read without a long stop; one that is too long is refused with its words', async () => {
  const { script, fake } = await stage();
  const long = 'All work and no play. '.repeat(45_000);
  const area = field().element() as HTMLTextAreaElement;
  const paste = (text: string) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    area.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  };
  const stops: number[] = [];
  const observer = new PerformanceObserver((list) => stops.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: 'longtask' });
  paste('y'.repeat(1_500_001));
  await expect.element(page.getByText(/a message may have 1,500,000/)).toBeVisible();
  (page.getByRole('button', { name: 'Send' }).element() as HTMLElement).click();
  await frames();
  expect(fake.asked.some(({ verb }) => verb === 'assistant.send')).toBe(false);
  await page.getByRole('button', { name: 'Take it out' }).click();
  await field().fill('Read this');
  paste(long);
  await expect.element(page.getByText(/A long text, 990,000 characters/)).toBeVisible();
  await expect.element(field()).toHaveValue('Read this');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect.poll(() => script.messages.length).toBe(2);
  await expect.element(page.getByRole('button', { name: /Show all 990,011 characters/ })).toBeVisible();
  script.write(long);
  script.finish();
  await expect.poll(() => document.querySelectorAll('.answer p').length, { timeout: 10_000 }).toBeGreaterThan(100);
  observer.disconnect();
  expect(Math.max(0, ...stops)).toBeLessThan(400);
});

test('without a model the room says so and leads to the models', async () => {
  await stage({ models: false });
  await expect.element(page.getByText('There is no model yet.')).toBeVisible();
  await expect.element(page.getByRole('link', { name: 'Choose a model' })).toHaveAttribute('href', '#/own/models');
});

test('the keyboard alone walks from the list to the field, sends, stops, and asks again', async () => {
  const script = scripted();
  boat(script);
  await stage({ script });
  const names: string[] = [];
  document.body.tabIndex = -1;
  document.body.focus();
  for (let i = 0; i < 12; i++) {
    await userEvent.keyboard('{Tab}');
    const at = document.activeElement!;
    const name =
      at.getAttribute('aria-label') ??
      (at as HTMLInputElement).labels?.[0]?.textContent ??
      at.textContent?.trim() ??
      at.tagName;
    names.push(name);
    if (name === 'Message to Wren') break;
  }
  expect(names).toEqual(
    expect.arrayContaining([
      'New conversation',
      'Search all conversations',
      'The winter of the boat',
      'Message to Wren',
    ]),
  );
  await userEvent.keyboard('Hello{Enter}');
  script.write('Hi');
  await expect.element(page.getByRole('button', { name: 'Stop' })).toBeVisible();
  // Past Your files and Attach.
  await userEvent.keyboard('{Tab}{Tab}{Tab}{Enter}');
  await expect.element(page.getByRole('button', { name: /^Again/ })).toBeVisible();
  await expect.element(field()).toHaveFocus();
  await userEvent.keyboard('{Shift>}{Tab}{/Shift}');
  for (let i = 0; i < 8 && document.activeElement?.textContent?.trim() !== 'Again'; i++)
    await userEvent.keyboard('{Shift>}{Tab}{/Shift}');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => script.messages.findLast(({ role }) => role === 'assistant')?.state).toBe('writing');
});

test.each(['light', 'dark'])('axe finds nothing, %s', async (theme) => {
  document.documentElement.dataset['theme'] = theme;
  const { script, session } = await stage();
  expect(await violations()).toEqual([]);
  const conversation = boat(script);
  session.go('chat', conversation.id);
  await expect.element(log().getByText('Perpétua')).toBeVisible();
  await page.getByText(/How it was made/).click();
  await field().fill('And?');
  await userEvent.keyboard('{Enter}');
  script.write('See [it](https://example.org) now');
  await expect.element(log().getByText(/now$/)).toBeVisible();
  expect(await violations()).toEqual([]);
  await page.getByRole('button', { name: /^Delete/ }).click();
  await frames(20);
  expect(await violations()).toEqual([]);
});
