/** One core per data folder: the local socket that says so, and the way to a core that is already there. */
import { createHash, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lineWire } from '../wire/carriers/line.ts';
import type { Wire } from '../wire/index.ts';

/** The kernel's limit for a socket's path is 108 bytes on Linux and 104 on macOS, with the final zero. */
const LONGEST_PATH = 100;

/** `<data>/core.sock`; a named pipe on Windows; a short path in a folder of the owner's own when the first is too long. */
export function socketPath(folder: string, platform = process.platform): string {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 32);
  if (platform === 'win32') return `\\\\.\\pipe\\daimon-${name}`;
  const path = join(folder, 'core.sock');
  if (Buffer.byteLength(path) <= LONGEST_PATH) return path;
  const own = join(tmpdir(), `daimon-${userInfo().uid}`);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  return join(own, `${name}.sock`);
}

const reach = (path: string) =>
  new Promise<Socket | undefined>((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', () => resolve(undefined));
  });

/** A wire to the core of this data folder, or undefined when none is running. */
export async function reachCore(folder: string): Promise<Wire | undefined> {
  const socket = await reach(socketPath(folder));
  return socket && lineWire(socket);
}

/**
 * Becomes the core of this data folder.
 *
 * The socket is bound under a name of its own and then linked to the agreed one: linking fails when that exists, so of
 * two programs that start at once only one succeeds. A socket that nobody answers is left over from a kill.
 * @returns undefined when another core is running
 */
export async function listenAsCore(
  folder: string,
  onWire: (wire: Wire) => void,
): Promise<{ close(): Promise<void> } | undefined> {
  const path = socketPath(folder);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    onWire(lineWire(socket));
  });
  const listening = process.platform === 'win32' ? await bind(server, path) : await bindAndLink(server, path);
  if (!listening) return undefined;
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      if (process.platform !== 'win32') rmSync(path, { force: true });
    },
  };
}

const bind = (server: Server, path: string) =>
  new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(path, () => resolve(true));
  });

async function bindAndLink(server: Server, path: string): Promise<boolean> {
  // No longer than the agreed name, which may already be as long as the kernel allows.
  const own = `${path.slice(0, -'core.sock'.length)}${randomBytes(4).toString('hex')}`;
  rmSync(own, { force: true });
  const mask = process.umask(0o177);
  try {
    await bind(server, own);
  } finally {
    process.umask(mask);
  }
  const { ino } = statSync(own);
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        linkSync(own, path);
        // Somebody who found the same leftover may have removed ours in its place.
        await sleep(20);
        if (statSync(path, { throwIfNoEntry: false })?.ino === ino) return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const other = await reach(path);
      if (other) {
        other.destroy();
        break;
      }
      rmSync(path, { force: true });
    }
    await new Promise<void>((resolve) => server.close(() => resolve()));
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}
