/** A fake Electron: real child processes and channels behind its names, everything else recorded. `fidelity` keeps it honest. */
import { EventEmitter } from 'node:events';
import type { Electron } from '../../../src-main/shell/electron/parts.ts';
import { FakeMessageChannelMain, fakeUtilityProcess } from './processes.ts';
import { FakeSession, fakeWindows, preventable } from './windows.ts';

export { FakeMessageChannelMain, FakeMessagePortMain, FakeUtilityProcess } from './processes.ts';
export { FakePage, FakeSession, FakeWebContents, preventable, type FakeWindow } from './windows.ts';

interface MenuItem {
  readonly label?: string;
  readonly role?: string;
  readonly click?: () => void;
  readonly submenu?: readonly MenuItem[];
}

export class FakeApp extends EventEmitter {
  static readonly mirrors = 'App';
  /** Controls: what was done, and what the system would answer. */
  readonly did: string[] = [];
  readonly switches = new Map<string, string | undefined>();
  readonly paths = new Map<string, string>();
  readonly ended = Promise.withResolvers<number>();
  lock = true;
  isPackaged = false;
  readonly commandLine = {
    appendSwitch: (name: string, value?: string) => void this.switches.set(name, value),
    removeSwitch: (name: string) => void this.switches.delete(name),
  };
  setName(name: string) {
    this.did.push(`name ${name}`);
  }
  setPath(name: string, path: string) {
    this.paths.set(name, path);
  }
  requestSingleInstanceLock(_additionalData?: unknown): boolean {
    this.did.push('lock');
    return this.lock;
  }
  enableSandbox() {
    this.did.push('sandbox');
  }
  whenReady(): Promise<void> {
    return Promise.resolve();
  }
  setAsDefaultProtocolClient(protocol: string, _path?: string, _args?: string[]): boolean {
    this.did.push(`protocol ${protocol}`);
    return true;
  }
  relaunch(_options?: unknown) {
    this.did.push('relaunch');
  }
  quit() {
    const event = preventable();
    this.emit('before-quit', event);
    if (!event.defaultPrevented) this.exit(0);
  }
  exit(exitCode = 0) {
    this.did.push('exit');
    this.ended.resolve(exitCode);
  }
}

export class FakeTray extends EventEmitter {
  static readonly mirrors = 'Tray';
  menu: readonly MenuItem[] = [];
  gone = false;
  readonly image: unknown;
  constructor(image: unknown) {
    super();
    this.image = image;
  }
  setToolTip(_toolTip: string) {}
  setContextMenu(menu: { readonly items: readonly MenuItem[] } | null) {
    this.menu = menu?.items ?? [];
  }
  destroy() {
    this.gone = true;
  }
}

export class FakeNotification extends EventEmitter {
  static readonly mirrors = 'Notification';
  readonly options: { readonly title?: string; readonly body?: string };
  shown = false;
  constructor(options: { readonly title?: string; readonly body?: string } = {}) {
    super();
    this.options = options;
  }
  show() {
    this.shown = true;
  }
}

/** One application that never ran before. */
export function fakeElectron() {
  const app = new FakeApp();
  const ipcMain = new EventEmitter();
  const sessions = new Map<string, FakeSession>();
  const sessionOf = (partition: string) => {
    const known = sessions.get(partition);
    if (known) return known;
    const made = new FakeSession(partition);
    sessions.set(partition, made);
    app.emit('session-created', made);
    return made;
  };
  const schemes: { scheme: string; privileges?: Record<string, boolean> }[] = [];
  const { windows, BrowserWindow } = fakeWindows({ app, ipcMain, sessionOf });
  const { forked, utilityProcess } = fakeUtilityProcess();
  const trays: FakeTray[] = [];
  const notices: FakeNotification[] = [];
  const opened: string[] = [];
  const menus: { application: readonly MenuItem[]; popped: (readonly MenuItem[])[] } = { application: [], popped: [] };
  const asked: { message: string; buttons?: string[] }[] = [];
  const system = {
    displays: [{ id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
    answer: 1,
    idle: 'active',
  };
  const powerMonitor = Object.assign(new EventEmitter(), {
    getSystemIdleState: (_idleThreshold: number) => system.idle,
  });

  const fake = {
    app,
    BrowserWindow,
    MessageChannelMain: FakeMessageChannelMain,
    Notification: class extends FakeNotification {
      static isSupported() {
        return true;
      }
      constructor(options?: { title?: string; body?: string }) {
        super(options);
        notices.push(this);
      }
    },
    Tray: class extends FakeTray {
      constructor(image: unknown) {
        super(image);
        trays.push(this);
      }
    },
    Menu: {
      buildFromTemplate: (template: readonly MenuItem[]) => ({
        items: template,
        popup: (_options?: unknown) => void menus.popped.push(template),
      }),
      setApplicationMenu: (menu: { items: readonly MenuItem[] } | null) => void (menus.application = menu?.items ?? []),
    },
    dialog: {
      showMessageBox: (options: { message: string; buttons?: string[] }) => {
        asked.push(options);
        return Promise.resolve({ response: system.answer, checkboxChecked: false });
      },
    },
    ipcMain,
    nativeImage: { createFromPath: (path: string) => ({ path }) },
    powerMonitor,
    protocol: { registerSchemesAsPrivileged: (custom: typeof schemes) => void schemes.push(...custom) },
    screen: { getPrimaryDisplay: () => system.displays[0]!, getAllDisplays: () => system.displays },
    session: { fromPartition: sessionOf },
    shell: {
      openExternal: (url: string) => {
        opened.push(url);
        return Promise.resolve();
      },
    },
    utilityProcess,
  };
  return {
    electron: fake as unknown as Electron,
    /** The same, with its controls. */
    fake,
    app,
    powerMonitor,
    sessions,
    sessionOf,
    schemes,
    windows,
    forked,
    trays,
    notices,
    opened,
    menus,
    asked,
    system,
  };
}
export type FakeElectron = ReturnType<typeof fakeElectron>;
