/** Fakes of Electron's sessions, pages and windows: a page runs the real bridge, and loads through the real handlers. */
import { EventEmitter } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { exposeConfirm, exposeWindow } from '../../../src-main/shell/electron/bridge.ts';
import type { FakeMessagePortMain } from './processes.ts';

type Handler = (...args: never[]) => unknown;
/** An event that can be prevented, as Electron's. */
export const preventable = () => {
  const event = { defaultPrevented: false, preventDefault: () => void (event.defaultPrevented = true) };
  return event;
};

export class FakeSession extends EventEmitter {
  static readonly mirrors = 'Session';
  /** Controls: what was set. */
  readonly set = new Map<string, Handler>();
  readonly partition: string;
  readonly handlers = new Map<string, (request: Request) => Response | Promise<Response>>();
  spellChecker = true;
  proxy: unknown;
  readonly protocol = {
    handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>) =>
      void this.handlers.set(scheme, handler),
  };
  readonly webRequest = { onBeforeRequest: (listener: Handler) => void this.set.set('request', listener) };
  constructor(partition: string) {
    super();
    this.partition = partition;
  }
  setPermissionRequestHandler(handler: Handler) {
    this.set.set('permission-request', handler);
  }
  setPermissionCheckHandler(handler: Handler) {
    this.set.set('permission-check', handler);
  }
  setDevicePermissionHandler(handler: Handler) {
    this.set.set('device', handler);
  }
  setCertificateVerifyProc(proc: Handler) {
    this.set.set('certificate', proc);
  }
  setSpellCheckerEnabled(enable: boolean) {
    this.spellChecker = enable;
  }
  setProxy(config: unknown) {
    this.proxy = config;
    return Promise.resolve();
  }
  /** A control: loads an address as a page would. Undefined when it was cancelled or nobody answers the scheme. */
  async load(url: string, method = 'GET'): Promise<Response | undefined> {
    const ask = this.set.get('request') as
      ((details: { url: string }, done: (response: { cancel?: boolean }) => void) => void) | undefined;
    const cancelled = await new Promise<boolean>((resolve) =>
      ask ? ask({ url }, ({ cancel }) => resolve(cancel === true)) : resolve(false),
    );
    if (cancelled) return undefined;
    return this.handlers.get(url.slice(0, url.indexOf(':')))?.({ url, method } as Request);
  }
}

interface Bridged {
  daimon?: {
    connect(): void;
    openLink(href: string): void;
    pathOf(file: unknown): string | undefined;
    onPlace(on: (place: string) => void): () => void;
  };
  daimonConfirm?: { connect(): void };
}

/** A control: what runs in the page. Its globals are what the preload exposed. */
export class FakePage extends EventEmitter {
  readonly world: Bridged = {};
  readonly location: { readonly origin: string };
  /** Electron's side of the preload. */
  readonly ipc = new EventEmitter();
  /** Every message that was posted to the page, with the origin it was meant for. */
  readonly posted: { readonly data: unknown; readonly origin: string; readonly ports: readonly unknown[] }[] = [];
  constructor(origin: string, expose: 'window' | 'confirm', send: (channel: string, ...args: unknown[]) => void) {
    super();
    this.location = { origin };
    (expose === 'window' ? exposeWindow : exposeConfirm)({
      contextBridge: {
        exposeInMainWorld: (name: string, api: unknown) => void Object.assign(this.world, { [name]: api }),
      },
      ipcRenderer: { on: (channel: string, on: Handler) => this.ipc.on(channel, on as never), send } as never,
      webUtils: { getPathForFile: (file: unknown) => (file as { path?: string }).path ?? '' } as never,
      page: {
        location: this.location,
        postMessage: (data, to, ports) => {
          this.posted.push({ data, origin: to, ports });
          this.emit('port', data, ports[0]);
        },
      },
    });
  }
  /** Asks main for a port, as the page's own code does. */
  connect(name: 'core-port' | 'confirm-port'): Promise<MessagePort> {
    const come = new Promise<MessagePort>((resolve) =>
      this.once('port', (_name: unknown, port: MessagePort) => resolve(port)),
    );
    if (name === 'core-port') this.world.daimon!.connect();
    else this.world.daimonConfirm!.connect();
    return come;
  }
}

export interface Belongs {
  readonly app: EventEmitter;
  readonly ipcMain: EventEmitter;
  sessionOf(partition: string): FakeSession;
}

export class FakeWebContents extends EventEmitter {
  static readonly mirrors = 'WebContents';
  /** Controls. */
  readonly mainFrame: { origin: string; parent: null | object } = { origin: '', parent: null };
  readonly sent: { readonly channel: string; readonly args: readonly unknown[] }[] = [];
  opener: ((details: { url: string }) => { action: string }) | undefined;
  webRtc = 'default';
  reloads = 0;
  page: FakePage | undefined;
  readonly belongs: Belongs;
  constructor(belongs: Belongs) {
    super();
    this.belongs = belongs;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }) {
    this.opener = handler;
  }
  setWebRTCIPHandlingPolicy(policy: string) {
    this.webRtc = policy;
  }
  reload() {
    this.reloads++;
  }
  send(channel: string, ...args: unknown[]) {
    this.sent.push({ channel, args });
    this.page?.ipc.emit(channel, { ports: [] }, ...args);
  }
  postMessage(channel: string, message: unknown, transfer: FakeMessagePortMain[] = []) {
    this.page?.ipc.emit(channel, { ports: transfer.map((port) => port.handOn()) }, message);
  }
  /** A control: what the preload's `ipcRenderer.send` does. */
  say(channel: string, ...args: unknown[]) {
    this.belongs.ipcMain.emit(channel, { sender: this, senderFrame: this.mainFrame }, ...args);
  }
}

export interface FakeWindowOptions {
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly show?: boolean;
  readonly webPreferences?: Readonly<Record<string, unknown>> & {
    readonly partition?: string;
    readonly preload?: string;
  };
}

/** `BrowserWindow` for one fake application, and every window it made. */
export function fakeWindows(belongs: Belongs) {
  const windows: FakeBrowserWindow[] = [];
  class FakeBrowserWindow extends EventEmitter {
    static readonly mirrors = 'BrowserWindow';
    readonly webContents = new FakeWebContents(belongs);
    /** Controls. */
    readonly options: FakeWindowOptions;
    readonly calls: string[] = [];
    url = '';
    loaded: Response | undefined;
    visible: boolean;
    focused = false;
    minimized = false;
    maximized = false;
    destroyed = false;
    bounds: { x: number; y: number; width: number; height: number };
    constructor(options: FakeWindowOptions = {}) {
      super();
      this.options = options;
      this.visible = options.show !== false;
      this.bounds = {
        x: options.x ?? 0,
        y: options.y ?? 0,
        width: options.width ?? 800,
        height: options.height ?? 600,
      };
      windows.push(this);
      belongs.app.emit('web-contents-created', preventable(), this.webContents);
    }
    async loadURL(url: string): Promise<void> {
      this.url = url;
      const { partition = '', preload = '' } = this.options.webPreferences ?? {};
      this.loaded = await belongs.sessionOf(partition).load(url);
      if (!this.loaded?.ok) throw new Error(`ERR_FAILED (-2) loading '${url}'`);
      const origin = url.split('/').slice(0, 3).join('/');
      this.webContents.mainFrame.origin = origin;
      this.webContents.page = new FakePage(
        origin,
        preload.includes('confirm') ? 'confirm' : 'window',
        (channel, ...args) => this.webContents.say(channel, ...args),
      );
      this.emit('ready-to-show');
    }
    show() {
      this.calls.push('show');
      this.visible = true;
      this.focused = true;
    }
    hide() {
      this.calls.push('hide');
      this.visible = false;
      this.focused = false;
    }
    focus() {
      this.calls.push('focus');
      this.focused = true;
    }
    restore() {
      this.minimized = false;
    }
    maximize() {
      this.maximized = true;
    }
    isMinimized() {
      return this.minimized;
    }
    isMaximized() {
      return this.maximized;
    }
    isFocused() {
      return this.focused;
    }
    isDestroyed() {
      return this.destroyed;
    }
    getNormalBounds() {
      return { ...this.bounds };
    }
    close() {
      const event = preventable();
      this.emit('close', event);
      if (!event.defaultPrevented) this.destroy();
    }
    destroy() {
      if (this.destroyed) return;
      this.destroyed = true;
      this.visible = false;
      // The page ends, and its ports with it.
      for (const { ports } of this.webContents.page?.posted ?? [])
        for (const port of ports) (port as MessagePort).close();
      this.emit('closed');
    }
  }
  return { windows, BrowserWindow: FakeBrowserWindow };
}
export type FakeWindow = ReturnType<typeof fakeWindows>['windows'][number];
