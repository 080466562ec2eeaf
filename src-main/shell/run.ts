/** A core with everything that a shell gives it: its socket, its window over loopback where a browser shows it, its end. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newVisitor, type Visitor } from '../gate.ts';
import { openCore } from '../core.ts';
import { systemClock } from '../base/clock.ts';
import { packaged } from '../base/asset.ts';
import { forbidDumps } from '../base/dumps.ts';
import type { Host } from '../base/host.ts';
import { Fault, type Door, type Handlers, type Wire } from '../wire/index.ts';
import { openLog } from '../base/log.ts';
import { openLoopback, type Loopback } from './browser/loopback.ts';
import { removeRedirect } from './browser/redirect.ts';
import { shellDoor } from './door.ts';
import { listenAsCore } from './listen.ts';

/** A core that nobody talks to and that has nothing to do ends after this. */
const IDLE_MS = 30_000;

interface RunOptions {
  readonly dataFolder: string;
  readonly host: Host;
  /** The folder of the built window; undefined where the desktop shell shows it and nothing is served. */
  readonly windowFolder: string | undefined;
  /** Stay until told to quit (npm start), or end when idle (a terminal's core). */
  readonly stay: boolean;
  /** Called once everything is closed. */
  onEnd(): void;
}
export interface Running {
  /** A fresh address for a window. @throws Fault `window-elsewhere` where the desktop shell shows it */
  address(): Promise<string>;
  /** Serves a window whose wire came another way than over loopback; `shell`: the shell itself, which may quit. */
  welcome(wire: Wire, options?: { readonly shell?: boolean }): void;
  close(): Promise<void>;
}

/** @returns undefined when a core is already running on this data folder */
export async function runCore({
  dataFolder,
  host,
  windowFolder,
  stay,
  onEnd,
}: RunOptions): Promise<Running | undefined> {
  let here = 0;
  let idleSince = Date.now();
  let closing: Promise<void> | undefined;
  let loopback: Promise<Loopback> | undefined;
  const early: Wire[] = [];
  let onWire: (wire: Wire) => void = (wire) => early.push(wire);

  // The socket first: it decides who is the core before anything else touches the folder.
  const socket = await listenAsCore(dataFolder, (wire) => onWire(wire));
  if (!socket) return undefined;
  // Before the first child, which inherits it.
  await forbidDumps();
  const log = openLog({ file: join(dataFolder, 'daimon.log'), clock: systemClock });
  const core = await openCore({ host, dataFolder, log });

  const count = (wire: Wire): Wire => ({
    ...wire,
    listen(onFrame, onClose) {
      here++;
      wire.listen(onFrame, () => {
        here--;
        idleSince = Date.now();
        onClose();
      });
    },
  });
  const address = async () => {
    if (windowFolder === undefined)
      throw new Fault(
        'window-elsewhere',
        'daimon is open in its desktop window; nothing was started. Use it there, or quit it first.',
      );
    loopback ??= openLoopback({
      root: windowFolder,
      clock: systemClock,
      log,
      onWire: (wire: Wire, visitor: Visitor) => {
        // The key in it has just been used.
        void removeRedirect({ folder: dataFolder, name: 'open' });
        core.welcome(count(wire), visitor);
      },
      newSession: newVisitor,
    });
    return (await loopback).freshAddress();
  };
  const close = () =>
    (closing ??= (async () => {
      clearInterval(idle);
      try {
        await socket.close();
        await (await loopback)?.close();
        await core.close();
      } finally {
        log.close();
        onEnd();
      }
    })());
  const idle = setInterval(() => {
    if (stay || here > 0 || core.busy() || Date.now() - idleSince < IDLE_MS) return;
    void close();
  }, 1000);
  idle.unref();

  const handlers: Handlers<typeof shellDoor> = {
    'shell.address': async () => ({ address: await address() }),
    'shell.busy': () => ({ busy: core.busy() }),
    'shell.quit': () => {
      setImmediate(() => void close());
      return { quitting: true };
    },
  };
  const shell = { door: shellDoor, handlers: handlers as Handlers<Door> };
  onWire = (wire) => core.welcome(count(wire), newVisitor(), shell);
  for (const wire of early.splice(0)) onWire(wire);
  const welcome: Running['welcome'] = (wire, options) =>
    core.welcome(count(wire), newVisitor(), options?.shell ? shell : undefined);
  return { address, welcome, close };
}

/** The version that a person can name in a report. */
export const version = (): string =>
  (JSON.parse(readFileSync(packaged('package.json'), 'utf8')) as { version: string }).version;

/** Where `vite build` puts the window. */
export const windowFolder = packaged('dist/window');
