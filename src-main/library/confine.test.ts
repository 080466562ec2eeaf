/** A parser that was taken over reaches nothing; each wall holds by itself, and without walls all would be reached. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, type TemporaryFolder } from '../../test/fakes/folder.ts';
import { bareHost, shellHost, testLibrary } from '../../test/fakes/reader.ts';
import type { Host } from '../base/host.ts';
import { ATTEMPTS, type Targets } from './evil.fixture.ts';

const OPEN = new URL('./evil-open.fixture.ts', import.meta.url);
const CLOSED = new URL('./evil-closed.fixture.ts', import.meta.url);

let folder: TemporaryFolder;
let servers: Server[];
let targets: Targets;
let visits = 0;
beforeAll(async () => {
  folder = temporaryFolder();
  mkdirSync(folder.file('data'));
  writeFileSync(folder.file('data/vault.json'), '{}');
  servers = [0, folder.file('core.sock')].map((at) =>
    createServer((socket) => {
      visits++;
      socket.on('error', () => {}).end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    }).listen(typeof at === 'number' ? { port: at, host: '127.0.0.1' } : { path: at }),
  );
  for (const server of servers) if (!server.listening) await once(server, 'listening');
  // Any library that Node could load.
  const driver = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));
  targets = {
    port: (servers[0]!.address() as { port: number }).port,
    socket: folder.file('core.sock'),
    files: [readable(), folder.file('data/vault.json')],
    json: folder.file('data/vault.json'),
    addon: join(driver, 'prebuilds', `${process.platform}-${process.arch}.node`),
    pid: process.pid,
  };
});
afterAll(() => {
  for (const server of servers) server.close();
  folder[Symbol.dispose]();
});

const readable = () => {
  for (const file of ['/etc/hostname', '/etc/passwd', process.execPath])
    try {
      readFileSync(file);
      return file;
    } catch {
      // The next one.
    }
  throw new Error('no file to try');
};
async function reached(host: Pick<Host, 'start'>): Promise<Set<string>> {
  await using library = testLibrary({ host });
  const order = Buffer.from(`attempt\n${JSON.stringify(targets)}`);
  const offered = await library.handlers['library.offer']({ name: 'evil.txt', size: order.length }, never);
  await library.handlers['library.give']({ upload: offered.upload, bytes: new Uint8Array(order) }, never);
  const { text } = await library.read({ upload: offered.upload });
  return new Set(JSON.parse(text) as string[]);
}
const never = new AbortController().signal;
const all = (...groups: (keyof typeof ATTEMPTS)[]) =>
  groups.flatMap((group) => Object.keys(ATTEMPTS[group]).map((name) => `${group}: ${name}`));

describe('a parser that was taken over', () => {
  test('would reach everything in an open process', async () => {
    visits = 0;
    const got = await reached(bareHost(OPEN));
    expect(all('FILES', 'NETWORK', 'SOCKET_FILE', 'PROGRAMS', 'CODE').filter((one) => !got.has(one))).toEqual([]);
    expect(visits).toBeGreaterThanOrEqual(8);
  });

  test('reaches nothing as the shell starts it', async () => {
    visits = 0;
    expect([...(await reached(shellHost(CLOSED)))]).toEqual([]);
    expect(visits).toBe(0);
  });

  test('reaches nothing by the hook alone, but to make code from strings', async () => {
    visits = 0;
    expect([...(await reached(bareHost(CLOSED)))]).toEqual(all('CODE'));
    expect(visits).toBe(0);
  });

  test('reaches no file, no program and no code by the walls of the shell alone, and no network where Linux allows', async () => {
    visits = 0;
    const got = [...(await reached(shellHost(OPEN)))];
    const still = ['FILES: the environment', 'PROGRAMS: a signal', 'PROGRAMS: a hook before ours'];
    // A name from /etc/hosts, and a file of a socket, are within reach in any network namespace.
    const near = ['NETWORK: a name server', ...all('SOCKET_FILE')];
    expect(got.filter((one) => !still.includes(one) && !all('NETWORK', 'SOCKET_FILE').includes(one))).toEqual([]);
    if (mayStandApart()) expect(got.filter((one) => all('NETWORK').includes(one) && !near.includes(one))).toEqual([]);
  });

  test('is told of in the log: which walls stood', async () => {
    await using library = testLibrary({ host: shellHost(CLOSED) });
    const order = Buffer.from('pid');
    const { upload } = await library.handlers['library.offer']({ name: 'x', size: order.length }, never);
    await library.handlers['library.give']({ upload, bytes: new Uint8Array(order) }, never);
    await library.read({ upload });
    const { facts } = library.log.lines.find(({ event }) => event === 'reader.started')!;
    expect(facts).toMatchObject({ permissions: true });
    if (mayStandApart()) expect(facts).toMatchObject({ network: true });
  });
});

/** Whether this machine lets a user make a network of their own; many containers do not. */
const mayStandApart = () =>
  process.platform === 'linux' && spawnSync('unshare', ['--user', '--net', '--', 'true']).status === 0;
