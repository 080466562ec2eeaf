/** The sign in the system's tray: open, lock now, quit. */
import { asset } from '../../base/asset.ts';
import { trayMenu } from './menus.ts';
import type { Electron } from './parts.ts';
import { words } from './words.ts';

export interface TrayNeeds {
  readonly electron: Pick<Electron, 'Tray' | 'Menu' | 'nativeImage'>;
  readonly platform: NodeJS.Platform;
  readonly does: Parameters<typeof trayMenu>[0];
}

export function openTray({ electron: { Tray, Menu, nativeImage }, platform, does }: TrayNeeds): { destroy(): void } {
  // macOS draws a template, which it knows by its name, in the colour of its bar.
  const name = platform === 'darwin' ? 'trayTemplate' : 'tray';
  const tray = new Tray(nativeImage.createFromPath(asset(`assets/icons/${name}.png`)));
  tray.setToolTip(words.daimon);
  tray.setContextMenu(Menu.buildFromTemplate(trayMenu(does)));
  tray.on('click', () => does.open());
  return tray;
}
