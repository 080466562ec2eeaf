/** The parts of Electron that this shell uses. Files here are given them; only main.ts imports the module itself. */
import type * as electron from 'electron';

export type Electron = Pick<
  typeof electron,
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'MessageChannelMain'
  | 'nativeImage'
  | 'Notification'
  | 'powerMonitor'
  | 'protocol'
  | 'screen'
  | 'session'
  | 'shell'
  | 'Tray'
  | 'utilityProcess'
>;
export type { BrowserWindow, MessagePortMain, Session, UtilityProcess, WebContents, WebPreferences } from 'electron';
