/** What a preload gives its page, and no more: the page gets a port and a few functions, never Electron's own. */

/** Channels between a preload and main; each is checked by its sender there. */
type Asked = 'core-port' | 'confirm-port';

/** What is used of Electron in a preload, and of its page. */
export interface BridgeParts {
  readonly contextBridge: { exposeInMainWorld(name: string, api: object): void };
  readonly ipcRenderer: {
    on(channel: string, on: (event: { readonly ports: readonly unknown[] }, ...args: unknown[]) => void): unknown;
    send(channel: string, ...args: unknown[]): void;
  };
  readonly webUtils: { getPathForFile(file: File): string };
  readonly page: {
    readonly location: { readonly origin: string };
    postMessage(message: unknown, origin: string, ports: unknown[]): void;
  };
}

/**
 * A function for the page that asks main for a port. Ports cannot cross the context bridge: the page is sent it as a
 * message, to its exact origin.
 */
function connecting({ ipcRenderer, page }: BridgeParts, channel: Asked): () => void {
  ipcRenderer.on(channel, ({ ports }) => page.postMessage(channel, page.location.origin, [...ports]));
  return () => ipcRenderer.send(channel);
}

/** `daimon` in the window; `Desktop` in src-renderer/core/desktop.ts says what each is. */
export function exposeWindow(parts: BridgeParts): void {
  const { contextBridge, ipcRenderer, webUtils } = parts;
  const listeners = new Set<(place: string) => void>();
  // One that was asked for before anybody listened.
  let early: string | undefined;
  ipcRenderer.on('place', (_event, place: unknown) => {
    const text = String(place);
    if (listeners.size === 0) early = text;
    for (const on of listeners) on(text);
  });
  contextBridge.exposeInMainWorld('daimon', {
    connect: connecting(parts, 'core-port'),
    pathOf: (file: File) => webUtils.getPathForFile(file) || undefined,
    openLink: (href: unknown) => ipcRenderer.send('open-link', String(href)),
    onPlace(on: (place: string) => void) {
      listeners.add(on);
      if (early !== undefined) on(early);
      early = undefined;
      return () => void listeners.delete(on);
    },
  });
}

/** `daimonConfirm` in the confirm window: the way to its port, and nothing else. */
export const exposeConfirm = (parts: BridgeParts): void =>
  parts.contextBridge.exposeInMainWorld('daimonConfirm', { connect: connecting(parts, 'confirm-port') });
