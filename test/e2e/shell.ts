/** The desktop shell over the fake Electron, with the real core and its real children in processes of their own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { expect } from 'vitest';
import { coreDoor } from '../../src-main/doors.ts';
import { entries } from '../../src-main/shell/electron/entries.ts';
import { openDesktop } from '../../src-main/shell/electron/desktop.ts';
import { prepare } from '../../src-main/shell/electron/prepare.ts';
import { portWire, type PortLike } from '../../src-main/wire/carriers/port.ts';
import { connect, type Client } from '../../src-main/wire/index.ts';
import { fakeElectron, type FakeElectron, type FakeWindow } from '../fakes/electron/index.ts';

export interface Shell extends FakeElectron {
  readonly folder: string;
  /** The window that is there, once its page has loaded. */
  window(url?: string): Promise<FakeWindow>;
  /** The core as a page sees it, over a port that the page was handed. */
  page(): Promise<Client<typeof coreDoor>>;
  /** Another instance on the same data folder, its processes not started. */
  again(argv: readonly string[]): void;
  /** Whose process it is: 'core', 'signer', 'engine'. */
  processes(name: string): FakeElectron['forked'];
  close(): Promise<void>;
}

/** Waits for it to come true, also on a machine that has other work. */
export const soon = <T>(look: () => T) => expect.poll(look, { timeout: 30_000, interval: 10 });

export interface ShellOptions {
  readonly argv?: readonly string[];
  readonly platform?: NodeJS.Platform;
  readonly engine?: URL;
  readonly core?: URL;
  readonly folder?: string;
  readonly before?: (electron: FakeElectron) => void;
}

/** A built window of three files: what is in them does not matter here. */
export function builtWindow(folder: string): string {
  const root = join(folder, 'built');
  for (const [path, text] of [
    ['index.html', '<!doctype html><title>daimon</title>'],
    ['confirm/index.html', '<!doctype html><title>Confirm</title>'],
    ['assets/index.js', 'export {};'],
  ] as const) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

export async function raise({
  argv = [],
  platform = process.platform,
  engine,
  core,
  folder = mkdtempSync(join(tmpdir(), 'daimon-desktop-')),
  before,
}: ShellOptions = {}): Promise<Shell> {
  const world = fakeElectron();
  const { electron } = world;
  before?.(world);
  prepare({ electron, dataFolder: folder });
  await openDesktop({
    electron,
    dataFolder: folder,
    windowFolder: builtWindow(folder),
    preloads: { window: join(folder, 'window.cjs'), confirm: join(folder, 'confirm.cjs') },
    argv: ['electron', ...argv],
    env: process.env,
    platform,
    entries: {
      ...entries,
      // Everything of the signer is real but the cost of its key derivation.
      signer: new URL('../../src-main/signer/process.fixture.ts', import.meta.url),
      ...(engine && { engine }),
      ...(core && { core }),
    },
  });
  const window = async (url = 'app://daimon/') => {
    for (let i = 0; i < 4000; i++) {
      const found = world.windows.find((one) => one.url === url && !one.destroyed);
      if (found?.webContents.page) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`${url} did not load`);
  };
  const ports: MessagePort[] = [];
  return {
    ...world,
    folder,
    window,
    async page() {
      const port = await (await window()).webContents.page!.connect('core-port');
      ports.push(port);
      return connect(coreDoor, portWire(port as unknown as PortLike));
    },
    again: (args) => void world.app.emit('second-instance', {}, ['electron', '--some-switch', ...args], folder),
    processes: (name) => world.forked.filter(({ options }) => options.serviceName === `daimon ${name}`),
    async close() {
      if (!world.app.did.includes('exit')) world.app.quit();
      await world.app.ended.promise;
      for (const one of world.windows) one.destroy();
      for (const port of ports) port.close();
      await Promise.all(world.forked.map(({ child }) => gone(child)));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const gone = (child: FakeElectron['forked'][number]['child']) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
