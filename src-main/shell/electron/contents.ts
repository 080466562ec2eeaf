/** What no page may do, whatever got into it: leave its address, open windows, embed others, reach devices. */
import type { WebContents, WebPreferences } from './parts.ts';

/** Every preference of Electron's checklist, said aloud, so that no changed default can undo one. */
export const preferences = (
  preload: string,
  partition: string,
  development: boolean,
): WebPreferences & { readonly partition: string } => ({
  preload,
  partition,
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  safeDialogs: true,
  // It would fetch dictionaries, and send what is typed to a service where the system has one.
  spellcheck: false,
  devTools: development,
});

export function guard(contents: WebContents): void {
  const prevent = (event: { preventDefault(): void }) => event.preventDefault();
  contents.on('will-navigate', prevent);
  contents.on('will-frame-navigate', prevent);
  contents.on('will-redirect', prevent);
  contents.on('will-attach-webview', prevent);
  // Links of the text go through the window's own sheet and `open-link`; nothing opens by itself.
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
}
