/** A session that keeps nothing on disk and reaches nothing but our own pages. */
import { mayLoad, maySave, SCHEME, type Origin } from './origins.ts';
import { answer, type Pages } from './pages.ts';
import type { Electron, Session } from './parts.ts';

/** Without `persist:` a partition lives in memory only: no cache, no storage, no history on disk. */
export const WINDOW_PARTITION = 'window';
export const CONFIRM_PARTITION = 'confirm';

export interface SessionOptions {
  readonly electron: Pick<Electron, 'session'>;
  readonly partition: typeof WINDOW_PARTITION | typeof CONFIRM_PARTITION;
  readonly origin: Origin;
  readonly pages: Pages;
}

/** Developer tools, where there are any, are files of Chromium's own. */
const BUNDLED = 'devtools://devtools/bundled/';
/** Net's code for "the certificate is not valid": nothing here is ever loaded over TLS, so none is ever trusted. */
const REFUSED_CERTIFICATE = -2;

/** Of any session, ours or not: no permission, no dictionary, no request. Ours then open the one thing each needs. */
export function closeSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, done) => done(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setCertificateVerifyProc((_request, done) => done(REFUSED_CERTIFICATE));
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest(({ url }, done) => done({ cancel: !url.startsWith(BUNDLED) }));
  session.on('will-download', (event) => event.preventDefault());
}

export async function openSession({ electron, partition, origin, pages }: SessionOptions): Promise<Session> {
  const session = electron.session.fromPartition(partition);
  session.removeAllListeners('will-download');
  closeSession(session);
  session.protocol.handle(SCHEME, (request) => answer(request, pages, origin));
  session.webRequest.onBeforeRequest(({ url }, done) => done({ cancel: !mayLoad(url, origin) }));
  await session.setProxy({ mode: 'direct' });
  if (partition !== WINDOW_PARTITION) return session;

  // Copy buttons write plain text; reading the clipboard stays forbidden.
  const mayDo = (permission: string, asker: string) =>
    permission === 'clipboard-sanitized-write' && `${asker}/`.startsWith(`${origin}/`);
  session.setPermissionRequestHandler((_contents, permission, done, { requestingUrl }) =>
    done(mayDo(permission, requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, asker) => mayDo(permission, asker));
  session.removeAllListeners('will-download');
  session.on('will-download', (event, item) => {
    if (!maySave(item.getURL(), origin)) return event.preventDefault();
    // Where to, the person says: a name alone starts no download.
    item.setSaveDialogOptions({ defaultPath: item.getFilename() });
  });
  return session;
}
