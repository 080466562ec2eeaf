/** A hub of a test's own: lists a repository's files and serves them with ranges, or misbehaves as it is told. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { secureServer, type TestServer } from './servers.ts';

export interface HubFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** What the hub states, if it lies. */
  readonly sha256?: string;
  readonly size?: number;
}
/** How one download is answered; absent: as it should be. */
export interface Mood {
  /** Destroys the connection after this many bytes of the body. */
  readonly cutAfter?: number;
  readonly status?: number;
  readonly ignoreRange?: boolean;
  /** Serves other bytes of the same length. */
  readonly wrong?: boolean;
  /** Serves this many bytes more, or (negative) fewer, and ends well. */
  readonly extra?: number;
  readonly redirect?: string;
  readonly etag?: string;
}
export interface TestHub extends TestServer {
  readonly url: string;
  /** Range headers of the downloads so far; null for a whole one. */
  readonly ranges: (string | null)[];
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** @param mood asked for each download, counted from 0 */
export async function testHub(
  repositories: Readonly<Record<string, readonly HubFile[]>>,
  mood: (download: number) => Mood = () => ({}),
): Promise<TestHub> {
  const ranges: (string | null)[] = [];
  const server = await secureServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'https://localhost');
    const tree = /^\/api\/models\/([^/]+\/[^/]+)\/tree\/main$/.exec(pathname)?.[1];
    if (tree !== undefined) return list(repositories[tree], response);
    const [, repository = '', path = ''] = /^\/([^/]+\/[^/]+)\/resolve\/main\/(.+)$/.exec(pathname) ?? [];
    const file = repositories[repository]?.find((one) => one.path === decodeURIComponent(path));
    if (!file) return void response.writeHead(404).end();
    const now = mood(ranges.length);
    ranges.push(request.headers.range ?? null);
    serve(file.bytes, now, request, response);
  });
  return Object.assign(server, { url: `https://localhost:${server.port}`, ranges });
}

function list(files: readonly HubFile[] | undefined, response: ServerResponse): void {
  // The real hub answers 401 for what does not exist.
  if (!files) return void response.writeHead(401).end('{"error":"Invalid username or password."}');
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify(
      files.map(({ path, bytes, sha256, size }) => ({
        type: 'file',
        oid: '0'.repeat(40),
        path,
        size: size ?? bytes.length,
        lfs: { oid: sha256 ?? sha256Of(bytes), size: size ?? bytes.length, pointerSize: 135 },
      })),
    ),
  );
}

function serve(file: Uint8Array, mood: Mood, request: IncomingMessage, response: ServerResponse): void {
  if (mood.redirect !== undefined) return void response.writeHead(302, { location: mood.redirect }).end();
  if (mood.status !== undefined) return void response.writeHead(mood.status).end();
  const etag = mood.etag ?? '"one"';
  const held = request.headers['if-range'];
  const range = mood.ignoreRange || (held !== undefined && held !== etag) ? undefined : request.headers.range;
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  let body = file.subarray(from);
  if (mood.wrong) body = body.map((byte) => byte ^ 1);
  if (mood.extra !== undefined)
    body = mood.extra < 0 ? body.subarray(0, mood.extra) : Buffer.concat([body, Buffer.alloc(mood.extra)]);
  response.writeHead(from > 0 ? 206 : 200, {
    etag,
    'content-length': body.length,
    ...(from > 0 && { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` }),
  });
  if (mood.cutAfter === undefined || mood.cutAfter >= body.length) return void response.end(body);
  response.write(body.subarray(0, mood.cutAfter), () => setTimeout(() => response.destroy(), 2));
}
