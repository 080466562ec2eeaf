/** What a step of `npm test` is, and how it runs a tool: quietly when all is well, in full when not. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** How many checks passed and failed. A step where both are 0 ran nothing, and counts as a failure. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Printed below the heading: what is wrong, or what was counted. */
  readonly note?: string;
}
export interface Step {
  readonly name: string;
  run(): Promise<Outcome>;
}

export const pass = (note?: string): Outcome => ({ passed: 1, failed: 0, ...(note ? { note } : {}) });
export const fail = (note: string): Outcome => ({ passed: 0, failed: 1, note });

/** Adds outcomes; each part keeps its note. */
export function sum(parts: readonly Outcome[]): Outcome {
  const note = parts.flatMap((part) => part.note ?? []).join('\n');
  const total = (of: 'passed' | 'failed') => parts.reduce((count, part) => count + part[of], 0);
  return { passed: total('passed'), failed: total('failed'), ...(note ? { note } : {}) };
}

/**
 * Runs a program and keeps what it says (stdout and stderr, the last 200 kB).
 * @param live also shows it while it runs
 * @returns the exit code (-1 when it could not start or was ended by a signal) and the text
 */
export function execute(
  command: string,
  args: readonly string[],
  { cwd = root, env = {}, live = false }: { cwd?: string; env?: Record<string, string>; live?: boolean } = {},
): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes: Buffer) => {
        text = (text + bytes.toString()).slice(-200_000);
        if (live) process.stdout.write(bytes);
      });
    }
    child.on('error', (error) => resolve({ code: -1, text: `${text}${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? -1, text }));
  });
}

/** Runs a tool's JavaScript under this Node, without relying on PATH or on a shell. */
export function tool(script: string, args: readonly string[], options?: Parameters<typeof execute>[2]) {
  return execute(process.execPath, [`${root}node_modules/${script}`, ...args], options);
}
