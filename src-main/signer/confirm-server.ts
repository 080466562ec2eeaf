/** The confirm window's server: loopback only, its own origin, JSON over POST; the one place where Approve can be pressed. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Fault } from '../wire/index.ts';
import { MAX_BODY, type Answering } from './confirm-answer.ts';
import { HEADERS, mayAsk } from './headers.ts';
import type { PageFile } from './page-files.ts';

const { code, message } = new Fault('bad-input', 'That is too long.');
const TOO_LONG = { code, message };

export interface ConfirmServer {
  /** http://127.0.0.1:port */
  readonly origin: string;
  close(): Promise<void>;
}

export async function serveConfirm({
  answer: answerPost,
  page,
  unexpected,
}: {
  readonly answer: Answering;
  readonly page: (path: string) => Promise<PageFile | undefined>;
  readonly unexpected: (error: unknown) => void;
}): Promise<ConfirmServer> {
  const stopped = new AbortController();
  let host = '';

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (!mayAsk(request, host)) return send(response, 403, 'text/plain', 'Not here.');
    const path = request.url ?? '';
    if (request.method === 'GET') {
      const file = await page(path);
      return file ? send(response, 200, file.type, file.bytes) : send(response, 404, 'text/plain', 'Not here.');
    }
    const left = new AbortController();
    response.once('close', () => left.abort());
    const text = await body(request);
    if (text === undefined) return send(response, 400, 'application/json', JSON.stringify(TOO_LONG));
    const reply = await answerPost(path, text, AbortSignal.any([left.signal, stopped.signal]));
    if (!reply) return send(response, 404, 'text/plain', 'Not here.');
    if (reply.ok) return send(response, 200, 'application/json', JSON.stringify(reply.value));
    const status = reply.fault.code === 'tab-unknown' ? 401 : 400;
    return send(response, status, 'application/json', JSON.stringify(reply.fault));
  };

  const server = createServer(
    { maxHeaderSize: 8 << 10, requestTimeout: 30_000, headersTimeout: 10_000 },
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        unexpected(error);
        response.destroy();
      });
    },
  );
  server.maxConnections = 32;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `http://${host}`,
    async close() {
      stopped.abort();
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => {});
    },
  };
}

function send(response: ServerResponse, status: number, type: string, content: string | Buffer) {
  if (response.destroyed) return;
  response.writeHead(status, { ...HEADERS, 'content-type': type });
  response.end(content);
}

/** Undefined when it is longer than anything that is ever sent here. */
async function body(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY) return undefined;
    parts.push(part);
  }
  const whole = Buffer.concat(parts);
  try {
    return whole.toString('utf8');
  } finally {
    for (const part of [whole, ...parts]) part.fill(0);
  }
}
