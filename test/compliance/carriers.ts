/** One open pair of ends for each carrier, the far end serving the compliance door: real ports, processes and sockets. */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, connect as dial, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { WebSocketServer, type WebSocket as Ws } from 'ws';
import { childWire } from '../../src-main/wire/carriers/child.ts';
import { laterWire } from '../../src-main/wire/carriers/later.ts';
import { lineWire } from '../../src-main/wire/carriers/line.ts';
import { mainPortWire } from '../../src-main/wire/carriers/main-port.ts';
import { portWire, type PortLike } from '../../src-main/wire/carriers/port.ts';
import { socketWire, type SocketLike } from '../../src-main/wire/carriers/socket.ts';
import { MAX_FRAME, serve, type Wire } from '../../src-main/wire/index.ts';
import { FakeMessageChannelMain, FakeUtilityProcess } from '../fakes/electron/processes.ts';
import { door, makeHandlers } from './door.ts';

export interface Opened {
  /** The caller's end. */
  readonly wire: Wire;
  /** Every entry of the far side's diary so far, from outside the wire. */
  diary(): readonly string[];
  /** The far end's carrier ended by its own doing, where a test can reach it. */
  readonly far?: Wire;
  close(): Promise<void>;
}
export interface Pair {
  readonly near: Wire;
  readonly far: Wire;
  close(): Promise<void>;
}

export async function portPair(): Promise<Pair> {
  const { port1, port2 } = new MessageChannel();
  const wires = [port1, port2].map((port) => portWire(port as unknown as PortLike));
  return { near: wires[0]!, far: wires[1]!, close: async () => port1.close() };
}

/** As Electron's main has them: emitters whose messages come wrapped. The near end is used before it is there. */
export async function mainPortPair(): Promise<Pair> {
  const { port1, port2 } = new FakeMessageChannelMain();
  const coming = new Promise<Wire>((resolve) => setImmediate(() => resolve(mainPortWire(port1))));
  return { near: laterWire(coming), far: mainPortWire(port2), close: async () => port1.close() };
}

/** @param reversed the listening end is the caller's */
export async function socketPair(reversed = false): Promise<Pair> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: MAX_FRAME });
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  // The platform's own client is what a browser has; ws answers it.
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  const accepted = await new Promise<Ws>((resolve) => server.once('connection', resolve));
  if (client.readyState !== WebSocket.OPEN)
    await new Promise((resolve) => client.addEventListener('open', resolve, { once: true }));
  const outer = socketWire(client as unknown as SocketLike);
  const inner = socketWire(accepted as unknown as SocketLike);
  return {
    near: reversed ? inner : outer,
    far: reversed ? outer : inner,
    async close() {
      accepted.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Two connected local stream sockets. */
export async function linePairSockets(): Promise<{ outer: Socket; inner: Socket; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'daimon-line-'));
  const path =
    process.platform === 'win32' ? `\\\\.\\pipe\\daimon-${process.pid}-${Date.now()}` : join(folder, 'core.sock');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const outer = dial(path);
  const inner = await accepted;
  return {
    outer,
    inner,
    async close() {
      outer.destroy();
      inner.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
export async function linePair(reversed = false): Promise<Pair> {
  const { outer, inner, close } = await linePairSockets();
  const wires = [lineWire(outer), lineWire(inner)];
  if (reversed) wires.reverse();
  return { near: wires[0]!, far: wires[1]!, close };
}

/** Serves the compliance door on a pair's far end. */
export async function served(pair: Promise<Pair>): Promise<Opened> {
  const { near, far, close } = await pair;
  const diary: string[] = [];
  serve({ door, handlers: makeHandlers((entry) => diary.push(entry)), wire: far, unexpected: () => 'log-1' });
  return { wire: near, far, diary: () => diary, close };
}

/** The compliance door in a process of its own. */
export async function forked(): Promise<Opened> {
  const child = fork(new URL('./child.ts', import.meta.url), [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let said = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (said += text));
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const wire = childWire(child);
  return {
    wire,
    diary: () => said.split('\n').slice(0, -1),
    async close() {
      wire.close();
      await exited;
    },
  };
}

/** The same door in a utility process, over a port that was handed in to it. */
export async function utility(): Promise<Opened> {
  const child = new FakeUtilityProcess(fileURLToPath(new URL('./child.ts', import.meta.url)), [], { stdio: 'pipe' });
  let said = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (said += text));
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const { port1, port2 } = new FakeMessageChannelMain();
  child.postMessage({ t: 'wire' }, [port1]);
  return {
    wire: mainPortWire(port2),
    diary: () => said.split('\n').slice(0, -1),
    async close() {
      port2.close();
      child.kill();
      await exited;
    },
  };
}
