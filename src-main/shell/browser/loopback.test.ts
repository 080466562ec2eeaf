/** The loopback server against everything on this machine that is not its window: raw requests, one attack each. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as devalue from 'devalue';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { socketWire, type SocketLike } from '../../wire/carriers/socket.ts';
import { call, connect, serve } from '../../wire/index.ts';
import { openLoopback, type Loopback } from './loopback.ts';

const door = { 'x.who': call('Which session this is.', v.strictObject({}), v.number()) } as const;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'daimon-window-'));
  await mkdir(join(root, 'assets'));
  await mkdir(join(root, 'confirm'));
  await writeFile(join(root, 'index.html'), '<!doctype html><title>daimon</title>');
  await writeFile(join(root, 'assets', 'index-1.js'), 'export {};');
  await writeFile(join(root, 'assets', 'thing.unknown'), 'no');
  await writeFile(join(root, 'confirm', 'index.html'), 'confirm');
  await writeFile(join(root, '..', 'daimon-secret.txt'), 'secret');
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
  await rm(join(root, '..', 'daimon-secret.txt'), { force: true });
});

let now: number;
let entered: number[];
let sessions: number;
let loopback: Loopback;
let host: string;
beforeEach(async () => {
  now = 1_000_000;
  entered = [];
  sessions = 0;
  loopback = await openLoopback({
    root,
    clock: { now: () => now },
    newSession: () => ++sessions,
    onWire: (wire, session) => {
      entered.push(session);
      serve({ door, wire, handlers: { 'x.who': () => session } });
    },
  });
  host = loopback.origin.slice('http://'.length);
});
afterEach(() => loopback.close());

const freshKey = () => loopback.freshAddress().split('#key=')[1]!;

interface Attempt {
  readonly hello?: unknown;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly origin?: string | undefined;
}
interface Outcome {
  readonly status: number | undefined;
  readonly code: number | undefined;
  readonly welcome: string | undefined;
  readonly socket: WebSocket;
}
/** Tries to come in like a browser would, but for what the attack changes. */
function attempt({ hello, path = '/core', headers = {}, ...rest }: Attempt): Promise<Outcome> {
  const origin = 'origin' in rest ? rest.origin : loopback.origin;
  const socket = new WebSocket(`ws://${host}${path}`, {
    headers: { ...(origin !== undefined && { origin }), ...headers },
    perMessageDeflate: false,
  });
  return new Promise((resolve) => {
    let status: number | undefined;
    socket.on('unexpected-response', (request, response) => {
      status = response.statusCode;
      request.destroy();
      resolve({ status, code: undefined, welcome: undefined, socket });
    });
    socket.on('error', () => {});
    socket.on('open', () => {
      if (hello !== undefined) socket.send(typeof hello === 'object' ? devalue.stringify(hello) : (hello as string));
    });
    socket.once('message', (data: Buffer) => {
      const frame = devalue.parse(data.toString()) as { tab: string };
      resolve({ status: 101, code: undefined, welcome: frame.tab, socket });
    });
    socket.on('close', (code) => resolve({ status: 101, code, welcome: undefined, socket }));
  });
}
const key = () => ({ t: 'hello', key: freshKey() });

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
const get = (
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
) =>
  new Promise<Got>((resolve, reject) => {
    const [hostname, port] = host.split(':');
    const sent = httpRequest(
      { hostname: hostname!, port: port!, path, method, headers: { host, ...headers } },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text: string) => (body += text));
        answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body }));
      },
    );
    sent.on('error', reject);
    sent.end();
  });
/** Bytes as they are, for what no client would send. */
const raw = (text: string) =>
  new Promise<string>((resolve) => {
    const socket = dial(Number(host.split(':')[1]), '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.on('close', () => resolve(answer));
    socket.on('error', () => resolve(answer));
    socket.end(text);
  });

describe('sixteen ways to the socket, of which one is the window', () => {
  const sixteen: readonly [string, number | 'closed' | 'in', () => Promise<Attempt>][] = [
    ['evil Origin', 403, async () => ({ origin: 'http://evil.example' })],
    ['evil Origin with a stolen key', 403, async () => ({ origin: 'http://evil.example', hello: key() })],
    ['rebinding Host', 421, async () => ({ headers: { host: 'evil.example' }, hello: key() })],
    ['Host localhost', 421, async () => ({ headers: { host: host.replace('127.0.0.1', 'localhost') }, hello: key() })],
    ['Host 0.0.0.0', 421, async () => ({ headers: { host: host.replace('127.0.0.1', '0.0.0.0') }, hello: key() })],
    ['Origin null', 403, async () => ({ origin: 'null', hello: key() })],
    ['no Origin', 403, async () => ({ origin: undefined, hello: key() })],
    ['wrong key', 'closed', async () => ({ hello: { t: 'hello', key: 'A'.repeat(43) } })],
    ['truncated key', 'closed', async () => ({ hello: { t: 'hello', key: freshKey().slice(0, -1) } })],
    ['key in the query', 404, async () => ({ path: `/core?key=${freshKey()}`, hello: key() })],
    ['other path', 404, async () => ({ path: '/', hello: key() })],
    ['Origin of another port', 403, async () => ({ origin: 'http://127.0.0.1:1', hello: key() })],
    ['https Origin', 403, async () => ({ origin: `https://${host}`, hello: key() })],
    ['suffix Origin', 403, async () => ({ origin: `http://${host}.evil.example`, hello: key() })],
    ['cross-site Fetch-Metadata', 403, async () => ({ headers: { 'sec-fetch-site': 'cross-site' }, hello: key() })],
    ['the window itself', 'in', async () => ({ headers: { 'sec-fetch-site': 'same-origin' }, hello: key() })],
  ];
  test.each(sixteen)('%s: %s', async (_name, expected, make) => {
    const outcome = await attempt(await make());
    if (expected === 'in') expect(outcome.welcome).toMatch(/^[\w-]{43}$/);
    else if (expected === 'closed') expect(outcome).toMatchObject({ status: 101, code: 1008, welcome: undefined });
    else expect(outcome.status).toBe(expected);
    expect(entered).toHaveLength(expected === 'in' ? 1 : 0);
    outcome.socket.terminate();
  });
  test('one of sixteen', () => {
    expect(sixteen).toHaveLength(16);
    expect(sixteen.filter(([, expected]) => expected === 'in')).toHaveLength(1);
  });

  test.each([
    ['same-site', { 'sec-fetch-site': 'same-site' }, 403],
    ['none', { 'sec-fetch-site': 'none' }, 403],
  ] as const)('Fetch-Metadata %s is not the window either', async (_name, headers, status) => {
    expect((await attempt({ headers, hello: key() })).status).toBe(status);
  });

  test('two Host or two Origin headers are refused', async () => {
    const lines = [
      'upgrade: websocket',
      'connection: upgrade',
      'sec-websocket-version: 13',
      `sec-websocket-key: ${'A'.repeat(22)}==`,
    ];
    const ask = (...more: string[]) => raw(`GET /core HTTP/1.1\r\n${[...more, ...lines].join('\r\n')}\r\n\r\n`);
    expect(await ask(`host: ${host}`, 'host: evil.example', `origin: ${loopback.origin}`)).toMatch(/^HTTP\/1.1 4\d\d/);
    expect(await ask(`host: ${host}`, `origin: ${loopback.origin}`, 'origin: http://evil.example')).toMatch(
      /^HTTP\/1.1 403/,
    );
    expect(await ask(`origin: ${loopback.origin}`)).toMatch(/^HTTP\/1.1 4\d\d/);
    expect(entered).toEqual([]);
  });
});

describe('keys and tabs', () => {
  const enter = async (hello: unknown) => {
    const outcome = await attempt({ hello });
    expect(outcome.welcome).toBeDefined();
    return { tab: outcome.welcome!, socket: outcome.socket };
  };
  const refused = async (hello: unknown) => {
    const outcome = await attempt({ hello });
    expect(outcome).toMatchObject({ code: 1008, welcome: undefined });
  };
  const leave = async ({ socket }: { socket: WebSocket }) => {
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.close();
    await closed;
    await new Promise((resolve) => setTimeout(resolve, 5));
  };

  test('addresses differ and carry 256 bits in the fragment', () => {
    const [a, b] = [loopback.freshAddress(), loopback.freshAddress()];
    expect(a).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#key=[\w-]{43}$/);
    expect(a).not.toBe(b);
  });

  test('a key used twice is refused, an unused one stands', async () => {
    const [first, second] = [key(), key()];
    await leave(await enter(first));
    await refused(first);
    await enter(second);
    expect(entered).toEqual([1, 2]);
  });

  test('a key is worth nothing after five minutes', async () => {
    const [early, late] = [key(), key()];
    now += 5 * 60_000 - 1;
    await enter(early);
    now += 1;
    await refused(late);
  });

  test('a tab’s secret rotates with each use and brings its session back', async () => {
    const first = await enter(key());
    await leave(first);
    const second = await enter({ t: 'hello', tab: first.tab });
    expect(second.tab).not.toBe(first.tab);
    await leave(second);
    await refused({ t: 'hello', tab: first.tab });
    const third = await enter({ t: 'hello', tab: second.tab });
    expect(entered).toEqual([1, 1, 1]);
    await refused({ t: 'hello', key: third.tab });
    await refused({ t: 'hello', tab: freshKey() });
  });

  test('a tab’s secret lasts while it is connected and twelve hours longer', async () => {
    const first = await enter(key());
    now += 13 * 3_600_000;
    await leave(first);
    now += 12 * 3_600_000 - 1;
    const second = await enter({ t: 'hello', tab: first.tab });
    await leave(second);
    now += 12 * 3_600_000;
    await refused({ t: 'hello', tab: second.tab });
  });

  test('ten wrong keys in a row refuse everything for thirty seconds', { timeout: 20_000 }, async () => {
    await Promise.all(Array.from({ length: 9 }, () => refused({ t: 'hello', key: 'wrong' })));
    await leave(await enter(key()));
    await Promise.all(Array.from({ length: 10 }, () => refused({ t: 'hello', key: 'wrong' })));
    const good = key();
    expect((await attempt({ hello: good })).status).toBe(429);
    now += 29_999;
    expect((await attempt({ hello: good })).status).toBe(429);
    now += 1;
    await enter(good);
  });

  test('a wrong key is answered after the same while, whatever it is', async () => {
    for (const hello of [{ t: 'hello', key: 'x' }, { t: 'hello', key: 'A'.repeat(43) }, 'nonsense', { t: 'hello' }]) {
      const began = performance.now();
      await refused(hello);
      expect(performance.now() - began).toBeGreaterThan(245);
    }
  });

  test.each([
    ['no devalue text', 'hello'],
    ['a polluting key', '[{"__proto__":1},2]'],
    ['a number for a key', { t: 'hello', key: 5 }],
    ['a verb instead', { t: 'ask', id: 1, verb: 'x.who', input: {} }],
    ['null', null],
  ])('a first frame with %s is refused', async (_name, hello) => {
    await refused(hello ?? devalue.stringify(null));
    expect(entered).toEqual([]);
  });

  test('an oversized first frame is cut off, also before it is whole', async () => {
    await refused({ t: 'hello', key: 'x'.repeat(1100) });
    const outcome = await attempt({ hello: 'x'.repeat(4 << 20) });
    expect(outcome.welcome).toBeUndefined();
    expect(outcome.code).toBeDefined();
    expect(entered).toEqual([]);
  });

  test('a first frame that announces a megabyte is cut off after its first kilobyte', async () => {
    const lines = [
      `host: ${host}`,
      `origin: ${loopback.origin}`,
      'upgrade: websocket',
      'connection: upgrade',
      'sec-websocket-version: 13',
      `sec-websocket-key: ${'A'.repeat(22)}==`,
    ];
    const socket = dial(Number(host.split(':')[1]), '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.write(`GET /core HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    const began = performance.now();
    // FIN and text, masked, a length of 2^20 in eight bytes, a mask of zeros, and the beginning.
    const head = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0]);
    socket.write(Buffer.concat([head, Buffer.alloc(1500, 'x')]));
    await closed;
    // Well before the two seconds that a silent socket is given.
    expect(performance.now() - began).toBeLessThan(1500);
    expect(entered).toEqual([]);
  });

  test('a slow first frame is not waited for', { timeout: 10_000 }, async () => {
    const began = performance.now();
    const outcome = await attempt({});
    expect(outcome).toMatchObject({ code: 1008, welcome: undefined });
    expect(performance.now() - began).toBeGreaterThan(1900);
    expect(performance.now() - began).toBeLessThan(4000);
  });

  test('frames right behind the greeting reach the wire, and verbs answer with the tab’s session', async () => {
    const { socket } = await enter(key());
    const core = connect(door, socketWire(socket as unknown as SocketLike));
    expect(await core['x.who']({})).toBe(1);
    const other = await attempt({ hello: key() });
    expect(await connect(door, socketWire(other.socket as unknown as SocketLike))['x.who']({})).toBe(2);
  });

  test('at most 32 sockets', async () => {
    const all = [];
    for (let i = 0; i < 32; i++) all.push(await enter(key()));
    expect((await attempt({ hello: key() })).status).toBe(503);
    await leave(all[0]!);
    await enter(key());
  });

  test('closing ends every window’s connection', async () => {
    const { socket } = await enter(key());
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await loopback.close();
    expect(await closed).toBe(1001);
    loopback = await openLoopback({ root, clock: { now: () => now }, newSession: () => 1, onWire: () => {} });
  });
});

describe('pages', () => {
  test('the window is served with exactly these headers', async () => {
    const { status, headers, body } = await get('/');
    expect(status).toBe(200);
    expect(body).toContain('<title>daimon</title>');
    const { date: _date, connection: _connection, 'keep-alive': _keep, ...rest } = headers;
    expect(rest).toEqual({
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(body.length),
      'content-security-policy':
        `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; ` +
        `connect-src 'self' ws://${host}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; ` +
        `require-trusted-types-for 'script'; trusted-types svelte-trusted-html`,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=(), ') as string,
      'cache-control': 'no-store',
    });
    expect(await get('/assets/index-1.js')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/javascript; charset=utf-8' },
    });
  });

  test.each([
    '/../daimon-secret.txt',
    '/..%2fdaimon-secret.txt',
    '/%2e%2e/daimon-secret.txt',
    '/assets/../../daimon-secret.txt',
    '/assets/..\\..\\daimon-secret.txt',
    '//etc/passwd',
    '/etc/passwd',
    '/index.html%00',
    '/?key=x',
    '/index.html?x',
    '/assets/',
    '/assets/thing.unknown',
    '/confirm/index.html',
    '/__proto__',
    '/constructor',
    '/core',
    'http://127.0.0.1/index.html',
  ])('nothing but the files of the window is there: %s', async (path) => {
    expect(await get(path)).toMatchObject({ status: 404, body: '' });
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE'])('%s is refused', async (method) => {
    expect(await get('/', { method })).toMatchObject({ status: 405, headers: { allow: 'GET' } });
  });

  test('no answer has a CORS header or a cookie, and a foreign Origin gets nothing', async () => {
    const answers = [
      await get('/'),
      await get('/nothing'),
      await get('/', {
        method: 'OPTIONS',
        headers: { origin: 'http://evil.example', 'access-control-request-method': 'GET' },
      }),
      await get('/', { headers: { origin: 'http://evil.example' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 403, 403]);
    for (const { headers } of answers) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(headers['set-cookie']).toBeUndefined();
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    }
  });

  test.each(['localhost', '0.0.0.0', 'evil.example', '127.0.0.1.', '[::1]'])(
    'the Host %s is not ours',
    async (name) => {
      const port = host.split(':')[1]!;
      expect((await get('/', { headers: { host: `${name}:${port}` } })).status).toBe(421);
      expect((await get('/', { headers: { host: name } })).status).toBe(421);
    },
  );

  test('it listens on 127.0.0.1 alone', async () => {
    const port = Number(host.split(':')[1]);
    const other = await new Promise((resolve) => {
      const socket = dial({ port, host: '127.0.0.2' });
      socket.once('connect', () => resolve('connected')).once('error', () => resolve('refused'));
    });
    expect(other).toBe('refused');
  });

  test('without a built window there is a sentence that says what to do', async () => {
    const opening = openLoopback({
      root: join(root, 'none'),
      clock: { now: () => 0 },
      newSession: () => 0,
      onWire: vi.fn(),
    });
    await expect(opening).rejects.toMatchObject({ code: 'no-window' });
  });
});
