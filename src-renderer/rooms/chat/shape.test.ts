/** How a conversation answers: the panel, personas, the model under the field, seeds, and conversations that are not kept. */
import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { Fault } from '../../../src-main/wire/index.ts';
import { openForm, readNumeral } from './form.svelte.ts';
import { answersNext } from './answering.ts';
import { boat, button, field, frames, log, onStage, violations } from './stage.fixture.ts';
import { scripted } from './scripted.ts';

const stage = onStage();
const panel = () => page.getByRole('dialog', { name: 'How it answers' });
const open = async () => {
  await button(/^How it answers/).click();
  await expect.element(panel()).toBeVisible();
};
const box = (name: string | RegExp) => page.getByRole('textbox', { name });

test('settings of a conversation are used from the next answer on, and an emptied one is taken back', async () => {
  const script = scripted();
  const conversation = boat(script);
  conversation.shape = { topK: 20, seed: 5 };
  const { asked } = await stage({ script, within: conversation.id });
  await open();
  expect(document.activeElement?.textContent?.trim()).toBe('Cancel');
  await box(/^Instructions/).fill('Answer like a harbour master.');
  await box(/^Longest answer/).fill('300');
  await box(/^The same words again/).fill('');
  page
    .getByRole('slider', { name: /^How freely/ })
    .element()
    .focus();
  await userEvent.keyboard('{Home}');
  await expect.element(page.getByText('0 · always the likeliest word')).toBeVisible();
  await expect.element(box(/top-k/)).toHaveValue('20');
  await button('Use from now on').click();
  await expect.poll(() => panel().query()).toBeNull();
  expect(asked('assistant.shape')).toEqual([
    {
      conversation: conversation.id,
      change: { system: 'Answer like a harbour master.', temperature: 0, maxTokens: 300, seed: null },
    },
  ]);
  await expect.element(button(/^How it answers/)).toHaveFocus();
  await open();
  await expect.element(box(/^Instructions/)).toHaveValue('Answer like a harbour master.');
});

test('a number that cannot be used is said beside its field, and nothing is changed', async () => {
  const script = scripted();
  const { id } = boat(script);
  const { asked } = await stage({ script, within: id });
  await open();
  await box(/^Longest answer/).fill('a few');
  await expect.element(page.getByText(/A whole number from 1 to 1,048,576\./)).toBeVisible();
  (button('Use from now on').element() as HTMLElement).click();
  await expect.element(page.getByText(/Nothing was changed\./)).toBeVisible();
  await expect.element(box(/^Longest answer/)).toHaveFocus();
  expect(asked('assistant.shape')).toEqual([]);
  await userEvent.keyboard('{Escape}');
  await expect.poll(() => panel().query()).toBeNull();
});

test('a conversation that has not begun takes its settings along with the first question', async () => {
  const { script, asked } = await stage();
  script.personas.push({ id: '01J9000000000000000000PPPP' as never, name: 'Editor', shape: { system: 'Edit.' }, createdAt: 1 }); // prettier-ignore
  await open();
  await page.getByRole('radio', { name: /Editor/ }).click();
  await box(/^Longest answer/).fill('50');
  await button('Use from now on').click();
  await expect.element(button('How it answers: Editor')).toBeVisible();
  await field().fill('Hello');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => script.messages.length).toBe(2);
  expect(asked('assistant.send')).toEqual([
    { text: 'Hello', begin: { persona: script.personas[0]!.id, shape: { maxTokens: 50 } } },
  ]);
  script.write('Hello.');
  script.finish();
  await page.getByText(/How it was made/).click();
  await expect.element(page.getByRole('note').getByText('Editor')).toBeVisible();
});

test('present settings are kept as a persona, which is changed, and removed after asking', async () => {
  const script = scripted();
  const { id } = boat(script);
  await stage({ script, within: id });
  await open();
  await box(/^Instructions/).fill('Short sentences.');
  await page.getByText('Keep as a persona').click();
  await button('Keep').click();
  await expect.element(page.getByText(/Give it a name first\./)).toBeVisible();
  await box('Its name').fill('Captain');
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByText(/“Captain” is kept/)).toBeVisible();
  expect(script.personas).toMatchObject([{ name: 'Captain', shape: { system: 'Short sentences.' } }]);
  expect(script.conversations[0]).toMatchObject({ persona: script.personas[0]!.id, shape: {} });
  await expect.element(page.getByRole('radio', { name: /Captain/ })).toBeChecked();
  await expect.element(box(/^Instructions/)).toHaveAttribute('placeholder', 'From the persona: Short sentences.');

  await box(/^The same words again/).fill('7');
  await button('Change “Captain” to these settings').click();
  await expect.element(page.getByText('“Captain” has these settings now.')).toBeVisible();
  expect(script.personas).toMatchObject([{ name: 'Captain', shape: { system: 'Short sentences.', seed: 7 } }]);

  await button('Remove “Captain”').click();
  await expect.element(page.getByText(/keep what was said, and go on without it/)).toBeVisible();
  await button('Keep it').click();
  expect(script.personas).toHaveLength(1);
  await button('Remove “Captain”').click();
  await button('Remove it').click();
  await expect.poll(() => script.personas).toHaveLength(0);
  await expect.poll(() => script.conversations[0]!.persona).toBeNull();
  await expect.element(page.getByRole('radio', { name: /^None/ })).toBeChecked();
});

test('a persona that cannot be kept says why, and the settings stay', async () => {
  const script = scripted();
  const { id } = boat(script);
  const { fake } = await stage({ script, within: id });
  await open();
  await box(/^Instructions/).fill('Short sentences.');
  await page.getByText('Keep as a persona').click();
  fake.failNext('assistant.persona', new Fault('disk-full', 'The disk is full. Nothing was changed.'));
  await box('Its name').fill('Captain');
  await userEvent.keyboard('{Enter}');
  await expect.element(panel().getByText(/The disk is full/)).toBeVisible();
  await expect.element(box(/^Instructions/)).toHaveValue('Short sentences.');
});

test('the model is changed in the middle of a conversation, by keys alone', async () => {
  const script = scripted();
  const { id } = boat(script);
  const { asked } = await stage({ script, within: id, better: true });
  const menu = button(/^Model: SmolLM2 135M/);
  (menu.element() as HTMLElement).focus();
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByRole('menuitemradio', { name: /SmolLM2 135M.*Runs well/ })).toHaveFocus();
  await userEvent.keyboard('{ArrowDown}{Enter}');
  await expect.element(button(/^Model: Qwen3 4B/)).toHaveFocus();
  expect(asked('assistant.shape')).toEqual([{ conversation: id, change: { model: 'qwen3-4b-q4' } }]);
  await field().fill('Again, better');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => script.messages.at(-1)?.model).toBe('qwen3-4b-q4');
});

test('the seed of an answer is used for those to come, and said in the margin', async () => {
  const script = scripted();
  const { id } = boat(script);
  const { asked } = await stage({ script, within: id });
  await button('Again: answer 2').click();
  script.write('So.');
  script.finish();
  await page.getByText(/How it was made.*answer 2/).click();
  const { seed } = script.messages.at(-1)!;
  await button('Use this seed: answer 2').click();
  await expect.element(page.getByText('Used from now on')).toBeVisible();
  expect(asked('assistant.shape')).toEqual([{ conversation: id, change: { seed } }]);
});

test('a temporary conversation says that nothing is written down, and its draft is not', async () => {
  const script = scripted();
  const { asked } = await stage({ script });
  await field().fill('a secret');
  await expect.poll(() => script.drafts.get('')).toBe('a secret');
  await page.getByRole('switch', { name: 'Temporary' }).click();
  await expect
    .element(page.getByText('Nothing of this is written down. It ends when you close it, or when daimon sleeps.'))
    .toBeVisible();
  await expect.element(page.getByText(/· nothing is written down/)).toBeVisible();
  await expect.poll(() => script.drafts.get('')).toBe('');
  await expect.poll(() => script.drafts.get('temporary')).toBe('a secret');
  await field().fill('a secret, typed on');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => script.messages.length).toBe(2);
  expect(asked('assistant.send')).toEqual([{ text: 'a secret, typed on', begin: { temporary: true } }]);
  expect(
    asked('assistant.draft').filter((one) => (one as { text?: string }).text && !('temporary' in (one as object))),
  ).toEqual([{ text: 'a secret' }]);
  await expect.element(page.getByText(/· nothing is written down/)).toBeVisible();
  script.finish();
});

test('a document that was at hand is kept in memory instead, once the conversation will be temporary', async () => {
  const { asked } = await stage();
  const input = document.querySelector<HTMLInputElement>('input[type=file]')!;
  const data = new DataTransfer();
  data.items.add(new File(['word'], 'letter.txt'));
  input.files = data.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
  await expect.element(page.getByText(/Text · about/)).toBeVisible();
  await page.getByRole('switch', { name: 'Temporary' }).click();
  await expect.poll(() => asked('assistant.attach').length).toBe(2);
  expect(asked('assistant.attach').map((one) => (one as { temporary?: true }).temporary)).toEqual([undefined, true]);
  expect(asked('assistant.detach')).toHaveLength(1);
  await expect.element(page.getByText(/Text · about/)).toBeVisible();
});

test('what answers next: what is set, what answered before, a stand-in gives way', () => {
  const models = [
    { id: 'warm', warmUp: true },
    { id: 'real', warmUp: false },
    { id: 'other', warmUp: false },
  ];
  const next = (named?: string, last?: string | null, usual?: string | null, here = models) =>
    answersNext({ named, last, usual, models: here });
  expect(next('other', 'real', 'warm')).toBe('other');
  expect(next('gone', 'real', 'warm')).toBe('real');
  expect(next(undefined, 'warm', 'real')).toBe('real');
  expect(next(undefined, 'warm', 'warm')).toBe('warm');
  expect(next(undefined, null, 'real')).toBe('real');
  expect(next(undefined, 'gone', 'real')).toBe('real');
  expect(next(undefined, undefined, null, [])).toBeUndefined();
});

test('numbers are read as people write them, within the door’s limits', () => {
  expect(readNumeral('topP', '0,9')).toBe(0.9);
  expect(readNumeral('topP', ' .5 ')).toBe(0.5);
  expect(readNumeral('seed', '')).toBeUndefined();
  expect(readNumeral('seed', '4294967295')).toBe(4_294_967_295);
  for (const text of ['4294967296', '-1', '1.5', '1e3', 'x', '0x10', '1.']) expect(readNumeral('seed', text)).toBeNaN();
  expect(readNumeral('repeatPenalty', '0.4')).toBeNaN();
});

test('a form gives only what differs, and null for what was taken back', () => {
  const form = openForm({ model: 'a', temperature: 0.5, topK: 20 });
  expect(form.change).toEqual({});
  form.model = '';
  form.numerals.topP = '0.9';
  form.temperature = undefined;
  expect(form.change).toEqual({ model: null, topP: 0.9, temperature: null });
  expect(form.shape).toEqual({ topK: 20, topP: 0.9 });
});

test.each(['light', 'dark'])('axe finds nothing in the panel and the menu, %s', async (theme) => {
  document.documentElement.dataset['theme'] = theme;
  const script = scripted();
  const { id } = boat(script);
  await stage({ script, within: id, better: true });
  await button(/^Model: /).click();
  expect(await violations()).toEqual([]);
  await userEvent.keyboard('{Escape}');
  await open();
  await box(/^Instructions/).fill('Short sentences.');
  await page.getByText('Keep as a persona').click();
  await page.getByRole('dialog').getByText('More', { exact: true }).click();
  await frames();
  expect(await violations()).toEqual([]);
  await page.viewport(400, 800);
  await frames();
  expect(await violations()).toEqual([]);
  await userEvent.keyboard('{Escape}');
  await expect.element(log()).toBeVisible();
});
