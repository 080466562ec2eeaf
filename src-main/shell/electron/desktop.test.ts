/** The desktop shell's manners: closing, tray, notices, a second start, a page that dies, where the window stands. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { fakeElectron, preventable } from '../../../test/fakes/electron/index.ts';
import { raise, soon, type Shell, type ShellOptions } from '../../../test/e2e/shell.ts';
import { needSmollm2 } from '../../../test/fixtures/real-model.ts';
import { pointerMenu } from './menus.ts';
import { prepare } from './prepare.ts';

const SCRIPTED = new URL('../../../test/fakes/engine-scripted.ts', import.meta.url);
const NOTIFIES = new URL('../../../test/fakes/electron/core-that-notifies.ts', import.meta.url);
const password = () => new TextEncoder().encode('correct horse battery');

let shell: Shell;
afterEach(() => shell.close());
const open = async (options?: ShellOptions) => (shell = await raise(options));
const item = (label: string) => shell.trays[0]!.menu.find((one) => one.label === label)!;

test('a second instance opens nothing', async () => {
  await open();
  const second = fakeElectron();
  second.app.lock = false;
  expect(prepare({ electron: second.electron, dataFolder: shell.folder })).toBe(false);
  expect(second.app.switches.size).toBe(0);
  expect(second.schemes).toEqual([]);
});

test('what Chromium keeps lies in a folder of its own, inside the owner’s', async () => {
  await open();
  expect(shell.app.paths.get('userData')).toBe(join(shell.folder, 'desktop'));
  expect(shell.app.paths.get('sessionData')).toBe(join(shell.folder, 'desktop'));
});

test('the window closed with nothing under way is the end', async () => {
  await open({ platform: 'linux' });
  (await shell.window()).close();
  expect(await shell.app.ended.promise).toBe(0);
  expect(shell.asked).toEqual([]);
});

test('closed while an answer is written it only hides, says so, and the tray brings it back', async () => {
  await open({ platform: 'linux', engine: SCRIPTED });
  const core = await shell.page();
  await core['vault.create']({ name: 'Wren', password: password() });
  await core['engine.import']({ path: needSmollm2() });
  const window = await shell.window();
  for await (const piece of core['assistant.send']({ text: 'from 0 to 500' }))
    if (piece.kind === 'token') {
      window.close();
      break;
    }
  await soon(() => window.calls.at(-1)).toBe('hide');
  expect(window.destroyed).toBe(false);
  expect(shell.notices[0]!.options.body).toContain('the tray');
  item('Open daimon').click!();
  expect([window.visible, window.focused]).toEqual([true, true]);
});

test('on macOS it hides, and comes back when the program is activated', async () => {
  await open({ platform: 'darwin' });
  const window = await shell.window();
  window.close();
  expect([window.visible, window.destroyed]).toEqual([false, false]);
  shell.app.emit('activate', {}, false);
  expect(window.visible).toBe(true);
});

test('the tray locks and quits', async () => {
  await open();
  const core = await shell.page();
  await core['vault.create']({ name: 'Wren', password: password() });
  item('Lock now').click!();
  await soon(async () => (await core['vault.status']({})).state).toBe('locked');
  item('Quit daimon').click!();
  await shell.app.ended.promise;
  expect(shell.trays[0]!.gone).toBe(true);
});

test('the system shuts down, and asks twice: the core is closed first', async () => {
  await open();
  await shell.page();
  shell.powerMonitor.emit('shutdown');
  shell.app.quit();
  expect(shell.app.did).not.toContain('exit');
  await shell.app.ended.promise;
  expect(existsSync(join(shell.folder, 'core.sock'))).toBe(false);
});

test('a notice comes when nobody looks at the window, and its click leads to a place of ours or just forward', async () => {
  let front = false;
  await open({
    core: NOTIFIES,
    before: ({ fake }) => {
      // The window is behind from its first moment.
      Object.defineProperty(fake.BrowserWindow.prototype, 'isFocused', { value: () => front });
    },
  });
  const window = await shell.window();
  await soon(() => shell.notices.length).toBe(3);
  expect(shell.notices.map(({ options }) => options.body)).toEqual(Array(3).fill('An answer is ready.'));
  for (const notice of shell.notices) notice.emit('click', {});
  expect(window.webContents.sent).toEqual([
    { channel: 'place', args: ['chat/01ABC'] },
    { channel: 'place', args: ['own/models'] },
  ]);
  front = true;
});

test('a notice does not come to a window that is looked at', async () => {
  await open({
    core: NOTIFIES,
    before: ({ fake }) => void Object.defineProperty(fake.BrowserWindow.prototype, 'isFocused', { value: () => true }),
  });
  const told: unknown[] = [];
  shell.processes('core')[0]!.on('message', (message: unknown) => told.push(message));
  await soon(() => told.length).toBe(3);
  expect(shell.notices).toEqual([]);
});

test('a confirm page that died is closed, and what waited is refused', async () => {
  await open();
  const core = await shell.page();
  await core['vault.create']({ name: 'Wren', password: password() });
  const items = core['vault.sign']({ message: 'x', account: 0 })[Symbol.asyncIterator]();
  await items.next();
  const confirm = await shell.window('app://confirm/confirm/');
  await confirm.webContents.page!.connect('confirm-port');
  confirm.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
  expect(confirm.destroyed).toBe(true);
  await expect(items.next()).rejects.toMatchObject({ code: 'refused' });
});

test('a page that died is loaded again; one that ended is not', async () => {
  await open();
  const { webContents } = await shell.window();
  webContents.emit('render-process-gone', {}, { reason: 'clean-exit' });
  expect(webContents.reloads).toBe(0);
  webContents.emit('render-process-gone', {}, { reason: 'crashed' });
  expect(webContents.reloads).toBe(1);
});

test('the window’s place is remembered half a second after it stood still, and taken up again', async () => {
  await open();
  const window = await shell.window();
  window.bounds = { x: 40, y: 50, width: 900, height: 700 };
  for (let i = 0; i < 5; i++) window.emit('move');
  const file = join(shell.folder, 'window.json');
  expect(existsSync(file)).toBe(false);
  await expect
    .poll(() => existsSync(file) && readFileSync(file, 'utf8'))
    .toBe('{"x":40,"y":50,"width":900,"height":700,"maximized":false}\n');
  window.destroy();
  shell.app.emit('activate', {}, false);
  expect((await shell.window()).bounds).toEqual({ x: 40, y: 50, width: 900, height: 700 });
});

test('a link of the command line that is no place opens the window at home', async () => {
  await open({ argv: ['daimon://chat/<script>alert(1)</script>'] });
  const window = await shell.window();
  await shell.page();
  expect(window.webContents.sent).toEqual([]);
  const event = preventable();
  shell.app.emit('open-url', event, 'daimon:%63hat');
  expect([event.defaultPrevented, window.webContents.sent]).toEqual([true, []]);
});

test('under the pointer: editing in a field, copying a selection, nothing elsewhere', () => {
  const editFlags = { canCut: true, canCopy: true, canPaste: true, canSelectAll: true };
  const roles = (isEditable: boolean, selectionText: string) =>
    pointerMenu({ isEditable, selectionText, editFlags }).map(({ role, type }) => role ?? type);
  expect(roles(true, '')).toEqual(['cut', 'copy', 'paste', 'separator', 'selectAll']);
  expect(roles(false, 'words')).toEqual(['copy']);
  expect(roles(false, '  ')).toEqual([]);
});
