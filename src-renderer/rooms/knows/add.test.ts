/** Adding: paths counted before they are added, very many files asked about again, files handed over, text pasted. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { Fault } from '../../../src-main/wire/index.ts';
import { readWorld } from '../../core/fake-shelf.ts';
import { fakeId } from '../../core/fake-world.ts';
import { openWindow, type WindowOptions } from '../../core/fake-window.ts';
import { MOST } from './giving.svelte.ts';
import { folderOf, walk } from './walk.ts';

const open = (within = 'add', options: WindowOptions = {}) =>
  openWindow(readWorld(), { hash: `#/knows/${within}`, ...options });
const sheet = () => page.getByRole('dialog');
const field = () => page.getByLabelText('A folder or a file on this computer');
const add = () => sheet().getByRole('button', { name: 'Add', exact: true });

/** What a drop's data says of files and folders. */
type Node = File | { readonly name: string; readonly nodes: readonly Node[] };
const entryOf = (node: Node): FileSystemEntry => {
  const isFile = node instanceof File;
  const left = isFile ? [] : [node.nodes.map(entryOf)];
  return {
    name: node.name,
    isFile,
    isDirectory: !isFile,
    file: (done: (file: File) => void) => done(node as File),
    createReader: () => ({ readEntries: (done: (some: FileSystemEntry[]) => void) => done(left.shift() ?? []) }),
  } as never;
};
const drop = (...nodes: Node[]) => {
  const items = nodes.map((node) => ({
    kind: 'file',
    webkitGetAsEntry: () => entryOf(node),
    getAsFile: () => (node instanceof File ? node : new File([], node.name)),
  }));
  const event = new Event('drop', { bubbles: true, cancelable: true });
  Object.defineProperty(event, 'dataTransfer', { value: { types: ['Files'], items } });
  window.dispatchEvent(event);
  return event;
};
const file = (name: string, text = 'x') => new File([text], name);
const onDesktop = (pathOf: (file: File) => string | undefined) => {
  vi.stubGlobal('daimon', { pathOf, onPlace: () => () => {} });
  onTestFinished(() => void vi.unstubAllGlobals());
};

test('a path is counted as it is typed, and what is added is shown at its place', async () => {
  const { screen, did } = await open();
  await expect.element(field()).toHaveFocus();
  await field().fill('"/home/mara/recipes"');
  await expect.element(sheet().getByText('38 files in 4 folders, 1.2 MB · 6 left out')).toBeVisible();
  await userEvent.keyboard('{Enter}');
  await expect
    .element(screen.getByRole('heading', { name: 'recipes: 0 of 38 files are findable, 38 wait.' }))
    .toBeVisible();
  expect(did('library.add')).toEqual([{ path: '/home/mara/recipes' }]);
  expect(sheet().query()).toBeNull();
});

test('a path where nothing is says so at the field, and nothing is added', async () => {
  const { did } = await open();
  await field().fill('/home/mara/nowhere');
  await expect
    .element(
      sheet()
        .getByText(/There is nothing at that path/)
        .first(),
    )
    .toBeVisible();
  await field().fill('');
  await add().click();
  await expect.element(sheet().getByRole('alert').first()).toMatchTextContent('Type or paste a path first.');
  expect(did('library.add')).toEqual([]);
});

test('very many files are asked about once more, with their number and size', async () => {
  const { screen, did } = await open();
  await field().fill('/home/mara');
  await expect.element(sheet().getByText(/100,432 files in 8,120 folders, 31 GB · 52,004 left out/)).toBeVisible();
  await add().click();
  await expect.element(sheet().getByRole('heading', { name: '100,432 files, 31 GB. Add them all?' })).toBeVisible();
  await expect.element(sheet().getByRole('button', { name: 'Cancel' })).toHaveFocus();
  await sheet().getByRole('button', { name: 'Go back' }).click();
  await expect.element(field()).toHaveValue('/home/mara');
  await add().click();
  await sheet().getByRole('button', { name: 'Add them all' }).click();
  await expect.element(screen.getByRole('heading', { name: /^mara: 0 of 100,432 files/ })).toBeVisible();
  expect(did('library.add')).toEqual([
    { path: '/home/mara' },
    { path: '/home/mara' },
    { path: '/home/mara', sure: true },
  ]);
});

test('pictures and rules go along, and are counted with', async () => {
  const { did } = await open();
  await field().fill('/home/mara/recipes');
  await sheet().getByText('Pictures, and what to leave out').click();
  await sheet()
    .getByLabelText(/Recognise text in pictures/)
    .click();
  await sheet().getByLabelText('Leave out', { exact: true }).fill('*.tmp\nold/');
  await expect
    .poll(() => did('library.count').at(-1))
    .toEqual({ path: '/home/mara/recipes', ignore: ['*.tmp', 'old/'] });
  await add().click();
  await expect
    .poll(() => did('library.add'))
    .toEqual([{ path: '/home/mara/recipes', ocr: true, ignore: ['*.tmp', 'old/'] }]);
});

test('pasted text needs a name and comes with it', async () => {
  const { did } = await open();
  await sheet().getByText('Paste text instead').click();
  await sheet().getByLabelText('The text').fill('Two eggs, no sugar.');
  await add().click();
  await expect.element(sheet().getByText(/Give the text a name/)).toBeVisible();
  await sheet().getByLabelText('What is it called?').fill('Nan’s cake');
  await add().click();
  await expect.poll(() => did('library.add')).toEqual([{ text: 'Two eggs, no sugar.', name: 'Nan’s cake' }]);
});

test('what is here already says so and is shown', async () => {
  const { screen, world } = await open();
  world.library!.disk['/home/mara/letters'] = { files: 412, folders: 14, bytes: 2e6, left: 0, closed: 0, done: true };
  await field().fill('/home/mara/letters');
  await add().click();
  await expect.element(screen.getByText('letters is among your files already.')).toBeVisible();
  await expect.poll(() => location.hash).toBe(`#/knows/${fakeId(801)}`);
});

test('Esc closes the sheet, adds nothing, and leads back to where one was', async () => {
  const { screen, did } = await open(fakeId(804));
  await expect.element(screen.getByRole('heading', { level: 1 })).toMatchTextContent(/^scans/);
  await screen.getByRole('link', { name: 'Add files or a folder' }).click();
  await expect.element(field()).toBeVisible();
  sheet().element().closest('dialog')!.requestClose();
  await expect.poll(() => location.hash).toBe(`#/knows/${fakeId(804)}`);
  expect(did('library.add')).toEqual([]);
});

test('chosen files are handed over one after the other; one that is refused says why and the others come', async () => {
  const { screen, did } = await open();
  await expect.element(sheet().getByRole('button', { name: 'Choose files' })).toBeVisible();
  await userEvent.upload(document.querySelector<HTMLInputElement>('dialog input[type=file][multiple]')!, [
    file('one.txt'),
    file('program.exe'),
    file('two.txt'),
  ]);
  await expect.element(screen.getByText(/2 files are here now\./)).toBeVisible();
  await expect.element(screen.getByText('1 file could not be taken')).toBeVisible();
  await expect.element(screen.getByText(/Files of this kind cannot be read/)).toBeVisible();
  await expect.element(screen.getByText(/They are copies: changes/)).toBeVisible();
  expect(did('library.offer').map((asked) => (asked as { name: string }).name)).toEqual([
    'one.txt',
    'program.exe',
    'two.txt',
  ]);
  await screen.getByRole('button', { name: 'Close' }).click();
  await expect.poll(() => screen.getByText(/2 files are here now\./).elements()).toEqual([]);
});

test('a folder that is dropped in the browser is walked through, without what is hidden', async () => {
  const { screen, did } = await open('');
  await expect.element(screen.getByRole('searchbox')).toBeVisible();
  const event = drop({
    name: 'letters',
    nodes: [
      file('a.txt'),
      file('.secret'),
      { name: '.git', nodes: [file('config')] },
      { name: '1956', nodes: [file('b.txt')] },
    ],
  });
  expect(event.defaultPrevented).toBe(true);
  await expect.element(screen.getByText(/2 files are here now\./)).toBeVisible();
  await expect.element(screen.getByText('2 files were left out: hidden, or of a build.')).toBeVisible();
  expect(did('library.offer').map((asked) => (asked as { name: string }).name)).toEqual(['a.txt', 'b.txt']);
});

test('more than may come through the window at a time adds nothing, and the path is offered', async () => {
  const { screen, did } = await open('');
  await expect.element(screen.getByRole('searchbox')).toBeVisible();
  drop({ name: 'all', nodes: Array.from({ length: MOST.files + 5 }, (_, i) => file(`${i}.txt`)) });
  await expect.element(screen.getByText(/That is more than 2,000 files; .* Nothing was added\./)).toBeVisible();
  expect(did('library.offer')).toEqual([]);
  await screen.getByRole('link', { name: 'Add it by its path' }).click();
  await expect.element(field()).toHaveFocus();
});

test('handing over goes on while one is in another room, and is stopped where it is shown', async () => {
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  const { screen, session, did } = await open('', {
    over: {
      'library.give': async ({ bytes }) => {
        await held;
        return { received: bytes.length };
      },
    },
  });
  await expect.element(screen.getByRole('searchbox')).toBeVisible();
  drop(file('one.txt'), file('two.txt'));
  await expect.element(screen.getByRole('progressbar', { name: /Handing over 0 of 2 files/ })).toBeVisible();
  session.go('own');
  await expect.poll(() => screen.getByRole('progressbar').elements()).toEqual([]);
  session.go('knows');
  await screen.getByRole('button', { name: 'Stop' }).click();
  await expect.element(screen.getByText('Stopped; nothing was added.')).toBeVisible();
  go();
  expect(did('library.add')).toEqual([]);
});

test('a connection that is lost on the way says what came', async () => {
  const { screen, failNext } = await open('');
  await expect.element(screen.getByRole('searchbox')).toBeVisible();
  failNext('library.offer', new Fault('closed', 'The connection was lost.'));
  drop(file('one.txt'), file('two.txt'));
  await expect.element(screen.getByText(/The connection was lost; what came is here/)).toBeVisible();
});

test('on the desktop a dropped folder is asked about by its path, and files come by theirs', async () => {
  onDesktop((one) => `/home/mara/${one.name}`);
  const { screen, did, world } = await open('');
  await expect.element(screen.getByRole('searchbox')).toBeVisible();
  drop({ name: 'recipes', nodes: [] });
  await expect.element(field()).toHaveValue('/home/mara/recipes');
  await expect.element(sheet().getByText(/38 files in 4 folders/)).toBeVisible();
  await sheet().getByRole('button', { name: 'Cancel' }).click();
  expect(did('library.add')).toEqual([]);
  world.library!.disk['/home/mara/a.txt'] = { files: 1, folders: 0, bytes: 9, left: 0, closed: 0, done: true };
  drop(file('a.txt'));
  await expect.poll(() => did('library.add')).toEqual([{ path: '/home/mara/a.txt' }]);
  expect(did('library.offer')).toEqual([]);
});

test('several folders at once are added, and one with very many files is left to be asked about', async () => {
  onDesktop((one) => (one.name === 'mara' ? '/home/mara' : `/home/mara/${one.name}`));
  const { screen, did } = await open('');
  await expect.element(screen.getByRole('searchbox')).toBeVisible();
  drop({ name: 'recipes', nodes: [] }, { name: 'mara', nodes: [] });
  await expect.element(screen.getByText(/That is a great many files/)).toBeVisible();
  await screen.getByRole('button', { name: 'Add it by its path' }).click();
  await expect.element(field()).toHaveValue('/home/mara');
  expect(did('library.add')).toEqual([{ path: '/home/mara/recipes' }, { path: '/home/mara' }]);
});

test('a chosen folder’s path is told from one of its files, also with backslashes', () => {
  const within = (path: string) => Object.defineProperty(file('a.txt'), 'webkitRelativePath', { value: path }) as File;
  onDesktop(() => '/home/mara/letters/1956/a.txt');
  expect(folderOf(within('letters/1956/a.txt'))).toBe('/home/mara/letters');
  expect(folderOf(within('other/1956/a.txt'))).toBeUndefined();
  expect(folderOf(within(''))).toBeUndefined();
  vi.stubGlobal('daimon', { pathOf: () => 'C:\\Users\\Mara\\letters\\1956\\a.txt' });
  expect(folderOf(within('letters/1956/a.txt'))).toBe('C:\\Users\\Mara\\letters');
});

test('a folder that may not be looked into is passed over, and a walk ends where too much has come', async () => {
  const closed = {
    name: 'closed',
    isDirectory: true,
    createReader: () => ({
      readEntries: (_done: unknown, failed: (error: DOMException) => void) =>
        failed(new DOMException('no', 'NotReadableError')),
    }),
  } as never;
  expect(await walk([{ file: null, entry: closed }], () => {})).toEqual({ files: [], folders: [], left: 1 });
  const huge = Object.defineProperty(file('film.mp4'), 'size', { value: MOST.bytes + 1 }) as File;
  const { over } = await walk([{ file: huge, entry: entryOf(huge) }], () => {});
  expect(over).toEqual({ files: 1, bytes: MOST.bytes + 1 });
});
