/** The confirm window's server: loopback only, its own origin, JSON over POST; the one place where Approve can be pressed. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';
import { Fault } from '../wire/index.ts';
import { confirmPosts, type ConfirmAnswers, type ConfirmPath } from './door.ts';
import { HEADERS, mayAsk } from './headers.ts';
import type { PageFile } from './page-files.ts';

/** A phrase and a password in JSON; nothing longer is ever sent here. */
const MAX_BODY = 16 << 10;

type Posts = {
  [P in ConfirmPath]: (
    input: v.InferOutput<(typeof confirmPosts)[P]>,
    signal: AbortSignal,
  ) => Promise<ConfirmAnswers[P]>;
};

export interface ConfirmServer {
  /** http://127.0.0.1:port */
  readonly origin: string;
  close(): Promise<void>;
}

export async function serveConfirm({
  posts,
  page,
  unexpected,
}: {
  readonly posts: Posts;
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
    if (!Object.hasOwn(confirmPosts, path)) return send(response, 404, 'text/plain', 'Not here.');
    const left = new AbortController();
    response.once('close', () => left.abort());
    try {
      const value = await post(
        path as ConfirmPath,
        await body(request),
        AbortSignal.any([left.signal, stopped.signal]),
      );
      return send(response, 200, 'application/json', JSON.stringify(value));
    } catch (error) {
      if (!(error instanceof Fault)) unexpected(error);
      const { code, message, details } =
        error instanceof Fault ? error : new Fault('internal', 'Something unexpected went wrong; nothing was signed.');
      return send(
        response,
        code === 'tab-unknown' ? 401 : 400,
        'application/json',
        JSON.stringify({ code, message, details }),
      );
    }
  };
  const post = <P extends ConfirmPath>(path: P, raw: unknown, signal: AbortSignal) => {
    const parsed = v.safeParse(confirmPosts[path], raw);
    if (!parsed.success)
      throw new Fault('bad-input', `${path}: ${v.getDotPath(parsed.issues[0]) ?? 'input'} is not right.`);
    return (posts[path] as (input: unknown, signal: AbortSignal) => Promise<ConfirmAnswers[P]>)(parsed.output, signal);
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

async function body(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY) throw new Fault('bad-input', 'That is too long.');
    parts.push(part);
  }
  const whole = Buffer.concat(parts);
  try {
    return JSON.parse(whole.toString('utf8')) as unknown;
  } catch {
    throw new Fault('bad-input', 'That is not JSON.');
  } finally {
    for (const part of [whole, ...parts]) part.fill(0);
  }
}

/** A 256-bit secret in 43 characters. */
export const newSecret = () => randomBytes(32).toString('base64url');
