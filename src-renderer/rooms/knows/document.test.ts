/** A document opens at the place: the sentence lit, more of it as one scrolls, and the way back to where one was. */
import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { Fault } from '../../../src-main/wire/index.ts';
import { readWorld } from '../../core/fake-shelf.ts';
import { openWindow, type WindowOptions } from '../../core/fake-window.ts';

const open = (within = '', options: WindowOptions = {}) =>
  openWindow(readWorld(), { hash: `#/knows/${within}`, ...options });
const field = () => page.getByRole('searchbox', { name: /by word or by meaning/ });
const sought = () => page.getByRole('region', { name: 'The passage you came for' });
const inSight = (element: Element) => {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
};
const find = async (link: string) => {
  await field().fill('harbour frozen over');
  await page.getByRole('link', { name: link }).click();
  await expect.element(sought()).toBeVisible();
};

test('a result opens at its passage with the sentence lit, and going back leads to its row', async () => {
  const { screen } = await open();
  await find('Open the page: Harbour account book');
  await expect.element(screen.getByRole('heading', { name: 'Harbour account book' })).toBeInTheDocument();
  await expect.element(sought()).toHaveFocus();
  expect(inSight(sought().element())).toBe(true);
  expect(sought().element().querySelector('mark')!.textContent).toBe(
    'Ice in the inner harbour, one can walk from the steps to the crane.',
  );
  await expect.element(sought()).toMatchTextContent(/page 21/);
  await expect.element(screen.getByText('Harbour account book.pdf')).toBeInTheDocument();
  await screen.getByRole('button', { name: 'Back to what was found' }).click();
  await expect.element(screen.getByRole('link', { name: 'Open the page: Harbour account book' })).toHaveFocus();
  await expect.element(field()).toHaveValue('harbour frozen over');
});

test('a passage that a quote leads to is lit as a whole, and the way back is to all files', async () => {
  const { screen } = await open('passage-1060');
  await expect.element(sought()).toHaveFocus();
  expect(sought().element().querySelector('mark')!.textContent).toMatch(/^2 Feb\. Ice[^]*did not come\.\s*$/);
  await screen.getByRole('button', { name: 'Back to your files' }).click();
  await expect.poll(() => location.hash).toBe('#/knows');
});

test('earlier and later text comes while one scrolls, and what one reads stays in its place', async () => {
  const { did } = await open('passage-1060');
  await expect.element(sought()).toHaveFocus();
  const main = page.getByRole('main').element();
  const blocks = () => document.querySelectorAll('[data-block]').length;
  expect(blocks()).toBe(40);
  main.scrollTo(0, main.scrollHeight);
  await expect.poll(blocks).toBeGreaterThan(40);
  expect(did('library.open')[1]).toEqual({ document: 1, from: 80, limit: 40 });
  const first = document.querySelector('[data-block]')!;
  main.scrollTo(0, 0);
  await expect.poll(() => first.previousElementSibling?.hasAttribute('data-block')).toBe(true);
  // It was at the top of the page; the text above it did not push it away.
  expect(inSight(first)).toBe(true);
  expect(main.scrollTop).toBeGreaterThan(200);
  const texts = [...document.querySelectorAll('[data-block]')].map((one) => one.textContent.trim());
  expect(new Set(texts).size).toBe(texts.length);
});

test('from its beginning a document reads to its end, in order, without a gap', async () => {
  const { screen } = await open('document-1');
  await expect.element(screen.getByText('It begins here.')).toBeVisible();
  const main = page.getByRole('main').element();
  await expect
    .poll(() => {
      main.scrollTo(0, main.scrollHeight);
      return document.querySelectorAll('[data-block]').length;
    })
    .toBe(120);
  await expect.element(screen.getByText('It ends here.')).toBeInTheDocument();
  const entries = [...document.querySelectorAll('[data-block]')].flatMap(
    (one) => /Entry (\d+)\./.exec(one.textContent)?.[1] ?? [],
  );
  expect(entries.map(Number)).toEqual(Array.from({ length: 119 }, (_, i) => i + 1).filter((n) => n !== 61));
});

test('Markdown is drawn as Markdown: the sentence lit in it, links asked about, pictures not fetched, code whole', async () => {
  const { screen } = await open();
  await find('Open the passage: The Salt Year, draft 3');
  await expect.poll(() => CSS.highlights.get('found')?.size).toBe(1);
  const [range] = [...CSS.highlights.get('found')!];
  expect(String(range)).toMatch(
    /^In January the harbour closed over like an eye.*, and her father stopped winding the clock\.$/,
  );
  expect(document.querySelector('main img')).toBeNull();
  await expect.element(screen.getByRole('heading', { name: 'Chapter six' })).toBeInTheDocument();
  expect(document.querySelector('main pre')!.textContent).toMatch(/const tide =\s+12;/);
  await sought().getByText('like an eye').click();
  await expect.element(screen.getByRole('dialog', { name: /example\.org/ })).toBeVisible();
});

test('code stands in columns, and marks that turn letters round are spelt out', async () => {
  await open('passage-1', {
    over: {
      'library.open': () => ({
        document: 9, place: '01J90000000000000000000801' as never, file: '/a/x.js', name: 'x.js', kind: 'code', total: 1,
        passages: [{ id: 1, n: 0, text: 'a\n  b\u202e<script>alert(1)</script>' }],
      }),
    },
  }); // prettier-ignore
  await expect.element(sought()).toBeVisible();
  const pre = sought().element().querySelector('pre')!;
  expect(pre.textContent).toBe('a\n  b[U+202E]<script>alert(1)</script>');
  expect(pre.querySelector('script')).toBeNull();
});

test('what is not there any more says so, what is safe, and leads back', async () => {
  const { screen } = await open('passage-77');
  await expect.element(screen.getByRole('heading', { name: 'This text is not there any more.' })).toBeVisible();
  await screen.getByRole('button', { name: 'Back to your files' }).first().click();
  await expect.poll(() => location.hash).toBe('#/knows');
});

test('a document that cannot be opened just now is opened again when asked', async () => {
  const opened = await open();
  await expect.element(field()).toBeVisible();
  opened.failNext('library.open', new Fault('internal', 'Something unexpected went wrong; your files are safe.'));
  opened.session.go('knows', 'passage-1060');
  await expect.element(opened.screen.getByRole('alert')).toMatchTextContent('your files are safe');
  await opened.screen.getByRole('button', { name: 'Try again' }).click();
  await expect.element(sought()).toBeVisible();
});

test('a document that became shorter while it was read ends where it ends', async () => {
  const opened = await open('document-1');
  await expect.element(opened.screen.getByText('It begins here.')).toBeVisible();
  opened.change((world) => {
    world.library!.documents = world.library!.documents.map((one) =>
      one.id === 1 ? { ...one, passages: one.passages.slice(0, 40) } : one,
    );
  });
  const main = page.getByRole('main').element();
  main.scrollTo(0, main.scrollHeight);
  await expect.element(opened.screen.getByText('It ends here.')).toBeInTheDocument();
});
