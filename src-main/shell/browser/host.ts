/** The host under plain Node: forks children with next to no environment, and opens files with the system's browser. */
import { fork, spawn, type ForkOptions } from 'node:child_process';
import { extname, isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROCESS_FOLDERS, type Child, type Host, type ProcessName } from '../../base/host.ts';
import { childWire } from '../../wire/carriers/child.ts';
import { readerFlags, readerShell } from '../confine.ts';
import { childEnvironment } from './environment.ts';

export interface NodeHostOptions {
  readonly name: 'browser' | 'terminal';
  /** Told to each child as DAIMON_DATA. */
  readonly dataFolder: string;
  /** Where a process begins, when not at `src-main/<folder>/process`. */
  readonly entries?: Partial<Readonly<Record<ProcessName, URL>>>;
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
}
export interface NodeHost extends Host {
  /** The last 16 KB that a child of this name printed, for developers; kept in memory only. */
  lastWords(name: ProcessName): string;
}

const RING = 16_384;

/** Starts children with `fork`, so that they end when this process does, however it ends: their channel closes. */
export function nodeHost({
  name,
  dataFolder,
  entries = {},
  env = process.env,
  platform = process.platform,
}: NodeHostOptions): NodeHost {
  const words = new Map<ProcessName, string>();
  const hear = (child: ProcessName, text: string) => {
    words.set(child, ((words.get(child) ?? '') + text).slice(-RING));
    // Never on a person's machine: native libraries print paths and what they were given.
    if (env['DAIMON_VERBOSE'] === '1') process.stderr.write(text);
  };

  const start = (child: ProcessName, options: { readonly env?: Readonly<Record<string, string>> } = {}): Child => {
    const entry =
      entries[child] ?? new URL(`../../${PROCESS_FOLDERS[child]}/process${extname(import.meta.url)}`, import.meta.url);
    const forked = fork(fileURLToPath(entry), [], {
      ...command(child, platform),
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: childEnvironment(env, { ...options.env, DAIMON_DATA: dataFolder }),
    });
    for (const stream of [forked.stdout, forked.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => hear(child, text));
    const wire = childWire(forked);
    const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      forked.once('exit', (code, signal) => {
        resolve({ code, signal });
        wire.close();
      });
      // It could not be started at all.
      forked.on('error', () => {
        if (forked.pid !== undefined) return;
        resolve({ code: null, signal: null });
        wire.close();
      });
    });
    return { wire, pid: forked.pid ?? -1, exited, kill: () => void forked.kill('SIGKILL') };
  };

  return {
    name,
    start,
    notify: () => false,
    open: (target) => openFile(target, env, platform),
    lastWords: (child) => words.get(child) ?? '',
  };
}

/**
 * A core dump would hold keys in clear. Node cannot set its own limits, so a shell lowers the limit and becomes Node
 * (`exec`: same process, same channel); the limit cannot be raised again. Windows writes no dumps unless told to. The
 * reader, which opens strangers' files, is closed in besides.
 */
function command(child: ProcessName, platform: NodeJS.Platform): Pick<ForkOptions, 'execPath' | 'execArgv'> {
  const flags = child === 'reader' ? readerFlags() : [];
  if (platform === 'win32') return { execArgv: [...flags] };
  const become = child === 'reader' ? readerShell(platform) : 'exec "$0" "$@"';
  return { execPath: '/bin/sh', execArgv: ['-c', `ulimit -c 0; ${become}`, process.execPath, ...flags] };
}

/** A file of ours only, never an address: its key would stand in a command line. */
function openFile(target: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Promise<boolean> {
  const program = opener(env, platform);
  if (!program || !isAbsolute(target)) return Promise.resolve(false);
  const [command, ...args] = program;
  return new Promise((resolve) => {
    const child = spawn(command!, [...args, target], { stdio: 'ignore', detached: true, env });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
    // Some openers stay as long as their browser does.
    setTimeout(() => resolve(true), 1000).unref();
    child.unref();
  });
}

/** Which program opens a file here; undefined where nobody would see it. */
export function opener(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] | undefined {
  if (env['CI'] || env['DAIMON_OPEN'] === '0') return undefined;
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open'] : undefined;
}
