/** fetch over the guard: one recorded connection a hop, redirects by hand, a streaming body. */
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Fault } from '../../wire/index.ts';
import type { Dial, DialRequest } from '../ports.ts';
import { failedFault, shownHost, targetOf, type Guard, type Line } from './guard.ts';
import { bare, isLoopback } from './route.ts';

const HOPS = 5;
/** A server that sends nothing for this long is gone. */
const SILENCE_MS = 60_000;
const NO_BODY = new Set([204, 205, 304]);

export interface FetchOptions {
  readonly guard: Guard;
  /** Certificates to trust instead of the system's, in PEM; for tests with a server of their own. */
  readonly ca?: string | Buffer;
}

export function openFetch({ guard, ca }: FetchOptions): Dial['fetch'] {
  return async (address, request, signal) => {
    let url = allowed(address);
    let asked = request;
    for (let hop = 0; ; hop++) {
      const line = await guard.open(targetOf(url), shownHost(url), request.reason, signal);
      const answer = await exchange(line, url, asked, ca);
      // The head of a redirect says all that is needed, whether we follow it or not.
      if (isRedirect(answer)) line.end('done');
      const to = redirect(answer, url);
      if (!to) return toResponse(answer, line, url);
      if (hop === HOPS)
        throw new Fault(
          'dial-failed',
          `${shownHost(url)} sent us from address to address and was left. Nothing was fetched.`,
        );
      asked = follow(asked, answer.statusCode!, url, to);
      url = to;
    }
  };
}

/** @throws Fault `dial-failed` for anything but https, and http to this machine */
function allowed(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(bare(url.hostname)))) return url;
  throw new Fault('dial-failed', 'Nothing was sent: only https addresses are used (http only on this machine).');
}

const isRedirect = ({ statusCode = 0, headers }: IncomingMessage) =>
  [301, 302, 303, 307, 308].includes(statusCode) && !!headers.location;

function redirect(answer: IncomingMessage, from: URL): URL | undefined {
  if (!isRedirect(answer)) return undefined;
  const location = answer.headers.location!;
  if (!URL.canParse(location, from.href))
    throw new Fault('dial-failed', `${shownHost(from)} sent us to something that is no address. Nothing was fetched.`);
  const to = allowed(new URL(location, from.href).href);
  // A site must not be able to make us knock at this machine's own services.
  if (isLoopback(bare(to.hostname)) && !isLoopback(bare(from.hostname)))
    throw new Fault(
      'dial-failed',
      `${shownHost(from)} sent us to this very machine; that was refused. Nothing was fetched.`,
    );
  return to;
}

/** The next request: secrets stay with the host they were meant for, and 303 turns a POST into a GET (RFC 9110 §15.4). */
function follow(request: DialRequest, status: number, from: URL, to: URL): DialRequest {
  const headers = Object.entries(request.headers ?? {}).filter(
    ([name]) => from.origin === to.origin || !/^(?:authorization|cookie|proxy-authorization)$/i.test(name),
  );
  const { method = 'GET', body, reason } = request;
  const keeps = method !== 'POST' || status === 307 || status === 308;
  return {
    reason,
    headers: Object.fromEntries(headers),
    method: keeps ? method : 'GET',
    ...(keeps && body && { body }),
  };
}

/** Sends the request on the line; resolves with the head of the answer, ends the line when there is none. */
function exchange(line: Line, url: URL, request: DialRequest, ca: FetchOptions['ca']): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:';
  const host = bare(url.hostname);
  const socket = secure
    ? connectTls({
        socket: line.socket,
        // Names only: RFC 6066 allows no address there, and Node compares an address with the certificate by `host`.
        ...(isIP(host) ? { host } : { servername: host }),
        ...(ca !== undefined && { ca }),
        ALPNProtocols: ['http/1.1'],
        minVersion: 'TLSv1.2',
      })
    : line.socket;
  const { method = 'GET', headers = {}, body } = request;
  return new Promise((resolve, reject) => {
    let head: IncomingMessage | undefined;
    const fail = (error: unknown) => {
      line.end(head?.complete ? 'done' : 'failed');
      reject((line.signal.aborted ? line.signal.reason : failedFault(shownHost(url), error)) as Error);
    };
    line.signal.addEventListener('abort', () => fail(undefined), { once: true });
    socket.once('error', fail);
    const sent = (secure ? requestHttps : requestHttp)(
      url,
      {
        method,
        headers: {
          'user-agent': 'daimon',
          // The body as it is: ranges and hashes count its bytes.
          'accept-encoding': 'identity',
          connection: 'close',
          ...headers,
          ...(body && { 'content-length': body.length }),
        },
        createConnection: () => socket,
      },
      (answer) => {
        head = answer;
        resolve(answer);
      },
    );
    // Also ends the entry of an answer whose body nobody reads; a body that is whole was a success.
    socket.once('close', () => line.end(head?.complete ? 'done' : 'failed'));
    sent.setTimeout(SILENCE_MS, () => sent.destroy(Object.assign(new Error('Silence.'), { code: 'ETIMEDOUT' })));
    sent.on('error', fail);
    sent.end(body);
  });
}

function toResponse(answer: IncomingMessage, line: Line, url: URL): Response {
  const headers = new Headers();
  for (let i = 0; i < answer.rawHeaders.length; i += 2)
    headers.append(answer.rawHeaders[i]!, answer.rawHeaders[i + 1]!);
  const status = answer.statusCode!;
  const empty = NO_BODY.has(status) || answer.headers['content-length'] === '0';
  if (empty) line.end('done');
  const body = empty ? null : ReadableStream.from(bodyOf(answer, line, url));
  return new Response(body as ConstructorParameters<typeof Response>[0], {
    status,
    statusText: answer.statusMessage ?? '',
    headers,
  });
}

/** The body as it comes. Leaving it early is the reader's choice and ends the connection as done. */
async function* bodyOf(answer: IncomingMessage, line: Line, url: URL): AsyncGenerator<Uint8Array> {
  let outcome: 'done' | 'failed' = 'failed';
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      outcome = 'done';
      yield chunk;
      outcome = 'failed';
    }
    outcome = 'done';
  } catch (error) {
    throw line.signal.aborted ? line.signal.reason : failedFault(shownHost(url), error);
  } finally {
    line.end(outcome);
  }
}
