/** What must be said to Electron before it is ready: one instance, the sandbox, our scheme, no network of Chromium's. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { closeSession } from './sessions.ts';
import { guard } from './contents.ts';
import { SCHEME } from './origins.ts';
import type { Electron } from './parts.ts';
import { REMOVED, SWITCHES } from './switches.ts';

export interface PrepareNeeds {
  readonly electron: Pick<Electron, 'app' | 'protocol'>;
  readonly dataFolder: string;
}

/** @returns false in a second instance: the first has been told, and this one must end */
export function prepare({ electron: { app, protocol }, dataFolder }: PrepareNeeds): boolean {
  // What Chromium must keep (locks, GPU caches) lies in a folder of its own, inside the owner's.
  const own = join(dataFolder, 'desktop');
  mkdirSync(own, { recursive: true, mode: 0o700 });
  app.setName('daimon');
  app.setPath('userData', own);
  app.setPath('sessionData', own);
  if (!app.requestSingleInstanceLock()) return false;
  for (const [name, value] of SWITCHES) app.commandLine.appendSwitch(name, value);
  if (app.isPackaged) for (const name of REMOVED) app.commandLine.removeSwitch(name);
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: false } },
  ]);
  app.on('session-created', closeSession);
  app.on('web-contents-created', (_event, contents) => guard(contents));
  // A server that wants a certificate or a password of ours gets neither.
  app.on('select-client-certificate', (event, _contents, _url, _certificates, done) => {
    event.preventDefault();
    done();
  });
  return true;
}
