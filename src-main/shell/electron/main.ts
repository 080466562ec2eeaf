/** The entry under Electron; the file of the main process that imports it. */
import * as electron from 'electron';
import { packaged } from '../../base/asset.ts';
import { forbidDumps } from '../../base/dumps.ts';
import { dataFolder as findDataFolder } from '../data-folder.ts';
import { openDesktop } from './desktop.ts';
import { prepare } from './prepare.ts';

const dataFolder = findDataFolder();

// Nothing may be awaited before this: schemes and switches are read once, when the app gets ready.
if (!prepare({ electron, dataFolder })) electron.app.exit(0);
else {
  // The children inherit it.
  await Promise.all([electron.app.whenReady(), forbidDumps()]);
  await openDesktop({
    electron,
    dataFolder,
    windowFolder: packaged('dist/window'),
    preloads: { window: packaged('dist/preload/preload.cjs'), confirm: packaged('dist/preload/confirm-preload.cjs') },
    argv: process.argv,
    env: process.env,
    platform: process.platform,
  });
}
