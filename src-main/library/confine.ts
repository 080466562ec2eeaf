/**
 * Closes the reader process to itself: files, network, other processes. Imported before anything else, in every shell.
 *
 * Where Node's permission model and a network namespace stand in front (shell/confine.ts), this is the second wall; where
 * a shell cannot have them, the only one. It stops what JavaScript can reach by name. It does not stop native code.
 */
import { readFileSync } from 'node:fs';
import module from 'node:module';
import os from 'node:os';
import { pathToFileURL } from 'node:url';
import { packaged, sibling } from '../base/asset.ts';

/** What parsers need of Node: computing on bytes and text. Everything that is not named here is refused. */
const OPEN = new Set([
  ...['assert', 'buffer', 'events', 'path', 'path/posix', 'path/win32', 'querystring', 'string_decoder', 'url'],
  ...['stream', 'stream/promises', 'stream/web', 'timers', 'timers/promises', 'util', 'util/types', 'zlib'],
]);
/** Asked for by libraries when they are loaded, though what we call of them never uses it. */
const CLOSED = sibling('./closed', import.meta.url).href;
const CLOSED_CRYPTO = sibling('./closed-crypto', import.meta.url).href;
const CLOSED_MODULE = sibling('./closed-module', import.meta.url).href;
const REPLACED = new Map([
  ['fs', CLOSED],
  ['os', CLOSED],
  ['crypto', CLOSED_CRYPTO],
  ['module', CLOSED_MODULE],
]);

/** Code folder and packages; no other file is a module here, or a JSON module could be any file of the person's. */
const OURS = [new URL('../', import.meta.url).href, `${pathToFileURL(packaged('node_modules')).href}/`];

/**
 * The weights of text recognition, gzipped: the one file that is read here and is no code. Its path is ours, and the way
 * to read any other stays in this file.
 */
export const letters = (): Uint8Array => readFileSync(LETTERS);
const LETTERS = packaged('node_modules/@tesseract.js-data/eng/4.0.0_best_int/eng.traineddata.gz');

const refuse = (what: string) => new Error(`${what} is closed in the reader`);
const bare = (name: string) => name.replace(/^node:/, '');

function openUrl(url: string): boolean {
  if (module.isBuiltin(url)) return OPEN.has(bare(url)) || bare(url) === 'module';
  return OURS.some((folder) => url.startsWith(folder));
}

function closeModules(): void {
  module.registerHooks({
    resolve(name, context, next) {
      if (module.isBuiltin(name)) {
        if (context.parentURL === CLOSED_MODULE) return next(name, context);
        const instead = REPLACED.get(bare(name));
        if (instead !== undefined) return { url: instead, shortCircuit: true };
        if (!OPEN.has(bare(name))) throw refuse(name);
      }
      const found = next(name, context);
      if (!openUrl(found.url)) throw refuse(name);
      return found;
    },
    load(url, context, next) {
      if (!openUrl(url)) throw refuse(url);
      return next(url, context);
    },
  });
  // The newest hook is asked first: a further one could answer before ours.
  for (const name of ['registerHooks', 'register', 'runMain', 'enableCompileCache']) close(module, name);
}

function close(holder: object, name: string): void {
  const value = () => {
    throw refuse(name);
  };
  Object.defineProperty(holder, name, { value, writable: false, configurable: false, enumerable: false });
}
function remove(holder: object, name: string): void {
  Object.defineProperty(holder, name, { value: undefined, writable: false, configurable: false, enumerable: false });
}

function closeGlobals(): void {
  for (const name of ['fetch', 'WebSocket', 'EventSource', 'localStorage', 'sessionStorage']) remove(globalThis, name);
  // A socket is within reach without an import (process.stdout may be one); so it is closed and not only hidden.
  const net = process.getBuiltinModule('node:net');
  for (const name of ['connect', 'listen']) close(net.Socket.prototype, name);
  for (const name of ['listen', '_listen2']) close(net.Server.prototype, name);
}

function closeProcess(): void {
  const { getBuiltinModule } = process;
  for (const name of PROCESS) if (name in process) close(process, name);
  Object.defineProperty(process, 'getBuiltinModule', {
    value: (name: string) => (OPEN.has(bare(name)) ? getBuiltinModule(name) : undefined),
    writable: false,
    configurable: false,
  });
  remove(process, 'report');
  remove(process, 'mainModule');
  // Home, data folder and language tell a stranger's file whom it reached.
  for (const name of Object.keys(process.env)) delete process.env[name];
}
const PROCESS = [
  ...['binding', '_linkedBinding', 'dlopen', 'execve', 'loadEnvFile', 'abort'],
  // Signals, and the one that opens an inspector in another Node.
  ...['kill', '_kill', '_debugProcess', '_debugEnd', '_startProfilerIdleNotifier'],
  ...['setuid', 'seteuid', 'setgid', 'setegid', 'setgroups', 'initgroups'],
];

const interfaces = () => {
  try {
    return Object.values(os.networkInterfaces()).flat();
  } catch {
    // No answer is no promise.
    return undefined;
  }
};

/** What stood in front when this process began. `network`: it has no interface to the outside. */
export const walls = {
  permissions: process.permission?.has('fs.write') === false && !process.permission.has('child'),
  // A later Node has a permission for the network as well; this one does not know the word.
  network:
    (process.allowedNodeEnvironmentFlags.has('--allow-net') && process.permission?.has('net') === false) ||
    (interfaces()?.every((one) => one?.internal) ?? false),
};

closeModules();
closeGlobals();
closeProcess();
