/** Main's side of `host.start`: only it may fork. It joins child and core with a channel, and keeps no end of it. */
import { fileURLToPath } from 'node:url';
import type { Handlers } from '../../wire/index.ts';
import { childEnvironment } from '../browser/environment.ts';
import { FLAGS, type Entries } from './entries.ts';
import type { hostDoor } from './host-door.ts';
import type { Electron, UtilityProcess } from './parts.ts';
import { serveProbes } from './probes.ts';

export interface ForkOptions {
  readonly electron: Pick<Electron, 'utilityProcess'>;
  readonly entries: Entries;
  readonly env: NodeJS.ProcessEnv;
  readonly dataFolder: string;
}

/** Forks a process of ours with next to no environment. What it prints is dropped: native libraries print paths. */
export function forkOurs(
  { electron, entries, env, dataFolder }: ForkOptions,
  name: keyof Entries,
  given: Readonly<Record<string, string>> = {},
): UtilityProcess {
  const child = electron.utilityProcess.fork(fileURLToPath(entries[name]), [], {
    serviceName: `daimon ${name}`,
    ...(FLAGS[name] && { execArgv: FLAGS[name] }),
    stdio: env['DAIMON_VERBOSE'] === '1' ? 'inherit' : 'ignore',
    env: childEnvironment(env, { ...given, DAIMON_DATA: dataFolder }),
  });
  // An emitter's unheard 'error' would end main; 'exit' follows and tells the rest.
  child.on('error', () => {});
  return child;
}

export interface ChildrenNeeds extends ForkOptions {
  readonly electron: Pick<Electron, 'utilityProcess' | 'MessageChannelMain'>;
  /** The core's process, which gets the other end of each channel. */
  readonly core: UtilityProcess;
  /** The signer wants its confirm window; and it is gone, with all that it held. */
  readonly onConfirm: (signer: UtilityProcess) => void;
  readonly onSignerGone: () => void;
}

export function startChildren(needs: ChildrenNeeds): Pick<Handlers<typeof hostDoor>, 'host.start'> {
  const { electron, core, onConfirm, onSignerGone } = needs;
  return {
    async *'host.start'({ id, name, env }, signal) {
      const child = forkOurs(needs, name, env);
      const exited = new Promise<number>((resolve) => child.once('exit', resolve));
      const spawned = new Promise<void>((resolve) => child.once('spawn', resolve));
      const kill = () => void (child.pid !== undefined && process.kill(child.pid, 'SIGKILL'));
      if (signal.aborted) kill();
      signal.addEventListener('abort', kill, { once: true });
      if (name === 'engine') serveProbes(child, () => forkOurs(needs, 'probe'));
      if (name === 'signer') {
        child.on('message', (message: unknown) => {
          if (isConfirm(message)) onConfirm(child);
        });
        child.once('exit', onSignerGone);
      }
      const { port1, port2 } = new electron.MessageChannelMain();
      child.postMessage({ t: 'wire' }, [port1]);
      core.postMessage({ t: 'child', id }, [port2]);
      await Promise.race([spawned, exited]);
      if (child.pid !== undefined) yield { kind: 'started', pid: child.pid };
      yield { kind: 'exited', code: await exited };
    },
  };
}

const isConfirm = (message: unknown) =>
  typeof message === 'object' && message !== null && 't' in message && message.t === 'open-confirm';
