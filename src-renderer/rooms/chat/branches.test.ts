/** Branching as a person does it: edit, again, walk, go on from any point, compare; nothing is ever overwritten. */
import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { Fault } from '../../../src-main/wire/index.ts';
import { boat, button, field, frames, log, onStage, said, scroller, violations } from './stage.fixture.ts';
import { scripted, type Scripted } from './scripted.ts';

const stage = onStage();
const drain = (items: AsyncIterable<unknown>) =>
  void (async () => {
    for await (const _ of items);
  })();
const elsewhere = (script: Scripted, input: object) =>
  drain(script.handlers['assistant.send'](input as never, new AbortController().signal));

test('an edited question is another version of it: the words go out in its place, and the old branch stays', async () => {
  const script = scripted();
  const { id } = boat(script);
  const { asked } = await stage({ script, within: id });
  await button('Edit: question 1').click();
  const edit = page.getByRole('textbox', { name: 'Your question, changed' });
  await expect.element(edit).toHaveFocus();
  await expect.element(edit).toHaveValue('What did Nan write?');
  await expect.element(page.getByText('The question as it was stays, with its answers.')).toBeVisible();
  await userEvent.keyboard('{Control>}a{/Control}What did Nan say?{Enter}');
  await expect.element(field()).toHaveFocus();
  expect(said()[0]).toBe('What did Nan say?');
  script.write('She said little.');
  script.finish();
  await expect.poll(said).toEqual(['What did Nan say?', 'She said little.']);
  expect(asked('assistant.send')).toEqual([{ text: 'What did Nan say?', conversation: id, parent: null }]);
  expect(script.messages).toHaveLength(6);
  await expect.element(page.getByText('2 of 2')).toBeVisible();
  await button('Earlier version: question 1').click();
  await expect
    .poll(said)
    .toEqual(['What did Nan write?', 'They lost the Perpétua in February.', 'And the date?', 'The night of the 11th.']);
});

test('Escape leaves a question as it was, and the focus goes back to its Edit', async () => {
  const script = scripted();
  const { id } = boat(script);
  const { asked } = await stage({ script, within: id });
  await button('Edit: question 2').click();
  await userEvent.keyboard(' no{Escape}');
  await expect.element(button('Edit: question 2')).toHaveFocus();
  expect(said()[2]).toBe('And the date?');
  expect(asked('assistant.send')).toEqual([]);
});

test('words of an edit that did not arrive are in its field again', async () => {
  const script = scripted();
  const { id } = boat(script);
  const { fake } = await stage({ script, within: id });
  fake.failNext('assistant.send', new Fault('no-model', 'There is no model yet. Choose one; your words are kept.'));
  await button('Edit: question 2').click();
  await userEvent.keyboard(' Exactly?{Enter}');
  await expect.element(page.getByRole('alert').getByText(/There is no model yet/)).toBeVisible();
  await expect
    .element(page.getByRole('textbox', { name: 'Your question, changed' }))
    .toHaveValue('And the date? Exactly?');
  expect(said()).toContain('The night of the 11th.');
});

test('a window that closes during an edit keeps its words with the draft', async () => {
  const script = scripted();
  const { id } = boat(script);
  const { session } = await stage({ script, within: id });
  await field().fill('later');
  await button('Edit: question 2').click();
  await userEvent.keyboard(' Exactly?');
  window.dispatchEvent(new Event('pagehide'));
  await expect.poll(() => script.drafts.get(id)).toBe('later\n\nAnd the date? Exactly?');
  session.go('chat');
  await expect.element(page.getByText('Say something.')).toBeVisible();
  session.go('chat', id);
  await expect.element(field()).toHaveValue('later\n\nAnd the date? Exactly?');
});

test('an earlier answer is made again in its place; walking back brings what came after', async () => {
  const script = scripted();
  const { id } = boat(script);
  const { asked } = await stage({ script, within: id });
  await button('Again: answer 1').click();
  await expect.element(field()).toHaveFocus();
  script.write('In February.');
  await expect.poll(said).toEqual(['What did Nan write?', 'In February.']);
  script.finish();
  expect(asked('assistant.again')).toEqual([{ conversation: id, message: script.messages[1]!.id }]);
  await expect.element(page.getByText('2 of 2')).toBeVisible();
  await button('Earlier version: answer 1').click();
  await expect.poll(() => said().at(-1)).toBe('The night of the 11th.');
  await expect.element(button('Earlier version: answer 1')).toHaveFocus();
  await expect.element(page.getByText('1 of 2')).toBeVisible();
  // At an end the word stays where it is and says so.
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByText('This is the first version.')).toBeVisible();
  await userEvent.keyboard('{Tab}{Enter}');
  await expect.poll(said).toEqual(['What did Nan write?', 'In February.']);
  await expect.element(button('Later version: answer 1')).toHaveFocus();
});

test('a walk keeps the message where it is on the screen, also when its branch is long', async () => {
  const script = scripted();
  const long = script.add(
    'Long',
    Array.from({ length: 300 }, (_, i) => `message ${i} `.repeat(40)),
  );
  elsewhere(script, { text: 'Instead of number 100', conversation: long.id, parent: script.messages[99]!.id });
  script.write('A short branch.');
  script.finish();
  await stage({ script, within: long.id });
  await expect.element(log().getByText('A short branch.')).toBeVisible();
  const earlier = button('Earlier version: question 51');
  await expect.element(earlier).toBeInTheDocument();
  const top = () => earlier.element().getBoundingClientRect().top;
  const before = top();
  await earlier.click();
  await expect.poll(() => said().some((one) => one.startsWith('message 100 '))).toBe(true);
  await frames();
  expect(Math.abs(top() - before)).toBeLessThan(2);
  await expect.element(earlier).toHaveFocus();
  expect(document.querySelectorAll('[data-entry]').length).toBeLessThanOrEqual(60);
  const later = button('Later version: question 51');
  await later.click();
  await expect.element(log().getByText('A short branch.')).toBeVisible();
  await frames();
  expect(scroller().scrollHeight - scroller().scrollTop - scroller().clientHeight).toBeLessThan(8);
});

test('the next message goes on from any answer, and there is a way back', async () => {
  const script = scripted();
  const { id } = boat(script);
  const { asked } = await stage({ script, within: id });
  await button('Go on from here: answer 1').click();
  await expect.element(field()).toHaveFocus();
  await expect.element(page.getByText(/goes on from the answer “They lost the Perpétua/)).toBeVisible();
  await button('Back to the end').click();
  expect(page.getByText(/goes on from the answer/).query()).toBeNull();
  await expect.element(field()).toHaveFocus();
  await button('Go on from here: answer 1').click();
  await userEvent.keyboard('And the boat?{Enter}');
  script.write('It was never found.');
  script.finish();
  await expect
    .poll(said)
    .toEqual(['What did Nan write?', 'They lost the Perpétua in February.', 'And the boat?', 'It was never found.']);
  expect(asked('assistant.send')).toEqual([
    { text: 'And the boat?', conversation: id, parent: script.messages[1]!.id },
  ]);
  await button('Earlier version: question 2').click();
  await expect.poll(() => said().at(-1)).toBe('The night of the 11th.');
});

test('an answer that was stopped goes on from where it was', async () => {
  const { script, asked } = await stage();
  await field().fill('Tell me a story');
  await userEvent.keyboard('{Enter}');
  script.write('Once upon');
  await expect.element(log().getByText('Once upon')).toBeVisible();
  await userEvent.keyboard('{Escape}');
  await button('Go on: answer 1').click();
  script.write(' a time.');
  await expect.element(log().getByText('Once upon a time.')).toBeVisible();
  script.finish();
  expect(asked('assistant.again')).toEqual([
    { conversation: script.conversations[0]!.id, message: script.messages[1]!.id, goOn: true },
  ]);
  await expect.element(page.getByText('2 of 2')).toBeVisible();
  expect(button('Go on: answer 1').query()).toBeNull();
});

test('while an answer is written the words say why they wait, and change nothing', async () => {
  const script = scripted();
  const { id } = boat(script);
  const { asked } = await stage({ script, within: id });
  await field().fill('More');
  await userEvent.keyboard('{Enter}');
  script.write('Yes');
  for (const name of ['Edit: question 1', 'Again: answer 1', 'Go on from here: answer 1']) {
    await expect.element(button(name)).toHaveAttribute('aria-disabled', 'true');
    (button(name).element() as HTMLElement).click();
    await expect.element(page.getByText('Wren is still writing. Stop it or wait, then do this.')).toBeVisible();
  }
  expect(asked('assistant.again')).toEqual([]);
  expect(page.getByRole('textbox', { name: 'Your question, changed' }).query()).toBeNull();
  script.finish();
});

test('two answers stand side by side, each with what made it; the one that is kept goes on', async () => {
  const script = scripted();
  const { id } = boat(script);
  await stage({ script, within: id });
  for (const text of ['On the 11th.', 'At night.']) {
    await button('Again: answer 2').click();
    script.write(text);
    await expect.element(log().getByText(text)).toBeVisible();
    script.finish();
    await expect.element(button('Again: answer 2')).toBeVisible();
  }
  await button('Compare: answer 2').click();
  const side = (name: string) => page.getByRole('region', { name });
  await expect.element(side('On the left')).toMatchTextContent(/Answer 2 of 3.*SmolLM2 135M.*Seed \d+.*On the 11th\./s);
  await expect.element(side('On the right')).toMatchTextContent(/Answer 3 of 3.*On the page now.*At night\./s);
  expect(side('On the left').element().getBoundingClientRect().top).toBe(
    side('On the right').element().getBoundingClientRect().top,
  );
  await button('Earlier version: On the left').click();
  await expect.element(side('On the left')).toMatchTextContent(/Answer 1 of 3.*The night of the 11th\./s);
  expect(await violations()).toEqual([]);
  await page.viewport(700, 800);
  expect(side('On the right').element().getBoundingClientRect().top).toBeGreaterThan(
    side('On the left').element().getBoundingClientRect().bottom - 1,
  );
  await page.viewport(1200, 800);
  await button('Keep this one: answer 1').click();
  await expect.poll(() => said().at(-1)).toBe('The night of the 11th.');
  expect(script.branch(id).at(-1)).toBe('The night of the 11th.');
  expect(script.messages).toHaveLength(6);
});

test('another window’s branch is shown calmly; a question that is being changed here keeps its words', async () => {
  const script = scripted();
  const { id } = boat(script);
  await stage({ script, within: id });
  await button('Edit: question 2').click();
  await userEvent.keyboard(' Exactly?');
  elsewhere(script, { text: 'Another beginning', conversation: id, parent: null });
  script.write('From elsewhere.');
  script.finish();
  await expect.poll(said).toEqual(['Another beginning', 'From elsewhere.']);
  const edit = page.getByRole('textbox', { name: 'Your question, changed' });
  await expect.element(edit).toHaveValue('And the date? Exactly?');
  await expect.element(page.getByText(/is on another branch now/)).toBeVisible();
  (edit.element() as HTMLElement).focus();
  await userEvent.keyboard('{Enter}');
  script.write('At nine.');
  script.finish();
  await expect
    .poll(said)
    .toEqual(['What did Nan write?', 'They lost the Perpétua in February.', 'And the date? Exactly?', 'At nine.']);
  expect(script.messages).toHaveLength(8);
});

test('no two things on the page are called the same, and every word is at least 24 pixels high and wide', async () => {
  const script = scripted();
  const { id } = boat(script);
  await stage({ script, within: id });
  await button('Again: answer 1').click();
  script.write('So.');
  script.finish();
  await expect.element(page.getByText('2 of 2')).toBeVisible();
  await button('Earlier version: answer 1').click();
  await expect.poll(() => said().length).toBe(4);
  const buttons = [...log().element().querySelectorAll('button')];
  const names = buttons.map((one) => one.getAttribute('aria-label') ?? one.textContent);
  expect(new Set(names).size).toBe(names.length);
  for (const one of buttons) {
    const { width, height } = one.getBoundingClientRect();
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(24);
  }
});

test.each(['light', 'dark'])('axe finds nothing in a changed conversation, %s', async (theme) => {
  document.documentElement.dataset['theme'] = theme;
  const script = scripted();
  const { id } = boat(script);
  await stage({ script, within: id });
  await button('Again: answer 1').click();
  script.write('So.');
  expect(await violations()).toEqual([]);
  script.finish('stopped');
  await expect.element(page.getByText('2 of 2')).toBeVisible();
  await button('Earlier version: answer 1').click();
  await expect.poll(() => said().length).toBe(4);
  await button('Go on from here: answer 1').click();
  await button('Edit: question 2').click();
  expect(await violations()).toEqual([]);
  await page.viewport(400, 800);
  await frames();
  expect(await violations()).toEqual([]);
});

test('an edit under way when another window deletes the conversation leaves its words in the field at the foot', async () => {
  const script = scripted();
  const { id } = boat(script);
  await stage({ script, within: id });
  await field().fill('later');
  await button('Edit: question 2').click();
  await userEvent.keyboard(' Exactly?');
  await script.handlers['assistant.delete']({ id }, new AbortController().signal);
  script.tell(id);
  await expect.element(field()).toHaveValue('And the date? Exactly?\n\nlater');
});
