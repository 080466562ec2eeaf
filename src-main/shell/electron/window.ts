/** The window: made once, shown when it has drawn itself, its place remembered, hidden while work goes on. */
import { fit, readStanding, SMALLEST, writeStanding } from './bounds.ts';
import { preferences } from './contents.ts';
import { WINDOW } from './origins.ts';
import type { BrowserWindow, Electron } from './parts.ts';
import { WINDOW_PARTITION } from './sessions.ts';
import { words } from './words.ts';

const SETTLE_MS = 500;

export interface WindowNeeds {
  readonly electron: Pick<Electron, 'BrowserWindow' | 'screen'>;
  readonly dataFolder: string;
  readonly preload: string;
  readonly development: boolean;
  /** The person closes it: whether it may go, or only be hidden. */
  readonly closing: (event: { preventDefault(): void }) => void;
}

export function openWindow({ electron, dataFolder, preload, development, closing }: WindowNeeds): BrowserWindow {
  const was = readStanding(dataFolder);
  const first = electron.screen.getPrimaryDisplay();
  const others = electron.screen.getAllDisplays().filter(({ id }) => id !== first.id);
  const window = new electron.BrowserWindow({
    ...fit(
      was,
      [first, ...others].map(({ workArea }) => workArea),
    ),
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    show: false,
    title: words.daimon,
    autoHideMenuBar: true,
    webPreferences: preferences(preload, WINDOW_PARTITION, development),
  });

  let timer: NodeJS.Timeout | undefined;
  const save = () => {
    clearTimeout(timer);
    if (!window.isDestroyed())
      return writeStanding(dataFolder, { ...window.getNormalBounds(), maximized: window.isMaximized() });
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void save(), SETTLE_MS);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('maximize', soon);
  window.on('unmaximize', soon);
  window.on('close', (event) => {
    void save();
    closing(event);
  });
  window.on('closed', () => clearTimeout(timer));
  window.once('ready-to-show', () => {
    if (was?.maximized) window.maximize();
    window.show();
  });
  void window.loadURL(`${WINDOW}/`);
  return window;
}

/** Brings a window before the person, wherever it was. */
export function bringForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
