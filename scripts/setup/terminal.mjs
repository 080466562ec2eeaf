/** Where the checkout is, and the two ways set-up speaks: one line on stderr, and running npm quietly. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** One line for the person. stdout belongs to the program that runs next (it prints JSON lines). @param {string} line */
export function say(line) {
  process.stderr.write(`daimon: ${line}\n`);
}

/**
 * Runs a program; its stdout goes to our stderr.
 * @param {string} command @param {string[]} args
 * @param {{ cwd: string, quiet?: boolean, env?: Record<string, string | undefined> }} options `quiet` keeps the output for the error
 * @returns {Promise<void>} rejects with the last lines of output when it fails
 */
export function run(command, args, { cwd, quiet = false, env = {} }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', quiet ? 'pipe' : 2, quiet ? 'pipe' : 2],
    });
    let tail = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (/** @type {Buffer} */ bytes) => (tail = (tail + bytes.toString()).slice(-4000)));
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve();
      const last = tail.trim().split('\n').slice(-40).join('\n');
      reject(new Error(`${command} ${args[0] ?? ''} ended with ${signal ?? code}${last ? `:\n${last}` : ''}`));
    });
  });
}

/**
 * Runs npm with the same npm and Node that started us (`npm_execpath`), so that set-up never depends on node_modules.
 * @param {string[]} args @param {{ cwd: string, quiet?: boolean }} options
 */
export function npm(args, options) {
  const cli = process.env['npm_execpath'];
  const node = process.env['npm_node_execpath'];
  // Settings of the npm that runs us must not leak into this one (`npm run -s`, `--prefix`, a lifecycle's own flags).
  const env = { npm_config_loglevel: 'error', npm_config_prefix: undefined, npm_config_local_prefix: undefined };
  if (cli?.endsWith('.js') && node) return run(node, [cli, ...args], { ...options, env });
  if (process.platform === 'win32') return run('cmd.exe', ['/d', '/s', '/c', 'npm', ...args], { ...options, env });
  return run('npm', args, { ...options, env });
}
