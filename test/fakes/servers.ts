/** Servers of a test's own on this machine: https with the test certificate, http, and a CONNECT proxy. */
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url));
/** Trust this to reach `secureServer`. */
export const testCertificate = fixture('localhost.cert.pem');

export interface TestServer extends AsyncDisposable {
  readonly port: number;
  /** Connections accepted so far. */
  connections(): number;
  /** Bytes that all connections received and sent, as the server's own sockets count them. */
  bytes(): { readonly received: number; readonly sent: number };
}

export const secureServer = (listener: RequestListener): Promise<TestServer> =>
  listen(createHttps({ key: fixture('localhost.key.pem'), cert: testCertificate }, listener));
export const plainServer = (listener: RequestListener): Promise<TestServer> => listen(createHttp(listener));

/** A forward proxy as a company has one; `seen` lists the authorities and logins it was asked for. */
export async function forwardProxy(): Promise<TestServer & { readonly seen: { authority: string; login: string }[] }> {
  const seen: { authority: string; login: string }[] = [];
  const server = createHttp();
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    const [, port] = request.url!.split(':');
    seen.push({ authority: request.url!, login: request.headers['proxy-authorization'] ?? '' });
    const far = connect({ host: '127.0.0.1', port: Number(port) }, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      far.write(head);
      far.pipe(client).pipe(far);
    });
    far.on('error', () => client.destroy());
    client.on('error', () => far.destroy());
  });
  return { ...(await listen(server)), seen };
}

async function listen(server: Server): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let count = 0;
  const gone = { received: 0, sent: 0 };
  server.on('connection', (socket: Socket) => {
    count++;
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      gone.received += socket.bytesRead;
      gone.sent += socket.bytesWritten;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    bytes: () => {
      const total = { ...gone };
      for (const socket of sockets) {
        total.received += socket.bytesRead;
        total.sent += socket.bytesWritten;
      }
      return total;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
