/** The host as the core's process sees it: what Electron's main does for it, asked over one port. */
import type { Child, Host } from '../../base/host.ts';
import { laterWire } from '../../wire/carriers/later.ts';
import { mainPortWire, type MainPort } from '../../wire/carriers/main-port.ts';
import { connect, type Wire } from '../../wire/index.ts';
import { hostDoor } from './host-door.ts';

export interface MainHost extends Host {
  /** Main hands in the port of the child that was asked for under `id`. */
  joined(id: number, port: MainPort): void;
}

/** @param wire to main, which serves `hostDoor` on it */
export function mainHost(wire: Wire): MainHost {
  const main = connect(hostDoor, wire);
  const coming = new Map<number, (wire: Wire) => void>();
  let next = 1;

  const start: Host['start'] = (name, { env = {} } = {}): Child => {
    const id = next++;
    const leave = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<Wire>();
    coming.set(id, resolve);
    const wire = laterWire(promise);
    let pid = -1;
    const exited = (async () => {
      let code: number | null = null;
      try {
        for await (const item of main['host.start']({ id, name, env }, leave.signal))
          if (item.kind === 'started') pid = item.pid;
          else code = item.code;
      } catch {
        // Killed, or main is gone, and with it every child.
      }
      coming.delete(id);
      reject(new Error('The child has ended.'));
      wire.close();
      return { code, signal: leave.signal.aborted ? 'SIGKILL' : null };
    })();
    return {
      wire,
      exited,
      get pid() {
        return pid;
      },
      kill: () => leave.abort(),
    };
  };

  return {
    name: 'electron',
    start,
    joined(id, port) {
      const take = coming.get(id);
      coming.delete(id);
      if (take) take(mainPortWire(port));
      else port.close();
    },
    // Only the signer opens something, and it asks main by itself.
    open: () => Promise.resolve(false),
    notify(notice) {
      main['host.notify'](notice).catch(() => {});
      return true;
    },
  };
}
