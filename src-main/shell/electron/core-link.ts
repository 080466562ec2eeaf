/** Main's hold on the core: its process, the verbs main may use, and the ports it hands on. */
import { once } from 'node:events';
import { mainPortWire } from '../../wire/carriers/main-port.ts';
import { connect, serve, type Handlers } from '../../wire/index.ts';
import { vaultDoor } from '../../vault/door.ts';
import { shellDoor } from '../door.ts';
import { forkOurs, startChildren, type ChildrenNeeds } from './children.ts';
import { hostDoor } from './host-door.ts';
import type { MessagePortMain } from './parts.ts';

/** Longer than the core waits for work that does not hear the stop. */
const PATIENCE_MS = 12_000;

export interface CoreLink {
  /** Resolves with the exit code when the process is gone, however it went. */
  readonly ended: Promise<number>;
  /** Joins a page to the core and hands back the page's end. The core sees a new visitor, who has proved nothing. */
  window(): MessagePortMain;
  lock(): Promise<void>;
  busy(): Promise<boolean>;
  /** Closes the rooms and waits for the end of the process; ends it after twelve seconds. */
  quit(): Promise<void>;
}

type Needs = Omit<ChildrenNeeds, 'core'> & { readonly notify: Handlers<typeof hostDoor>['host.notify'] };

export function startCore(needs: Needs): CoreLink {
  const { electron, notify } = needs;
  const core = forkOurs(needs, 'core');
  const ended = once(core, 'exit').then(([code]) => code as number);
  const join = (t: string) => {
    const { port1, port2 } = new electron.MessageChannelMain();
    core.postMessage({ t }, [port1]);
    return port2;
  };
  serve({
    door: hostDoor,
    handlers: { ...startChildren({ ...needs, core }), 'host.notify': notify },
    wire: mainPortWire(join('host')),
  });
  // Of the core's many verbs, main holds these three.
  const { 'vault.lock': lock } = vaultDoor;
  const client = connect({ 'vault.lock': lock, ...shellDoor }, mainPortWire(join('main')));

  return {
    ended,
    window: () => join('window'),
    lock: async () => void (await client['vault.lock']({}).catch(() => {})),
    busy: async () => (await client['shell.busy']({}).catch(() => ({ busy: false }))).busy,
    async quit() {
      const late = setTimeout(() => core.pid !== undefined && process.kill(core.pid, 'SIGKILL'), PATIENCE_MS);
      await client['shell.quit']({}).catch(() => {});
      await ended;
      clearTimeout(late);
    },
  };
}
