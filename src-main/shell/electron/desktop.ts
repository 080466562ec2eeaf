/** The desktop shell: joins window, confirm window, core and system, and steps out of their way. */
import { startCore, type CoreLink } from './core-link.ts';
import { entries as ourEntries, type Entries } from './entries.ts';
import { confirmWindow } from './confirm-window.ts';
import { ANOTHER_CORE } from './exit-codes.ts';
import { lockWithSystem } from './locking.ts';
import { appMenu, pointerMenu } from './menus.ts';
import { CONFIRM, outsideLink, WINDOW } from './origins.ts';
import { bothPages } from './pages.ts';
import type { BrowserWindow, Electron } from './parts.ts';
import { linkIn, placeOf, placeOfLink } from './place.ts';
import { isFrom } from './sender.ts';
import { CONFIRM_PARTITION, openSession, WINDOW_PARTITION } from './sessions.ts';
import { openTray } from './tray.ts';
import { bringForward, openWindow } from './window.ts';
import { words } from './words.ts';

export interface DesktopNeeds {
  readonly electron: Electron;
  readonly dataFolder: string;
  /** The built window (dist/window). */
  readonly windowFolder: string;
  readonly preloads: { readonly window: string; readonly confirm: string };
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly entries?: Entries;
}

/** Opens everything. Call it when the app is ready. @returns when the first window is on its way */
export async function openDesktop(needs: DesktopNeeds): Promise<void> {
  const { electron, dataFolder, windowFolder, preloads, env, platform, entries = ourEntries } = needs;
  const { app, dialog, ipcMain, Menu, Notification, powerMonitor, shell } = electron;
  const development = !app.isPackaged;
  const pages = await bothPages(windowFolder);
  await openSession({ electron, partition: WINDOW_PARTITION, origin: WINDOW, pages: pages.window });
  await openSession({ electron, partition: CONFIRM_PARTITION, origin: CONFIRM, pages: pages.confirm });
  Menu.setApplicationMenu(Menu.buildFromTemplate(appMenu(platform === 'darwin')));
  const confirm = confirmWindow({ electron, preload: preloads.confirm, development });
  let window: BrowserWindow | undefined;
  let place: string | undefined;
  let quitting = false;
  const notices = new Set<object>();

  /** Brings the window forward, at a place when one is asked for. */
  const show = (to?: string) => {
    if (!window) {
      // Told once the page has asked for its port.
      place = to;
      return open();
    }
    bringForward(window);
    if (to !== undefined) window.webContents.send('place', to);
  };
  const open = () => {
    const opened = openWindow({ electron, dataFolder, preload: preloads.window, development, closing });
    window = opened;
    opened.on('closed', () => {
      if (window === opened) window = undefined;
    });
    opened.webContents.on('context-menu', (_event, under) => {
      const items = pointerMenu(under);
      if (items.length > 0) Menu.buildFromTemplate(items).popup({ window: opened });
    });
    opened.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit' && !quitting) opened.webContents.reload();
    });
  };
  /** The last window closed is the end, unless work is under way; on macOS a program goes on by custom. */
  const closing = (event: { preventDefault(): void }) => {
    if (quitting) return;
    event.preventDefault();
    if (platform === 'darwin') return window?.hide();
    void core.busy().then((busy) => {
      if (!busy) return app.quit();
      window?.hide();
      tell(words.behind);
    });
  };
  const tell = (text: string, to?: string) => {
    if (!Notification.isSupported()) return false;
    const notice = new Notification({ title: words.daimon, body: text });
    // Kept: a notice that is collected as garbage takes its click with it.
    notices.add(notice);
    notice.on('close', () => notices.delete(notice));
    notice.on('click', () => show(to));
    notice.show();
    return true;
  };

  const core: CoreLink = startCore({
    electron,
    entries,
    env,
    dataFolder,
    onConfirm: (signer) => confirm.open(signer),
    onSignerGone: () => confirm.close(),
    notify: ({ text, place: to }) => ({ shown: !window?.isFocused() && tell(text, placeOf(to)) }),
  });
  const lock = () => void core.lock();

  ipcMain.on('core-port', (event) => {
    if (!window || !isFrom(event, window.webContents, WINDOW)) return;
    window.webContents.postMessage('core-port', null, [core.window()]);
    if (place !== undefined) window.webContents.send('place', place);
    place = undefined;
  });
  ipcMain.on('open-link', (event, text: unknown) => {
    const link = outsideLink(text);
    // The focus: a page that nobody looks at has no sheet in which somebody just said yes.
    if (link && window?.isFocused() && isFrom(event, window.webContents, WINDOW)) void shell.openExternal(link);
  });

  app.on('second-instance', (_event, argv) => show(placeOfLink(linkIn(argv))));
  app.on('open-url', (event, link) => {
    event.preventDefault();
    show(placeOfLink(link));
  });
  app.on('activate', () => show());
  app.on('window-all-closed', () => {});
  app.on('before-quit', (event) => {
    // Always: the end of the core is what ends the program, below.
    event.preventDefault();
    if (quitting) return;
    quitting = true;
    confirm.close();
    void core.quit();
  });
  const stopLooking = lockWithSystem({ electron, platform, lock });
  // Its typings know of no event, its documentation does: the system then waits for the core to close.
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault();
    app.quit();
  });
  const tray = openTray({ electron, platform, does: { open: () => show(), lock, quit: () => app.quit() } });

  void core.ended.then(async (code) => {
    stopLooking();
    tray.destroy();
    confirm.close();
    if (!quitting) {
      quitting = true;
      const { message, detail, again, quit } = code === ANOTHER_CORE ? words.elsewhere : words.stopped;
      const asked = { message, detail, buttons: [again, quit], defaultId: 0, cancelId: 1 };
      if ((await dialog.showMessageBox({ ...asked, type: 'warning' })).response === 0) app.relaunch();
    }
    app.exit(0);
  });

  if (app.isPackaged) app.setAsDefaultProtocolClient('daimon');
  show(placeOfLink(linkIn(needs.argv)));
}
