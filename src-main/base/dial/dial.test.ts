/** The dialler against real servers on this machine: what is recorded, what the switch does, who may use the proxy. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { settableClock } from '../../../test/fakes/clock.ts';
import { temporaryFolder } from '../../../test/fakes/folder.ts';
import { keptLog } from '../../../test/fakes/log.ts';
import { forwardProxy, plainServer, secureServer, testCertificate } from '../../../test/fakes/servers.ts';
import { latest } from '../latest.ts';
import { openStore } from '../store/store.ts';
import { openDial } from './dial.ts';
import { readAuthority } from './proxy.ts';
import { isExempt } from './route.ts';

const never = new AbortController().signal;

async function setUp(env: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const clock = settableClock();
  const log = keptLog();
  const store = await openStore({ file: folder.file('daimon.db'), key: randomBytes(32), clock, log });
  const cut = latest(false);
  const dialler = await openDial({
    store,
    clock,
    log,
    env,
    ca: testCertificate,
    allowLoopback: true,
    settings: { cut: () => cut.get(), setCut: (on) => cut.set(on), watch: (signal) => cut.follow(signal) },
  });
  return {
    ...dialler,
    cut,
    async record() {
      return (await dialler.handlers['dial.record']({ limit: 200 }, never)).connections;
    },
    async [Symbol.asyncDispose]() {
      await dialler.close();
      await store.close();
      folder[Symbol.dispose]();
    },
  };
}

test('a fetch streams the body, and the record has the bytes that the server counted', async () => {
  await using server = await secureServer((request, response) => {
    expect(request.headers['x-a']).toBe('b');
    response.setHeader('x-answer', 'yes');
    response.end(Buffer.alloc(500_000, 'a'));
  });
  await using it = await setUp();
  const response = await it.dial.fetch(`https://localhost:${server.port}/file`, {
    reason: 'test',
    headers: { 'x-a': 'b' },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('x-answer')).toBe('yes');
  expect((await response.arrayBuffer()).byteLength).toBe(500_000);
  const [row, ...others] = await it.record();
  expect(others).toEqual([]);
  expect(row).toMatchObject({ host: `localhost:${server.port}`, reason: 'test', outcome: 'done' });
  await expect.poll(() => server.bytes().sent).toBe(row!.bytesIn);
  expect(row!.bytesIn).toBeGreaterThan(500_000);
  // Our closing TLS alert (24 bytes) may reach a server that has already hung up and counts no more.
  expect([0, 24]).toContain(row!.bytesOut - server.bytes().received);
});

test('a POST carries its body; http is for this machine only', async () => {
  await using server = await plainServer((request, response) => request.pipe(response));
  await using it = await setUp();
  const echo = await it.dial.fetch(`http://127.0.0.1:${server.port}/`, {
    reason: 'echo',
    method: 'POST',
    body: Buffer.from('hello'),
  });
  expect(await echo.text()).toBe('hello');
  for (const url of ['http://example.org/', 'ftp://example.org/', 'file:///etc/passwd', 'nonsense'])
    await expect(it.dial.fetch(url, { reason: 'x' })).rejects.toMatchObject({ code: 'dial-failed' });
  expect(await it.record()).toHaveLength(1);
});

test('each hop of a redirect is recorded; secrets do not travel to another origin; five hops are the end', async () => {
  const seen: (string | undefined)[] = [];
  await using last = await secureServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('here');
  });
  await using first = await secureServer((request, response) => {
    seen.push(request.headers.authorization);
    const to = request.url === '/loop' ? '/loop' : `https://localhost:${last.port}/b`;
    response.writeHead(302, { location: to }).end();
  });
  await using it = await setUp();
  const headers = { Authorization: 'secret' };
  const response = await it.dial.fetch(`https://localhost:${first.port}/a`, { reason: 'hop', headers });
  expect(await response.text()).toBe('here');
  expect(seen).toEqual(['secret', undefined]);
  expect((await it.record()).map(({ host, outcome }) => [host, outcome])).toEqual([
    [`localhost:${last.port}`, 'done'],
    [`localhost:${first.port}`, 'done'],
  ]);
  await expect(it.dial.fetch(`https://localhost:${first.port}/loop`, { reason: 'loop' })).rejects.toMatchObject({
    code: 'dial-failed',
  });
  expect(await it.record()).toHaveLength(2 + 6);
});

test('the switch refuses before anything is sent and ends what is open at once', async () => {
  await using server = await secureServer((_request, response) => {
    // Never ends by itself.
    response.write('start');
  });
  await using it = await setUp();
  const response = await it.dial.fetch(`https://localhost:${server.port}/`, { reason: 'long' });
  const reading = response.text();
  const answer = await it.handlers['dial.cut']({ on: true }, never);
  expect(answer).toEqual({ cut: true });
  await expect(reading).rejects.toMatchObject({ code: 'dial-cut' });
  // A name that cannot exist: a lookup would fail with another code.
  await expect(it.dial.fetch('https://nowhere.invalid/', { reason: 'try' })).rejects.toMatchObject({
    code: 'dial-cut',
  });
  expect((await it.record()).map(({ host, outcome }) => [host, outcome])).toEqual([
    ['nowhere.invalid', 'refused'],
    [`localhost:${server.port}`, 'failed'],
  ]);
  expect(server.connections()).toBe(1);
  await it.handlers['dial.cut']({ on: false }, never);
  const again = await it.dial.fetch(`https://localhost:${server.port}/`, { reason: 'again' });
  // Turned in the settings instead of here, it cuts as well.
  it.cut.set(true);
  await expect(again.text()).rejects.toMatchObject({ code: 'dial-cut' });
});

test('hosts that cannot be reached, broken answers and aborts are recorded as failed', async () => {
  await using broken = await secureServer((request, response) => {
    if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('half');
      setTimeout(() => response.socket!.destroy(), 20);
    } else response.write('slow');
  });
  const dead = await plainServer(() => {});
  const { port } = dead;
  await dead[Symbol.asyncDispose]();
  await using it = await setUp();
  await expect(it.dial.fetch(`http://127.0.0.1:${port}/`, { reason: 'dead' })).rejects.toMatchObject({
    code: 'dial-failed',
  });
  const half = await it.dial.fetch(`https://localhost:${broken.port}/cut`, { reason: 'half' });
  await expect(half.text()).rejects.toMatchObject({ code: 'dial-failed' });
  const stop = new AbortController();
  const slow = await it.dial.fetch(`https://localhost:${broken.port}/slow`, { reason: 'slow' }, stop.signal);
  const reading = slow.text();
  stop.abort(new Error('mine'));
  await expect(reading).rejects.toThrow('mine');
  await expect(it.dial.fetch(`https://localhost:${broken.port}/`, { reason: 'x' }, stop.signal)).rejects.toThrow(
    'mine',
  );
  expect((await it.record()).map(({ reason, outcome }) => [reason, outcome])).toEqual([
    ['slow', 'failed'],
    ['half', 'failed'],
    ['dead', 'failed'],
  ]);
});

test('a reader that leaves early ends the connection as done', async () => {
  await using server = await secureServer((_request, response) => void response.write('x'.repeat(100_000)));
  await using it = await setUp();
  const response = await it.dial.fetch(`https://localhost:${server.port}/`, { reason: 'part' });
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel();
  expect((await it.record())[0]).toMatchObject({ outcome: 'done' });
});

test('an unknown certificate is refused', async () => {
  await using server = await secureServer((_request, response) => void response.end('x'));
  await using it = await setUp();
  // The certificate is for localhost, not for this address of the machine.
  await expect(it.dial.fetch(`https://127.0.0.2:${server.port}/`, { reason: 'tls' })).rejects.toMatchObject({
    code: 'dial-failed',
  });
});

test('the way out leads through the proxy of the system, with its login', async () => {
  await using server = await secureServer((_request, response) => void response.end('through'));
  await using company = await forwardProxy();
  await using it = await setUp({ HTTPS_PROXY: `http://me:p%40ss@127.0.0.1:${company.port}`, NO_PROXY: 'corp.example' });
  // Not a loopback name to us, but one that the certificate and the test's proxy know.
  const response = await it.dial.fetch(`https://other.localhost:${server.port}/`, { reason: 'out' });
  expect(await response.text()).toBe('through');
  expect(company.seen).toEqual([
    { authority: `other.localhost:${server.port}`, login: `Basic ${Buffer.from('me:p@ss').toString('base64')}` },
  ]);
  expect((await it.record())[0]).toMatchObject({ host: `other.localhost:${server.port}`, outcome: 'done' });
});

test('NO_PROXY exempts names, suffixes, ports and everything', () => {
  const exempt = (host: string, list: string, port = 443) => isExempt({ host, port }, { NO_PROXY: list });
  expect(exempt('a.example', 'b.example, .example')).toBe(true);
  expect(exempt('example', '*.example')).toBe(true);
  expect(exempt('notexample', 'example')).toBe(false);
  expect(exempt('a.example', 'a.example:80')).toBe(false);
  expect(exempt('a.example', 'a.example:443')).toBe(true);
  expect(exempt('::2', '::2')).toBe(true);
  expect(exempt('x', '*')).toBe(true);
  expect(exempt('x', '')).toBe(false);
});

/** Asks the loopback proxy for a tunnel as a program would. */
async function askTunnel(url: string, authority: string, login = true, verb = 'CONNECT') {
  const { port, username, password } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  const credential = Buffer.from(`${username}:${password}`).toString('base64');
  socket.write(
    `${verb} ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${login ? `Proxy-Authorization: Basic ${credential}\r\n` : ''}\r\n`,
  );
  const [head] = (await once(socket, 'data')) as [Buffer];
  return { socket, status: Number(/^HTTP\/1\.1 (\d+)/.exec(head.toString())![1]) };
}

test('the proxy lets in who has its password, tunnels, records the bytes, and obeys the switch', async () => {
  await using server = await secureServer((_request, response) => void response.end('via tunnel'));
  await using it = await setUp();
  const proxy = await it.dial.proxy('pip');
  const authority = `localhost:${server.port}`;
  expect((await askTunnel(proxy.url, authority, false)).status).toBe(407);
  const wrong = new URL(proxy.url);
  wrong.password = 'guess';
  expect((await askTunnel(wrong.href, authority)).status).toBe(407);
  expect((await askTunnel(proxy.url, 'http://example.org/', true, 'GET')).status).toBe(405);
  expect((await askTunnel(proxy.url, '10.0.0.1:443')).status).toBe(403);
  expect(await it.record()).toEqual([]);

  const { socket, status } = await askTunnel(proxy.url, authority);
  expect(status).toBe(200);
  const tls: TLSSocket = connectTls({ socket, servername: 'localhost', ca: testCertificate });
  tls.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  let text = '';
  for await (const chunk of tls as AsyncIterable<Buffer>) text += chunk.toString();
  expect(text).toContain('via tunnel');
  await expect
    .poll(async () => (await it.record())[0])
    .toMatchObject({ host: authority, reason: 'pip', outcome: 'done' });
  const [row] = await it.record();
  await expect.poll(() => server.bytes().sent).toBe(row!.bytesIn);
  expect([0, 24]).toContain(row!.bytesOut - server.bytes().received);

  // As pip does: it keeps the tunnel for more requests and simply ends.
  const left = await askTunnel(proxy.url, authority);
  left.socket.destroy();
  await expect.poll(async () => (await it.record())[0]).toMatchObject({ outcome: 'done' });

  const open = await askTunnel(proxy.url, authority);
  const closed = once(open.socket, 'close');
  await it.handlers['dial.cut']({ on: true }, never);
  await closed;
  const refused = await askTunnel(proxy.url, authority);
  expect(refused.status).toBe(502);
  expect((await it.record()).map(({ outcome }) => outcome)).toEqual(['refused', 'failed', 'done', 'done']);
  await it.handlers['dial.cut']({ on: false }, never);
  const last = await askTunnel(proxy.url, authority);
  await proxy.close();
  last.socket.destroy();
  expect((await it.record())[0]).toMatchObject({ outcome: 'done' });
  await expect(askTunnel(proxy.url, authority)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('the proxy leads to port 443 of public hosts only', () => {
  expect(readAuthority('files.example.org:443', false)).toEqual({ host: 'files.example.org', port: 443 });
  expect(readAuthority('8.8.8.8:443', false)).toBeDefined();
  expect(readAuthority('[2606:4700::1111]:443', false)).toBeDefined();
  const refused = [
    'example.org:80',
    'example.org',
    'example.org:443/x',
    'user@example.org:443',
    'localhost:443',
    'a.localhost:443',
    '127.0.0.1:443',
    '127.1:443',
    '2130706433:443',
    '0x7f000001:443',
    '10.1.2.3:443',
    '172.16.0.1:443',
    '192.168.1.1:443',
    '169.254.169.254:443',
    '[::1]:443',
    '[fe80::1]:443',
    '[fd00::1]:443',
    '[::ffff:10.0.0.1]:443',
    '[64:ff9b::a00:1]:443',
  ];
  expect(refused.filter((authority) => readAuthority(authority, false))).toEqual([]);
});
