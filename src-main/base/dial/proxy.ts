/** A CONNECT proxy on loopback for one program that dials by itself (pip): each tunnel is recorded and can be cut. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { BlockList, isIP, type AddressInfo, type Socket } from 'node:net';
import { equal, toBase64url } from '../bytes.ts';
import type { Guard, Line } from './guard.ts';
import { bare, isLoopback } from './route.ts';

export interface ProxyOptions {
  readonly guard: Guard;
  readonly reason: string;
  /** Lets tests tunnel to servers of their own on this machine, on any port. */
  readonly allowLoopback?: boolean;
}

/** Addresses of the own machine, the home network and the like: a package index is never there (RFC 6890). */
const PRIVATE = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(net, bits, 'ipv4');
}
for (const [net, bits] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  PRIVATE.addSubnet(net, bits, 'ipv6');
}

/** Why a tunnel to `authority` may not be had, or where it leads. */
export function readAuthority(authority: string, allowLoopback: boolean): { host: string; port: number } | undefined {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]/@\s]+):(\d{1,5})$/.exec(authority);
  if (!match) return undefined;
  const host = bare(match[1]!).toLowerCase();
  const port = Number(match[2]);
  if (isLoopback(host) || host.endsWith('.localhost'))
    return allowLoopback && port > 0 && port < 65_536 ? { host, port } : undefined;
  // Other spellings of an address (0x7f.1, 2130706433) that the system's resolver would take for one.
  if (isIP(host) === 0 && /^(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*\.?$/.test(host)) return undefined;
  // The list also knows IPv4 addresses that are written as IPv6 (::ffff:10.0.0.1).
  if (isIP(host) !== 0 && PRIVATE.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6')) return undefined;
  return port === 443 ? { host, port } : undefined;
}

/** Listens on 127.0.0.1 and a random port; the URL carries a random password, so only who was given it gets out. */
export async function openProxy({ guard, reason, allowLoopback = false }: ProxyOptions): Promise<{
  readonly url: string;
  close(): Promise<void>;
}> {
  const password = toBase64url(randomBytes(24));
  const expected = Buffer.from(`Basic ${Buffer.from(`daimon:${password}`).toString('base64')}`);
  const closing = new AbortController();
  const knows = ({ headers }: IncomingMessage) => equal(Buffer.from(headers['proxy-authorization'] ?? ''), expected);

  const server = createServer((request, response) => {
    response.writeHead(knows(request) ? 405 : 407, { connection: 'close', ...(!knows(request) && CHALLENGE) }).end();
  });
  const clients = new Set<Socket>();
  const lines = new Set<Line>();
  server.on('connection', (client: Socket) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
  });
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    client.on('error', () => client.destroy());
    const refuse = (status: string) =>
      client.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    if (!knows(request))
      return refuse(`407 Proxy Authentication Required\r\nProxy-Authenticate: ${CHALLENGE['proxy-authenticate']}`);
    const target = readAuthority(request.url ?? '', allowLoopback);
    if (!target) return refuse('403 Forbidden');
    void join(target, client, head).catch(() => refuse('502 Bad Gateway'));
  });

  const join = async (target: { host: string; port: number }, client: Socket, head: Buffer) => {
    const shown = target.port === 443 ? target.host : `${target.host}:${target.port}`;
    // A program that gives up while we still connect must not leave a connection behind; one that leaves later is done.
    const gone = new AbortController();
    const giveUp = () => gone.abort(new Error('The program left.'));
    client.once('close', giveUp);
    const line = await guard.open(target, shown, reason, AbortSignal.any([closing.signal, gone.signal]));
    lines.add(line);
    client.off('close', giveUp).once('close', () => line.end('done'));
    line.signal.addEventListener('abort', () => client.destroy(), { once: true });
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) line.socket.write(head);
    client.pipe(line.socket);
    line.socket.pipe(client);
    line.socket.once('close', () => {
      lines.delete(line);
      line.end('done');
      client.destroy();
    });
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://daimon:${password}@127.0.0.1:${port}`,
    async close() {
      // The program has ended; that we hear of its end before its sockets do makes no failure of what it fetched.
      for (const line of lines) line.end('done');
      closing.abort(new Error('The proxy was closed.'));
      for (const client of clients) client.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const CHALLENGE = { 'proxy-authenticate': 'Basic realm="daimon"' } as const;
