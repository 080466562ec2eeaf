/** The browser shell's server: the window over 127.0.0.1, and one socket behind a single-use key. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock, Log } from '../../base/ports.ts';
import { socketWire, type SocketLike } from '../../wire/carriers/socket.ts';
import { MAX_FRAME, type Wire } from '../../wire/index.ts';
import { greet } from './greet.ts';
import { securityHeaders } from './headers.ts';
import { makeKeys } from './keys.ts';
import { readPages } from './pages.ts';

/** Sockets at once, greeted or not. */
const MOST_SOCKETS = 32;
const MOST_CONNECTIONS = 128;

export interface LoopbackOptions<S> {
  /** The folder of the built window. */
  readonly root: string;
  readonly clock: Clock;
  readonly log?: Log;
  /** What is remembered about one tab over its reconnects. */
  readonly newSession: () => S;
  /** A window has proven itself; listen in the same tick. */
  readonly onWire: (wire: Wire, session: S) => void;
}
export interface Loopback {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** An address that works once, within five minutes. The key stands in the fragment, which no browser sends. */
  freshAddress(): string;
  /** Ends every window's connection. */
  close(): Promise<void>;
}

/**
 * Serves the built window on a random port of 127.0.0.1.
 *
 * Every web page that the person has open can reach this port, and a host name of an attacker can point to it. So the
 * host must be ours to the letter (DNS rebinding), the socket's origin too (cross-site WebSockets are not stopped by
 * browsers), and nothing that a request alone can do has an effect: there are no cookies (they would go to every port
 * of this host), no CORS headers, no verbs but GET.
 *
 * @throws Fault `no-window` when there is no built window
 */
export async function openLoopback<S>({ root, clock, log, newSession, onWire }: LoopbackOptions<S>): Promise<Loopback> {
  const pages = await readPages(root);
  const keys = makeKeys({ clock, newSession });
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000 });
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const origin = `http://${host}`;
  const headers = securityHeaders(host);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME, clientTracking: true });

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const refuse = (status: number, more = {}) => {
      // Without the body, which nobody reads, the connection would stay open for it.
      response.writeHead(status, { ...headers, ...more, connection: 'close' }).end();
    };
    if (isForeign(request, host)) return refuse(421);
    if (request.headers.origin !== undefined && request.headers.origin !== origin) return refuse(403);
    if (request.method !== 'GET') return refuse(405, { allow: 'GET' });
    const page = pages.get(request.url ?? '');
    if (!page) return refuse(404);
    response.writeHead(200, { ...headers, 'content-type': page.type, 'content-length': page.body.length });
    response.end(page.body);
  };

  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const status = entry(request, { host, origin }) ?? (sockets.clients.size >= MOST_SOCKETS ? 503 : undefined);
    const refused = status ?? (keys.refusing() ? 429 : undefined);
    if (refused !== undefined) {
      log?.info('loopback.refused', { status: refused });
      stream.end(`HTTP/1.1 ${refused} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      // 'close' follows an error; a frame that breaks RFC 6455 must not end the process.
      socket.on('error', () => {});
      greet({
        socket,
        stream,
        admit(hello) {
          const admission = keys.admit(hello);
          if (!admission) log?.info('loopback.refused', { status: 1008 });
          return admission;
        },
        onAdmitted: ({ session }) => onWire(socketWire(socket as unknown as SocketLike), session),
      });
    });
  };
  server.on('request', answer);
  server.on('upgrade', upgrade);

  return {
    origin,
    freshAddress: () => `${origin}/#key=${keys.freshKey()}`,
    async close() {
      for (const socket of sockets.clients) socket.close(1001);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      const late = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, 500);
      await closed;
      clearTimeout(late);
    },
  };
}

/** Exactly one Host header, exactly ours. */
const isForeign = (request: IncomingMessage, host: string) => {
  const given = request.headersDistinct['host'];
  return given?.length !== 1 || given[0] !== host;
};

/** Why this request may not become a socket, as an HTTP status; undefined when it may. */
function entry(request: IncomingMessage, { host, origin }: { host: string; origin: string }): number | undefined {
  if (isForeign(request, host)) return 421;
  const origins = request.headersDistinct['origin'];
  if (origins?.length !== 1 || origins[0] !== origin) return 403;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return 403;
  if (request.method !== 'GET' || request.url !== '/core') return 404;
  return undefined;
}
