/** Searching one's files: asked in a pause of the keys, narrowed, read while newer results come, honest when nothing fits. */
import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { Fault } from '../../../src-main/wire/index.ts';
import { placeOf, readWorld } from '../../core/fake-shelf.ts';
import { fakeId } from '../../core/fake-world.ts';
import { openWindow, type WindowOptions } from '../../core/fake-window.ts';

const [letters, , , scans] = [801, 802, 803, 804].map(fakeId);
const open = (within = '', world = readWorld(), options: WindowOptions = {}) =>
  openWindow(world, { hash: `#/knows/${within}`, ...options });
const field = () => page.getByRole('searchbox', { name: /by word or by meaning/ });
const title = (name: string | RegExp) => page.getByRole('heading', { name });
const rows = () =>
  [...document.querySelectorAll('.hits > li')].map((row) => row.textContent.replaceAll(/\s+/g, ' ').trim());

test('what fits comes best first, with its sentence lit, its words marked, its file, page, heading and date', async () => {
  await open();
  await field().fill('harbour frozen over');
  await expect.element(title('3 passages fit well')).toBeVisible();
  expect(rows()[0]).toMatch(/The Salt Year, draft 3/);
  const book = page.getByRole('listitem').filter({ hasText: 'Harbour account book' });
  await expect.element(book).toMatchTextContent(/page 21/);
  await expect.element(book).toMatchTextContent(/2 February 1956/);
  expect(book.element().querySelector('mark')!.textContent).toBe(
    'Ice in the inner harbour, one can walk from the steps to the crane.',
  );
  expect(book.element().querySelector('mark .word')!.textContent).toBe('harbour');
  await expect
    .element(page.getByRole('listitem').filter({ hasText: 'The Salt Year' }))
    .toMatchTextContent(/Chapter six.*found by word and meaning/s);
});

test('a pause of the keys asks once; Enter asks at once', async () => {
  const { did } = await open();
  await field().click();
  await userEvent.keyboard('harbour');
  await expect.element(title(/fit well/)).toBeVisible();
  expect(did('library.search')).toEqual([{ query: 'harbour', limit: 10 }]);
  await userEvent.keyboard(' ice{Enter}');
  await expect.poll(() => did('library.search').length).toBe(2);
  expect(did('library.search')[1]).toEqual({ query: 'harbour ice', limit: 10 });
});

test('a newer question ends the older one, whose answer is not shown, and what was found stays until then', async () => {
  const ended: string[] = [];
  const { screen } = await open('', readWorld(), {
    over: {
      'library.search': async ({ query }, signal) => {
        if (query === 'first') return [hit(1, 'The first answer.')];
        if (query === 'slow')
          await new Promise<void>((_resolve, reject) =>
            signal.addEventListener('abort', () => {
              ended.push(query);
              reject(signal.reason as Error);
            }),
          );
        return [hit(2, 'The last answer.')];
      },
    },
  });
  await field().fill('first');
  await expect.element(screen.getByText('The first answer.')).toBeVisible();
  await field().fill('slow');
  await userEvent.keyboard('{Enter}');
  await expect.element(screen.getByText('Looking…')).toBeVisible();
  await expect.element(screen.getByText('The first answer.')).toBeVisible();
  await field().fill('last');
  await expect.element(screen.getByText('The last answer.')).toBeVisible();
  expect(ended).toEqual(['slow']);
});

test('when nothing fits well enough it says so, and shows what fits badly only when asked', async () => {
  const { screen, did } = await open();
  await field().fill('harbour zeppelin moustache');
  await expect.element(title('Nothing fits well enough')).toBeVisible();
  expect(rows()).toEqual([]);
  await screen.getByRole('button', { name: 'Show what fits badly' }).click();
  await expect.element(title(/some of which fit badly/)).toBeVisible();
  expect(rows()[0]).toMatch(/fits badly/);
  expect(did('library.search').at(-1)).toMatchObject({ weak: true });
  await screen.getByRole('button', { name: 'Show only what fits well' }).click();
  await expect.element(title('Nothing fits well enough')).toBeVisible();
});

test('places, kinds and times narrow the search, and one button widens it again', async () => {
  const { screen, did } = await open();
  await field().fill('harbour frozen over');
  await expect.element(title('3 passages fit well')).toBeVisible();
  await screen.getByRole('button', { name: 'letters', exact: true }).click();
  await expect.element(title('One passage fits well')).toBeVisible();
  await screen.getByText('Narrow down').click();
  await screen.getByRole('button', { name: 'Mail', exact: true }).click();
  await screen.getByRole('button', { name: 'This year' }).click();
  await expect.element(title('Nothing fits well enough')).toBeVisible();
  expect(did('library.search').at(-1)).toMatchObject({
    places: [letters],
    kinds: ['mail'],
    since: new Date(new Date().getFullYear(), 0, 1).getTime(),
  });
  await expect.element(screen.getByText('It may stand outside of what you narrowed the search to.')).toBeVisible();
  await screen.getByRole('button', { name: 'Search everything' }).click();
  await expect.element(title('3 passages fit well')).toBeVisible();
  expect(did('library.search').at(-1)).toEqual({ query: 'harbour frozen over', limit: 10 });
});

test('days narrow the search, and days the wrong way round are told', async () => {
  const { screen } = await open();
  await field().fill('harbour frozen over');
  await screen.getByText('Narrow down').click();
  await screen.getByRole('button', { name: 'Between' }).click();
  const [from, until] = [screen.getByLabelText('From'), screen.getByLabelText('Until')];
  await from.fill('1956-02-01');
  await until.fill('1956-02-10');
  await expect.element(title('One passage fits well')).toBeVisible();
  await until.fill('1956-01-10');
  await expect.element(screen.getByText(/The second day lies before the first/)).toBeVisible();
});

test('more places than fit into a line stand with the other filters', async () => {
  const world = readWorld();
  const shelf = world.library!;
  shelf.places = [
    ...shelf.places,
    ...Array.from({ length: 8 }, (_, i) => placeOf({ id: fakeId(870 + i), name: `folder ${i}` })),
  ];
  const { screen } = await open('', world);
  await expect.element(field()).toBeVisible();
  await screen.getByText('Narrow down').click();
  await screen.getByRole('button', { name: 'folder 3' }).click();
  await screen.getByText('Narrowed down: folder 3').click();
  expect(screen.getByRole('button', { name: 'folder 3' }).elements()).toEqual([]);
});

test('the page of a place searches in it alone', async () => {
  const { screen, did } = await open(scans!);
  await page.getByRole('searchbox', { name: 'Search in scans by word or by meaning' }).fill('harbour');
  await expect.element(title(/fit/)).toBeVisible();
  expect(did('library.search')).toEqual([{ query: 'harbour', limit: 10, places: [scans] }]);
  await screen.getByRole('link', { name: 'letters 412' }).click();
  await expect.poll(() => did('library.search').at(-1)).toEqual({ query: 'harbour', limit: 10, places: [letters] });
});

test('a search that fails says so, keeps the words, and is asked again', async () => {
  const { screen, failNext } = await open();
  failNext('library.search', new Fault('internal', 'Something unexpected went wrong; your files are safe.'));
  await field().fill('harbour frozen over');
  await expect.element(screen.getByRole('alert')).toMatchTextContent('your files are safe');
  await expect.element(field()).toHaveValue('harbour frozen over');
  await screen.getByRole('button', { name: 'Try again' }).click();
  await expect.element(title('3 passages fit well')).toBeVisible();
  expect(
    screen
      .getByRole('alert')
      .elements()
      .map((one) => one.textContent),
  ).not.toContain('your files are safe');
});

test('the search waits while one is in another room, and a lock forgets it', async () => {
  const { session, change } = await open();
  await field().fill('harbour frozen over');
  await expect.element(title('3 passages fit well')).toBeVisible();
  session.go('own');
  await expect.poll(() => field().query()).toBeNull();
  session.go('knows');
  await expect.element(title('3 passages fit well')).toBeVisible();
  change((world) => (world.vault = { ...world.vault, state: 'locked' }));
  await expect.element(page.getByRole('button', { name: 'Wake Wren' })).toBeVisible();
  change((world) => (world.vault = { ...world.vault, state: 'unlocked' }));
  session.go('knows');
  await expect.element(field()).toHaveValue('');
  expect(document.querySelector('.hits')).toBeNull();
});

test('a stranger’s passage is text: no markup, no picture, no turned-round words', async () => {
  await open('', readWorld(), {
    over: { 'library.search': () => [hit(1, '<img src=x onerror=alert(1)> \u202egnp.tac **not bold** \u0007')] },
  });
  await field().fill('anything');
  await expect.element(title('One passage fits well')).toBeVisible();
  const row = document.querySelector('.hits > li')!;
  expect(row.querySelector('img, strong')).toBeNull();
  expect(row.textContent).toContain('<img src=x onerror=alert(1)> \ufffdgnp.tac **not bold** \u2407');
});

test('while files wait, an empty search says that it may stand in them', async () => {
  const world = readWorld();
  world.library!.places = world.library!.places.map((place, i) =>
    i === 0 ? { ...place, counts: { ...place.counts, waiting: 12, meaning: 400 } } : place,
  );
  const { screen } = await open('', world);
  await field().fill('zeppelin');
  await expect.element(screen.getByText('12 files are not read yet; it may stand in there.')).toBeVisible();
});

function hit(passage: number, text: string) {
  return {
    passage,
    document: 1,
    place: letters!,
    file: '/home/mara/letters/a.txt',
    name: 'a.txt',
    kind: 'text' as const,
    text,
    score: 0.9,
    by: 'meaning' as const,
    words: [],
    sentence: [0, text.length] as [number, number],
  };
}
