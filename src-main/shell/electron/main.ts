/** The entry under Electron; the file of the main process that imports it. */
import * as electron from 'electron';
import { packaged } from '../../base/asset.ts';
import { forbidDumps } from '../../base/dumps.ts';
import { isFault } from '../../wire/index.ts';
import { dataFolder as findDataFolder } from '../data-folder.ts';
import { openDesktop } from './desktop.ts';
import { withEarlyLink } from './place.ts';
import { prepare } from './prepare.ts';
import { words } from './words.ts';

const dataFolder = findDataFolder();
const argv = withEarlyLink(electron.app, process.argv);

/** What Electron needs to be told first is told in this very tick; nothing is awaited at the top of this file, ever: */
if (!prepare({ electron, dataFolder })) electron.app.exit(0);
// Electron holds 'ready' back until its entry has loaded, so an await here would wait for itself.
else electron.app.whenReady().then(open).catch(giveUp);

async function open() {
  // The children inherit it.
  await forbidDumps();
  await openDesktop({
    electron,
    dataFolder,
    windowFolder: packaged('dist/window'),
    preloads: { window: packaged('dist/preload/preload.cjs'), confirm: packaged('dist/preload/confirm-preload.cjs') },
    argv,
    env: process.env,
    platform: process.platform,
  });
}

function giveUp(error: unknown) {
  electron.dialog.showErrorBox(words.daimon, isFault(error) ? error.message : words.unopened);
  electron.app.exit(1);
}
