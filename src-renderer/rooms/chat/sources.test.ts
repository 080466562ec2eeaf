/** Answers from the person's files: the switch in the field, numbers that lead to quotes, and "Why this answer?". */
import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { UsedSource } from '../../../src-main/assistant/door.ts';
import { readWorld } from '../../core/fake-shelf.ts';
import { Fault } from '../../../src-main/wire/index.ts';
import { boat, button, field, onStage, violations } from './stage.fixture.ts';
import { scripted } from './scripted.ts';

const stage = onStage();
const source = (n: number, over: Partial<UsedSource> = {}): UsedSource => ({
  n,
  file: `/home/me/letters/letter-${n}.pdf`,
  name: `letter-${n}.pdf`,
  kind: 'pdf',
  page: n,
  quote: `Quote number ${n} <b>as it stands</b>.`,
  cited: true,
  passage: 100 + n,
  document: n,
  ...over,
});
const answered = (
  sources: readonly UsedSource[],
  text = 'They lost it in February [1], says the book [2], not [7].',
) => {
  const script = scripted();
  const { id } = boat(script);
  script.messages[3] = { ...script.messages[3]!, text, sources: [...sources] };
  return { script, id };
};
/** Replaces what the scripted core answers. */
const over = (script: ReturnType<typeof scripted>, handlers: object) => void Object.assign(script.handlers, handlers);
const files = () => page.getByRole('switch', { name: 'Your files' });
const list = () => page.getByRole('list', { name: 'Sources of answer 2' });

test('numbers lead to their quotes and on to the page; brackets that point nowhere stay words', async () => {
  const { script, id } = answered([
    source(1),
    source(2, { kind: 'pptx', heading: 'Ice' }),
    source(3, { cited: false }),
  ]);
  await stage({ script, within: id });
  await expect.element(list().getByText('Quote number 1 <b>as it stands</b>.')).toBeVisible();
  await expect.poll(() => document.querySelectorAll('.answer')[1]?.textContent).toContain('not [7].');
  await button('Source 2').click();
  expect(document.activeElement?.id).toBe(`source-${script.messages[3]!.id}-2`);
  expect(document.activeElement?.textContent?.replace(/\s+/g, ' ')).toContain('slide 2');
  expect(document.activeElement?.textContent).toContain('Ice');
  await expect
    .element(page.getByRole('link', { name: 'Open the page of source 1: letter-1.pdf' }))
    .toHaveAttribute('href', '#/knows/passage-101');
  // What was read and not pointed to is one step down.
  const third = () => page.getByText(/Quote number 3/);
  await expect.element(third()).not.toBeVisible();
  await page.getByText('1 more passage was read and not pointed to').click();
  await expect.element(third()).toBeVisible();
  expect(await violations()).toEqual([]);
});

test('an answer that found nothing says that it looked, and offers no why', async () => {
  const { script, id } = answered([], 'Nothing in your files fits.');
  await stage({ script, within: id });
  await expect.element(page.getByText('Looked in your files. Nothing fitted well enough.')).toBeVisible();
  expect(button(/Why this answer/).query()).toBeNull();
});

test('a quote whose file was taken out is gone, and its place says so', async () => {
  const { script, id } = answered([source(1, { gone: true, quote: '' }), source(2)]);
  await stage({ script, within: id });
  await expect.element(page.getByText(/taken out of your files/)).toBeVisible();
  expect(page.getByRole('link', { name: /source 1/ }).query()).toBeNull();
});

test('"Why this answer?" shows how far it is, can be stopped, and says how much each mattered', async () => {
  const { script, id } = answered([source(1), source(2)]);
  let go = () => {};
  over(script, {
    async *'assistant.why'(_input: unknown, signal: AbortSignal) {
      yield { kind: 'progress', done: 1, total: 3 };
      await new Promise<void>((resolve) => {
        go = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      if (signal.aborted) return;
      yield { kind: 'done', sources: [source(1, { weight: 'much' }), source(2, { weight: 'none' })] };
    },
  });
  const { asked } = await stage({ script, within: id });
  const why = () => button('Why this answer?: answer 2');
  await why().click();
  await expect.element(page.getByText('1 of 3 readings')).toBeVisible();
  await button('Stop').click();
  await expect.element(page.getByText(/Stopped\. The answer is as it was/)).toBeVisible();
  await why().click();
  await expect.element(page.getByText('1 of 3 readings')).toBeVisible();
  go();
  await expect.element(list().getByText('The answer rests on this')).toBeVisible();
  await expect.element(list().getByText('Did not matter')).toBeVisible();
  expect(asked('assistant.why')).toEqual([{ message: script.messages[3]!.id }, { message: script.messages[3]!.id }]);
});

test('why that fails says so beside the field', async () => {
  const { script, id } = answered([source(1)]);
  over(script, {
    async *'assistant.why'() {
      throw new Fault('sources-gone', 'Its sources were taken out, so it cannot be weighed.');
    },
  });
  await stage({ script, within: id });
  await button(/^Why this answer/).click();
  await expect.element(page.getByText(/cannot be weighed/)).toBeVisible();
});

test('the switch makes the next answer from all files, the sheet from some; the conversation remembers', async () => {
  const script = scripted();
  const { id } = boat(script);
  const { asked, fake } = await stage({ script, within: id, world: readWorld() });
  await expect.element(files()).not.toBeChecked();
  await files().click();
  await expect.element(files()).toBeChecked();
  await field().fill('When?');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => asked('assistant.send')).toHaveLength(1);
  expect(asked('assistant.send')[0]).toMatchObject({ text: 'When?', sources: 'library' });
  script.write('In February.');
  script.finish();
  await button('Which of your files: all').click();
  await expect.element(page.getByRole('dialog', { name: /Which of your files/ })).toBeVisible();
  await page.getByRole('radio', { name: /Only these/ }).click();
  (button('Use these').element() as HTMLElement).click();
  await expect.element(page.getByText('Tick at least one place.')).toBeVisible();
  expect(await violations()).toEqual([]);
  await page.getByRole('checkbox').first().click();
  await button('Use these').click();
  await expect.element(button('Which of your files: 1 place')).toBeVisible();
  const [first] = (await fake.link.core['library.state']({})).places;
  await field().fill('And where?');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => asked('assistant.send')).toHaveLength(2);
  expect(asked('assistant.send')[1]).toMatchObject({ sources: { places: [first!.id] } });
  script.finish();
  await files().click();
  await expect.element(files()).not.toBeChecked();
  await field().fill('Without them?');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => asked('assistant.send')).toHaveLength(3);
  expect(asked('assistant.send')[2]).toMatchObject({ sources: null });
});

test('a conversation that was asked from files goes on so', async () => {
  const script = scripted();
  const conversation = boat(script);
  conversation.sources = 'library';
  const { asked } = await stage({ script, within: conversation.id });
  await expect.element(files()).toBeChecked();
  await field().fill('More');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => asked('assistant.send')).toHaveLength(1);
  // The core remembers; nothing was changed here.
  expect(asked('assistant.send')[0]).not.toHaveProperty('sources');
});
