/** Carriers of bytes against strangers: limits, half frames, and texts that are no frames. */
import { once } from 'node:events';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocketServer, WebSocket } from 'ws';
import { linePairSockets } from '../../../test/compliance/carriers.ts';
import { MAX_FRAME, type Frame } from '../frame.ts';
import { Fault, call, connect, serve } from '../index.ts';
import { decodeFrame, encodeFrame, isLonger } from '../text.ts';
import { lineWire, makeSplitter } from './line.ts';
import { socketWire, type SocketLike } from './socket.ts';
import * as v from 'valibot';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});
const framed = (text: string | Uint8Array) => {
  const body = Buffer.from(text as string);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
};
const notFrames = ['', 'x', '{"t":"ask"}', '[["Evil",1],2]', '[{"__proto__":1},2]', '[["constructor",0]]', '5'];

test('length is counted in bytes of UTF-8', () => {
  expect(isLonger('abc', 3)).toBe(false);
  expect(isLonger('abcd', 3)).toBe(true);
  expect(isLonger('日', 3)).toBe(false);
  expect(isLonger('日', 2)).toBe(true);
  expect(isLonger('日本', 5)).toBe(true);
  expect(isLonger('aé', 3)).toBe(false);
});

test('a frame just within the limit is encoded, one byte more is too large', () => {
  const frame = (text: string): Frame => ({ t: 'done', id: 1, value: text });
  const envelope = encodeFrame(frame('')).length;
  expect(encodeFrame(frame('x'.repeat(MAX_FRAME - envelope)))).toHaveLength(MAX_FRAME);
  expect(() => encodeFrame(frame('x'.repeat(MAX_FRAME - envelope + 1)))).toThrow(Fault);
  expect(() => encodeFrame(frame('日'.repeat(MAX_FRAME / 3)))).toThrow('larger than one message may be');
  expect(() => encodeFrame(frame('日'.repeat(MAX_FRAME / 3 - envelope)))).not.toThrow();
});

test.each(notFrames)('is refused by the decoder: %s', (text) => {
  expect(() => decodeFrame(text)).toThrow();
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('frames cut anywhere are put together again', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 12 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 30 })),
      (texts, cuts) => {
        const bytes = Buffer.concat(texts.map((text) => framed(text)));
        const splitter = makeSplitter(1000);
        const got: string[] = [];
        for (let at = 0; at < bytes.length;) {
          const end = at + cuts.next().value!;
          splitter.push(bytes.subarray(at, end));
          for (let text = splitter.next(); text !== undefined; text = splitter.next()) got.push(text);
          at = end;
        }
        expect(got).toEqual(texts);
        expect(splitter.next()).toBeUndefined();
      },
    ),
    { numRuns: 300, seed: 20261124 },
  );
});

test('a length over the limit is refused from its header alone, and bad UTF-8 with its frame', () => {
  const splitter = makeSplitter(10);
  splitter.push(framed('0123456789'));
  expect(splitter.next()).toBe('0123456789');
  splitter.push(Uint8Array.of(0, 0, 0, 11));
  expect(() => splitter.next()).toThrow('over the limit');
  const other = makeSplitter(10);
  other.push(framed(Uint8Array.of(0xff, 0xfe)));
  expect(() => other.next()).toThrow();
  const mark = makeSplitter(10);
  mark.push(framed('\ufeffa'));
  expect(mark.next()).toBe('\ufeffa');
});

const door = {
  'x.echo': call('Gives it back.', v.strictObject({ value: v.unknown() }), v.unknown()),
  'x.large': call('Answers with n letters.', v.strictObject({ n: v.number() }), v.string()),
} as const;
const handlers = {
  'x.echo': ({ value }: { value?: unknown }) => value,
  'x.large': ({ n }: { n: number }) => 'x'.repeat(n),
};

async function socket() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: MAX_FRAME });
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as { port: number }).port}`);
  const accepted = (await once(server, 'connection'))[0] as WebSocket;
  if (client.readyState !== WebSocket.OPEN) await once(client, 'open');
  accepted.on('error', () => {});
  undo.push(() => new Promise((resolve) => (client.terminate(), accepted.terminate(), server.close(resolve))));
  return { client, accepted };
}
async function line() {
  const { outer, inner, close } = await linePairSockets();
  undo.push(close);
  return { outer, inner };
}

test.each(['socket', 'line'] as const)(
  'too large a question or answer fails alone; the wire lives on: %s',
  async (carrier) => {
    let core;
    if (carrier === 'socket') {
      const { client, accepted } = await socket();
      serve({ door, handlers, wire: socketWire(accepted as unknown as SocketLike) });
      core = connect(door, socketWire(client as unknown as SocketLike));
    } else {
      const { outer, inner } = await line();
      serve({ door, handlers, wire: lineWire(inner) });
      core = connect(door, lineWire(outer));
    }
    await expect(core['x.large']({ n: MAX_FRAME })).rejects.toMatchObject({ code: 'too-large' });
    await expect(core['x.echo']({ value: 'x'.repeat(MAX_FRAME) })).rejects.toMatchObject({ code: 'too-large' });
    const large = 'é'.repeat(1_500_000);
    expect((await core['x.echo']({ value: large })) === large).toBe(true);
  },
);

test.each([...notFrames, '[[]]'])('a web socket that says %j is closed', async (text) => {
  const { client, accepted } = await socket();
  serve({ door, handlers, wire: socketWire(accepted as unknown as SocketLike) });
  const closed = once(client, 'close');
  client.send(text);
  // An empty list is devalue text but no frame: the server hangs up without a reproach.
  expect((await closed)[0]).toBe(text === '[[]]' ? 1000 : 1008);
});

test('a web socket that sends bytes, or more than the limit, is closed', async () => {
  const first = await socket();
  serve({ door, handlers, wire: socketWire(first.accepted as unknown as SocketLike) });
  const closed = once(first.client, 'close');
  first.client.send(Buffer.from('[{"t":1},"stop"]'));
  expect((await closed)[0]).toBe(1008);

  const second = await socket();
  serve({ door, handlers, wire: socketWire(second.accepted as unknown as SocketLike) });
  const cut = once(second.client, 'close');
  second.client.send('x'.repeat(MAX_FRAME + 1));
  expect((await cut)[0]).toBe(1009);
});

test('a message over the limit closes a web socket that has no limit of its own', () => {
  const heard: Record<string, (event: { data: unknown }) => void> = {};
  const close = vi.fn();
  const wire = socketWire({
    send: () => {},
    close,
    addEventListener: (type: string, on: (event: { data: unknown }) => void) => (heard[type] = on),
  } as SocketLike);
  const onFrame = vi.fn();
  const onClose = vi.fn();
  heard['message']!({ data: '[{"a":1},2]' });
  wire.listen(onFrame, onClose);
  expect(onFrame).toHaveBeenCalledExactlyOnceWith({ a: 2 });
  heard['message']!({ data: `"${'x'.repeat(MAX_FRAME)}"` });
  expect(close).toHaveBeenCalledExactlyOnceWith(1008);
  heard['message']!({ data: '[{"a":1},2]' });
  heard['close']!({ data: undefined });
  expect(onFrame).toHaveBeenCalledTimes(1);
  expect(onClose).toHaveBeenCalledTimes(1);
  wire.close();
  expect(close).toHaveBeenCalledTimes(1);
});

test.each([
  ['a length over the limit', Buffer.from([0xff, 0xff, 0xff, 0xff])],
  [
    'one byte over the limit',
    (() => {
      const head = Buffer.alloc(4);
      head.writeUInt32BE(MAX_FRAME + 1);
      return head;
    })(),
  ],
  ['an empty frame', framed('')],
  ['no devalue text', framed('GET / HTTP/1.1')],
  ['a type of its own', framed('[["Evil",1],2]')],
  ['a polluting key', framed('[{"__proto__":1},2]')],
  ['no UTF-8', framed(Uint8Array.of(0xc3, 0x28))],
  ['no frame', framed('[{"t":1,"id":2},"boo",5]')],
])('a local socket that sends %s is cut off', async (_what, bytes) => {
  const { outer, inner } = await line();
  serve({ door, handlers, wire: lineWire(inner) });
  outer.resume();
  const closed = once(outer, 'close');
  outer.write(bytes);
  await closed;
  expect(inner.destroyed).toBe(true);
});

test('a local socket that is gone before it is heard ends its wire', async () => {
  const { outer, inner } = await line();
  inner.resume();
  outer.destroy();
  await once(inner, 'close');
  const wire = lineWire(inner);
  const onClose = vi.fn();
  wire.listen(() => {}, onClose);
  await vi.waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
  expect(() => wire.post({ t: 'stop', id: 1 })).not.toThrow();
});

test('what was posted before a local socket closes still arrives', async () => {
  const { outer, inner } = await line();
  const got: unknown[] = [];
  let closed = 0;
  lineWire(inner).listen(
    (frame) => got.push(frame),
    () => closed++,
  );
  const wire = lineWire(outer);
  for (let id = 1; id <= 50; id++) wire.post({ t: 'item', id, value: 'x'.repeat(10_000) });
  wire.close();
  await vi.waitFor(() => expect(closed).toBe(1));
  expect(got).toHaveLength(50);
});
