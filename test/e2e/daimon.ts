/** Drives daimon as a script would: `daimon <verb> <json>` in a process of its own, over a data folder of the test's. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shellDoor } from '../../src-main/shell/door.ts';
import { reachCore } from '../../src-main/shell/listen.ts';
import { connect } from '../../src-main/wire/index.ts';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const MODEL = 'smollm2-135m-instruct-q4_1';
export const MODEL_SHA256 = 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53';
/** The real model, where set-up has put it. */
export const modelFile = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'daimon',
  'models',
  `${MODEL_SHA256}.gguf`,
);
/** Of this run alone: where it is found on disk, this run has left it there. */
export const PASSWORD = `correct horse ${randomBytes(8).toString('hex')}`;

export interface Answer {
  readonly code: number | null;
  readonly lines: Record<string, unknown>[];
  readonly fault: { code: string; message: string } | undefined;
  readonly stderr: string;
}
export interface Daimon {
  readonly folder: string;
  /** Calls a verb and waits for its end. `onLine` sees each item as it comes. */
  call(
    verb: string,
    input?: unknown,
    options?: { env?: Record<string, string>; args?: string[]; onLine?: (line: Record<string, unknown>) => void },
  ): Promise<Answer>;
  /** Ends the core politely, if one is running. */
  quit(): Promise<void>;
  remove(): Promise<void>;
}

/** Where the program lies: the sources, or a compiled tree. */
export interface Tree {
  readonly root: string;
  /** The folder of shells, and the ending of its files. */
  readonly shell: string;
  readonly ending: '.ts' | '.js';
}
export const sources: Tree = { root, shell: join(root, 'src-main/shell'), ending: '.ts' };
export const compiled = (at: string): Tree => ({ root: at, shell: join(at, 'dist/src-main/shell'), ending: '.js' });

/** @param folder an existing data folder; a fresh temporary one when left out */
export function daimon(folder = mkdtempSync(join(tmpdir(), 'daimon-e2e-')), tree: Tree = sources): Daimon {
  const quit = async () => {
    const wire = await reachCore(folder);
    if (!wire) return;
    await connect(shellDoor, wire)
      ['shell.quit']({})
      .catch(() => {});
    wire.close();
    for (let i = 0; i < 400 && existsSync(join(folder, 'core.sock')); i++)
      await new Promise((resolve) => setTimeout(resolve, 25));
  };
  return {
    folder,
    quit,
    call: (verb, input = {}, { env = {}, args = [], onLine } = {}) =>
      new Promise((resolve) => {
        const child = spawn(
          process.execPath,
          [join(tree.shell, `terminal/daimon${tree.ending}`), verb, JSON.stringify(input), ...args],
          {
            cwd: tree.root,
            env: { ...process.env, DAIMON_DATA: folder, DAIMON_PASSWORD: PASSWORD, ...env },
            stdio: ['ignore', 'pipe', 'pipe'],
          },
        );
        const lines: Record<string, unknown>[] = [];
        let rest = '';
        let stderr = '';
        child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
          const parts = (rest + chunk).split('\n');
          rest = parts.pop()!;
          for (const part of parts) {
            const line = JSON.parse(part) as Record<string, unknown>;
            lines.push(line);
            onLine?.(line);
          }
        });
        child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
        child.once('close', (code) => {
          const last = stderr.trim().split('\n').at(-1) ?? '';
          resolve({
            code,
            lines,
            stderr,
            fault: last.startsWith('{') ? (JSON.parse(last) as Answer['fault']) : undefined,
          });
        });
      }),
    async remove() {
      await quit();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The folder, and whatever in RAM and temporary folders was touched since `began`: where words might have been left. */
export function placesSince(began: number, folder: string): string[] {
  const touched = (path: string) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > began;
  const shared = ['/dev/shm', tmpdir()].filter((place) => existsSync(place));
  const others = shared.flatMap((place) => readdirSync(place).map((name) => join(place, name)));
  return [folder, ...others.filter((path) => touched(path) && !path.includes('vitest'))];
}

/** Files under the folders that hold one of the byte strings, as plain or UTF-16 text. */
export function filesWith(folders: readonly string[], canaries: readonly string[]): string[] {
  const needles = canaries.flatMap((canary) => [Buffer.from(canary, 'utf8'), Buffer.from(canary, 'utf16le')]);
  const found: string[] = [];
  const look = (path: string) => {
    try {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat?.isDirectory()) for (const name of readdirSync(path)) look(join(path, name));
      else if (stat?.isFile() && stat.size < 64 << 20) {
        const bytes = readFileSync(path);
        if (needles.some((needle) => bytes.includes(needle))) found.push(path);
      }
    } catch (error) {
      // Other programs' files may vanish while one looks.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  };
  for (const folder of folders) look(folder);
  return found;
}
