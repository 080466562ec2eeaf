/** The sign in the system's tray: open, lock now, quit. */
import { asset } from '../../base/asset.ts';
import { trayMenu } from './menus.ts';
import type { Electron } from './parts.ts';
import { words } from './words.ts';

export interface TrayNeeds {
  readonly electron: Pick<Electron, 'Tray' | 'Menu' | 'nativeImage'>;
  readonly does: Parameters<typeof trayMenu>[0];
}

export function openTray({ electron: { Tray, Menu, nativeImage }, does }: TrayNeeds): { destroy(): void } {
  const image = nativeImage.createFromPath(asset('assets/icons/tray.png'));
  // macOS draws it in the colour of its bar.
  image.setTemplateImage(true);
  const tray = new Tray(image);
  tray.setToolTip(words.daimon);
  tray.setContextMenu(Menu.buildFromTemplate(trayMenu(does)));
  tray.on('click', () => does.open());
  return tray;
}
