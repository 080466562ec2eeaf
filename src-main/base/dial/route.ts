/** Opens sockets: straight to a host, or through the system's proxy (HTTPS_PROXY, NO_PROXY) by CONNECT. */
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Target {
  readonly host: string;
  readonly port: number;
}
export interface Route {
  /**
   * Connects; `onSocket` sees the socket before its first byte, so that nothing goes uncounted.
   * @throws what the system or the proxy says (`code` like ECONNREFUSED), or the signal's reason
   */
  open(target: Target, signal: AbortSignal, onSocket: (raw: Socket) => void): Promise<Socket>;
}

const CONNECT_MS = 30_000;
const HEAD_LIMIT = 16_384;

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** @param env where HTTPS_PROXY, https_proxy, NO_PROXY and no_proxy are looked up */
export function systemRoute(env: Readonly<Record<string, string | undefined>>): Route {
  const proxy = proxyOf(env);
  return {
    async open(target, signal, onSocket) {
      const through = proxy && !isLoopback(target.host) && !isExempt(target, env) ? proxy : undefined;
      if (!through) return dialSocket(target, signal, onSocket);
      const secure = through.protocol === 'https:';
      const at = { host: bare(through.hostname), port: Number(through.port) || (secure ? 443 : 80) };
      const raw = await dialSocket(at, signal, onSocket);
      const toProxy = secure ? connectTls({ socket: raw, servername: isIP(at.host) ? '' : at.host }) : raw;
      await tunnel(toProxy, target, through, signal);
      return toProxy;
    },
  };
}

/** A URL's host name without the brackets of IPv6. */
export const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

function proxyOf(env: Readonly<Record<string, string | undefined>>): URL | undefined {
  const text = env['https_proxy'] || env['HTTPS_PROXY'];
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && ['http:', 'https:'].includes(url.protocol) ? url : undefined;
}

/** NO_PROXY: names, suffixes with or without a leading dot, optionally `:port`; `*` is everything. */
export function isExempt({ host, port }: Target, env: Readonly<Record<string, string | undefined>>): boolean {
  const list = (env['no_proxy'] || env['NO_PROXY'] || '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  return list.some((entry) => {
    if (entry === '*') return true;
    const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(isIP(entry) === 6 ? `${entry}` : entry) ?? [];
    const wanted = isIP(entry) === 6 ? entry : name.replace(/^\*?\./, '');
    if (only !== undefined && isIP(entry) !== 6 && Number(only) !== port) return false;
    return host === wanted || host.endsWith(`.${wanted}`);
  });
}

function dialSocket({ host, port }: Target, signal: AbortSignal, onSocket: (raw: Socket) => void): Promise<Socket> {
  signal.throwIfAborted();
  const socket = connect({ host, port });
  onSocket(socket);
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      cleanUp();
      socket.on('error', () => {}).destroy();
      reject(error as Error);
    };
    const abort = () => fail(signal.reason);
    const timer = setTimeout(() => fail(withCode('No answer in time.', 'ETIMEDOUT')), CONNECT_MS);
    const cleanUp = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.off('error', fail);
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', fail);
    socket.once('connect', () => {
      cleanUp();
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

/** Asks a proxy for a tunnel to `target`; afterwards every byte on `socket` is between us and the target. */
function tunnel(socket: Socket, target: Target, proxy: URL, signal: AbortSignal): Promise<void> {
  const authority = `${isIP(target.host) === 6 ? `[${target.host}]` : target.host}:${target.port}`;
  const login = proxy.username
    ? `Proxy-Authorization: Basic ${Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString('base64')}\r\n`
    : '';
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const fail = (error: unknown) => {
      cleanUp();
      socket.on('error', () => {}).destroy();
      reject(error as Error);
    };
    const abort = () => fail(signal.reason);
    const closed = () => fail(withCode('The proxy closed the connection.', 'EPROXY'));
    const timer = setTimeout(() => fail(withCode('The proxy did not answer in time.', 'ETIMEDOUT')), CONNECT_MS);
    const cleanUp = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.off('readable', read).off('error', fail).off('end', closed);
    };
    // Paused reading, so that whatever follows the head stays in the socket for who uses the tunnel.
    const read = () => {
      for (let chunk = socket.read() as Buffer | null; chunk; chunk = socket.read() as Buffer | null) {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0 && head.length > HEAD_LIMIT) return fail(withCode('The proxy answered too much.', 'EPROXY'));
        if (end < 0) continue;
        const status = /^HTTP\/1\.[01] (\d{3})/.exec(head.toString('latin1'))?.[1];
        if (status?.[0] !== '2') return fail(withCode('The proxy refused.', status ? `PROXY_${status}` : 'EPROXY'));
        cleanUp();
        const rest = head.subarray(end + 4);
        if (rest.length > 0) socket.unshift(rest);
        return resolve();
      }
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.on('readable', read).once('error', fail).once('end', closed);
    socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${login}\r\n`);
  });
}

const withCode = (message: string, code: string) => Object.assign(new Error(message), { code });
