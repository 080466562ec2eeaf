/** Documents that go with a message: chosen, dropped or pasted, shown with their length before anything is sent. */
import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { Fault } from '../../../src-main/wire/index.ts';
import { boat, button, field, frames, onStage, violations } from './stage.fixture.ts';
import { scripted, type Scripted } from './scripted.ts';

const stage = onStage();
const rows = () => page.getByRole('list', { name: 'Documents that go with your message' });
const file = (name: string, text: string) => new File([text], name);
const choose = async (...files: File[]) => {
  const input = document.querySelector<HTMLInputElement>('input[type=file]')!;
  const data = new DataTransfer();
  for (const one of files) data.items.add(one);
  input.files = data.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
  await frames();
};
/** The core takes each piece only after `wait`. */
const slowly = (script: Scripted, wait: () => Promise<void>) => {
  const give = script.handlers['library.give'];
  (script.handlers as { 'library.give': typeof give })['library.give'] = async (input, signal) => {
    await wait();
    return give(input, signal);
  };
};
/** A file that says it is large, without its bytes. */
const huge = (name: string, size: number, touched: () => void) =>
  Object.defineProperties(new File(['x'], name), {
    size: { value: size },
    slice: { value: () => touched() },
    arrayBuffer: { value: () => touched() },
  }) as File;

test('a document is shown with its kind, its length and what share of the room that is, and goes with the message', async () => {
  const { script, asked } = await stage();
  await field().fill('What does it say?');
  await choose(file('letter.txt', 'word '.repeat(500)));
  await expect.element(rows()).toMatchTextContent(/letter\.txt.*Text · about 470 words · a third of what fits/s);
  await expect.element(page.getByText('Quoted to the model as data; what it says is not obeyed.')).toBeVisible();
  await expect.element(field()).toHaveValue('What does it say?');
  await expect.element(field()).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => script.messages.length).toBe(2);
  const { attachments } = script.messages[0]!;
  expect(asked('assistant.send')).toEqual([{ text: 'What does it say?', attachments: [{ id: attachments![0]!.id }] }]);
  expect(rows().query()).toBeNull();
  await expect
    .element(page.getByRole('list', { name: 'Documents of question 1' }))
    .toMatchTextContent(/letter\.txt.*Text · about 470 words/s);
  script.finish();
});

test('what is too long says how much of it fits, and several say how long they are together', async () => {
  await stage();
  await choose(file('book.md', 'word '.repeat(2600)), file('plan.pdf', 'word '.repeat(500)));
  await expect.element(rows()).toMatchTextContent(/book\.md.*Markdown · about 2,400 words · only the first 61 % fits/s);
  await expect.element(rows()).toMatchTextContent(/plan\.pdf.*PDF · 3 pages · .*Page 2 is a picture/s);
  await expect
    .element(page.getByText(/Together about 2,900 words, more than fits; the answer says what was left out\./))
    .toBeVisible();
});

test('a file of more than 64 MB is refused before a byte of it is read, and an empty one as well', async () => {
  const { asked } = await stage();
  let touched = 0;
  await choose(file('empty.txt', ''));
  const data = { files: [huge('film.txt', 1_000_000_000, () => touched++)], types: ['Files'] };
  const drop = new Event('drop', { bubbles: true, cancelable: true });
  Object.defineProperty(drop, 'dataTransfer', { value: data });
  window.dispatchEvent(drop);
  await expect.element(rows()).toMatchTextContent(/film\.txt.*It has 1 GB; a document may have 64 MB/s);
  await expect.element(rows()).toMatchTextContent(/empty\.txt.*It is empty/s);
  expect(touched).toBe(0);
  expect(asked('library.offer')).toEqual([]);
});

test('a document that cannot be read says so on its row; the words and the others stay', async () => {
  const { fake } = await stage();
  await field().fill('Both, please');
  fake.failNext('assistant.attach', new Fault('damaged', 'The first page is damaged. It was left as it is.'));
  await choose(file('torn.pdf', 'x'), file('good.csv', 'a,b'));
  await expect.element(rows()).toMatchTextContent(/torn\.pdf.*The first page is damaged.*good\.csv.*CSV/s);
  await expect.element(field()).toHaveValue('Both, please');
  await button('Take away: torn.pdf').click();
  expect(page.getByText('torn.pdf').query()).toBeNull();
  await expect.element(button('Take away: good.csv')).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  await expect.element(field()).toHaveFocus();
  expect(fake.asked.filter(({ verb }) => verb === 'assistant.detach')).toHaveLength(1);
});

test('files are handed over piece by piece with their progress; Send waits for them and says so', async () => {
  const script = scripted();
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  let pieces = 0;
  slowly(script, async () => {
    if (pieces++ === 1) await held;
  });
  const { asked } = await stage({ script });
  await field().fill('Read it');
  await choose(file('long.txt', 'x'.repeat(1_200_000)));
  await expect.element(rows()).toMatchTextContent(/handing over, 43 %/);
  await expect.element(page.getByRole('progressbar', { name: 'Handing over long.txt' })).toBeVisible();
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByText(/“long\.txt” is still being read/)).toBeVisible();
  expect(asked('assistant.send')).toEqual([]);
  go();
  await expect.element(rows()).toMatchTextContent(/Text · about/);
  expect(asked('library.give')).toHaveLength(3);
});

test('a document that is taken away on its way here does not come', async () => {
  const script = scripted();
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  slowly(script, () => held);
  const { asked } = await stage({ script });
  await choose(file('one.txt', 'x'), file('two.txt', 'y'));
  await button('Take away: one.txt').click();
  go();
  await expect.element(rows()).toMatchTextContent(/two\.txt.*Text/s);
  expect(asked('assistant.attach')).toHaveLength(1);
  expect(page.getByText('one.txt').query()).toBeNull();
});

test('files are dropped anywhere on the page under a veil of words, or pasted', async () => {
  await stage();
  const drag = (type: string, files: File[]) => {
    const dataTransfer = new DataTransfer();
    for (const one of files) dataTransfer.items.add(one);
    const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
    document.querySelector('main')!.dispatchEvent(event);
    return event;
  };
  drag('dragenter', [file('a.txt', 'x')]);
  await expect.element(page.getByText('Let go, and it goes with your message.')).toBeVisible();
  expect(await violations()).toEqual([]);
  drag('dragleave', [file('a.txt', 'x')]);
  await expect.poll(() => page.getByText(/Let go/).query()).toBeNull();
  drag('dragenter', [file('a.txt', 'x')]);
  expect(drag('drop', [file('dropped.txt', 'x')]).defaultPrevented).toBe(true);
  await expect.element(rows()).toMatchTextContent(/dropped\.txt/);
  expect(page.getByText(/Let go/).query()).toBeNull();

  const clipboardData = new DataTransfer();
  clipboardData.items.add(file('pasted.md', '# x'));
  field()
    .element()
    .dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  await expect.element(rows()).toMatchTextContent(/pasted\.md.*Markdown/s);
});

test('documents are kept with the draft, come back with it, and stay when a message does not arrive', async () => {
  const script = scripted();
  const { id } = boat(script);
  const { session, fake } = await stage({ script, within: id });
  await choose(file('letter.txt', 'word'));
  await expect.element(rows()).toMatchTextContent(/letter\.txt.*Text/s);
  session.go('chat');
  await expect.poll(() => rows().query()).toBeNull();
  session.go('chat', id);
  await expect.element(rows()).toMatchTextContent(/letter\.txt.*Text/s);
  fake.failNext('assistant.send', new Fault('no-model', 'There is no model yet. Choose one; your words are kept.'));
  await field().fill('And?');
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByText(/There is no model yet/)).toBeVisible();
  await expect.element(rows()).toMatchTextContent(/letter\.txt/);
  await expect.element(field()).toHaveValue('And?');
});

test('an edited question keeps its documents', async () => {
  const { script, asked } = await stage();
  await choose(file('letter.txt', 'word'));
  await expect.element(rows()).toMatchTextContent(/Text/);
  await field().fill('What?');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => script.messages.length).toBe(2);
  script.finish();
  await button('Edit: question 1').click();
  await expect.element(page.getByText(/1 document goes with this one too/)).toBeVisible();
  await userEvent.keyboard(' Why?{Enter}');
  await expect.poll(() => asked('assistant.send').length).toBe(2);
  const { id } = script.messages[0]!.attachments![0]!;
  expect(asked('assistant.send')[1]).toMatchObject({ text: 'What? Why?', parent: null, attachments: [{ id }] });
});

test('without words a document does not go, and the page says what is missing', async () => {
  const { asked } = await stage();
  await choose(file('letter.txt', 'word'));
  await expect.element(rows()).toMatchTextContent(/Text/);
  (button('Send').element() as HTMLElement).click();
  await expect.element(page.getByText(/Write a line about it first/)).toBeVisible();
  expect(asked('assistant.send')).toEqual([]);
});

test.each(['light', 'dark'])('axe finds nothing with documents at hand, %s', async (theme) => {
  document.documentElement.dataset['theme'] = theme;
  const { fake } = await stage();
  fake.failNext('assistant.attach', new Fault('damaged', 'The first page is damaged. It was left as it is.'));
  await choose(file('torn.pdf', 'x'), file('letter.txt', 'word'));
  await expect.element(rows()).toMatchTextContent(/letter\.txt.*Text/s);
  expect(await violations()).toEqual([]);
  await page.viewport(400, 800);
  await frames();
  expect(await violations()).toEqual([]);
});

test('a file whose name turns its letters round is shown as it runs, before and after it was sent', async () => {
  const { script } = await stage();
  await field().fill('What is it?');
  await choose(file('a\u202egpj.txt', 'words'));
  await expect.element(rows()).toMatchTextContent(/a\ufffdgpj\.txt/);
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => script.messages.length).toBe(2);
  await expect
    .element(page.getByRole('list', { name: 'Documents of question 1' }))
    .toMatchTextContent(/a\ufffdgpj\.txt/);
  script.finish();
});
