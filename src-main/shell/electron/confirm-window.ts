/** The confirm window: opened when the signer asks main, its port joined to the signer; the core is not told of it. */
import { preferences } from './contents.ts';
import { CONFIRM } from './origins.ts';
import type { BrowserWindow, Electron, UtilityProcess } from './parts.ts';
import { isFrom } from './sender.ts';
import { CONFIRM_PARTITION } from './sessions.ts';
import { bringForward } from './window.ts';
import { words } from './words.ts';

export interface ConfirmNeeds {
  readonly electron: Pick<Electron, 'BrowserWindow' | 'ipcMain' | 'MessageChannelMain'>;
  readonly preload: string;
  readonly development: boolean;
}
export interface ConfirmWindow {
  /** Opens it for this signer, or brings the open one forward. */
  open(signer: UtilityProcess): void;
  /** The signer is gone: nothing that stands there can be approved any more. */
  close(): void;
}

export function confirmWindow({ electron, preload, development }: ConfirmNeeds): ConfirmWindow {
  let now: { readonly window: BrowserWindow; readonly signer: UtilityProcess } | undefined;

  electron.ipcMain.on('confirm-port', (event) => {
    if (!now || !isFrom(event, now.window.webContents, CONFIRM)) return;
    const { port1, port2 } = new electron.MessageChannelMain();
    now.signer.postMessage({ t: 'confirm' }, [port1]);
    now.window.webContents.postMessage('confirm-port', null, [port2]);
  });

  return {
    open(signer) {
      if (now) return bringForward(now.window);
      const window = new electron.BrowserWindow({
        width: 760,
        height: 720,
        minWidth: 400,
        minHeight: 480,
        show: false,
        title: words.daimon,
        autoHideMenuBar: true,
        fullscreenable: false,
        webPreferences: preferences(preload, CONFIRM_PARTITION, development),
      });
      const mine = { window, signer };
      now = mine;
      window.once('ready-to-show', () => window.show());
      window.on('closed', () => {
        if (now === mine) now = undefined;
      });
      // Its port has ended with it, and so has been refused what waited.
      window.webContents.on('render-process-gone', () => window.destroy());
      void window.loadURL(`${CONFIRM}/confirm/`);
    },
    close: () => now?.window.destroy(),
  };
}
