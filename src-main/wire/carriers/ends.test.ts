/** How the carriers of our own processes end, where a real port or child would not show it. */
import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';
import type { Frame } from '../index.ts';
import { childWire, type Channel } from './child.ts';
import { makeEnd } from './end.ts';
import { portWire, type PortLike } from './port.ts';

const frame: Frame = { t: 'stop', id: 1 };

/** Like the DOM's: `close()` tells only the other port. */
function domPort() {
  const target = new EventTarget();
  const calls: unknown[] = [];
  const port = {
    postMessage: (message: unknown) => calls.push(message),
    addEventListener: target.addEventListener.bind(target) as PortLike['addEventListener'],
    start: () => calls.push('start'),
    close: () => calls.push('close'),
  };
  const tell = (type: string, data?: unknown) => target.dispatchEvent(Object.assign(new Event(type), { data }));
  return { port, calls, tell };
}

test('a port that hears nothing of its own close ends all the same, once', () => {
  const { port, calls, tell } = domPort();
  const wire = portWire(port);
  const onFrame = vi.fn();
  const onClose = vi.fn();
  wire.listen(onFrame, onClose);
  tell('message', frame);
  expect(onFrame).toHaveBeenCalledExactlyOnceWith(frame);
  wire.post(frame);
  wire.close();
  expect(onClose).toHaveBeenCalledTimes(1);
  wire.close();
  wire.post(frame);
  tell('message', frame);
  tell('close');
  expect(calls).toEqual(['start', frame, 'close']);
  expect(onFrame).toHaveBeenCalledTimes(1);
  expect(onClose).toHaveBeenCalledTimes(1);
});

test('a port whose far side closes, or sends what cannot be read, has ended', () => {
  for (const [type, expected] of [
    ['close', ['start']],
    ['messageerror', ['start', 'close']],
  ] as const) {
    const { port, calls, tell } = domPort();
    const onClose = vi.fn();
    const wire = portWire(port);
    wire.listen(() => {}, onClose);
    tell(type);
    wire.post(frame);
    expect(onClose).toHaveBeenCalledTimes(1);
    expect(calls).toEqual(expected);
  }
});

const channel = (connected = true) => {
  const sent: unknown[] = [];
  const emitter = Object.assign(new EventEmitter(), {
    connected,
    send: (message: unknown) => sent.push(message) > 0,
    disconnect: vi.fn(() => {
      emitter.connected = false;
    }),
  });
  return { emitter, sent, wire: childWire(emitter as unknown as Channel) };
};

test('a channel that was never there, or is gone, ends its wire', async () => {
  const gone = channel(false);
  const onClose = vi.fn();
  gone.wire.listen(() => {}, onClose);
  await vi.waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
  gone.wire.post(frame);
  gone.wire.close();
  expect(gone.sent).toEqual([]);
  expect(gone.emitter.disconnect).not.toHaveBeenCalled();
});

test('a channel carries frames until either side disconnects', () => {
  const { emitter, sent, wire } = channel();
  const onFrame = vi.fn();
  const onClose = vi.fn();
  wire.listen(onFrame, onClose);
  emitter.emit('message', frame);
  wire.post(frame);
  wire.close();
  expect(onClose).toHaveBeenCalledTimes(1);
  expect(emitter.disconnect).toHaveBeenCalledTimes(1);
  emitter.emit('message', frame);
  emitter.emit('disconnect');
  wire.post(frame);
  expect(sent).toEqual([frame]);
  expect(onFrame).toHaveBeenCalledExactlyOnceWith(frame);
  expect(onClose).toHaveBeenCalledTimes(1);

  const other = channel();
  const ended = vi.fn();
  other.wire.listen(() => {}, ended);
  other.emitter.connected = false;
  other.wire.post(frame);
  other.emitter.emit('disconnect');
  expect(ended).toHaveBeenCalledTimes(1);
  expect(other.sent).toEqual([]);
});

test('an end keeps early frames in order, and drops them when it comes before its listener', async () => {
  const end = makeEnd();
  end.deliver(1);
  end.deliver(2);
  const seen: unknown[] = [];
  end.listen(
    (one) => seen.push(one),
    () => seen.push('end'),
  );
  end.deliver(3);
  end.end();
  end.end();
  end.deliver(4);
  expect(seen).toEqual([1, 2, 3, 'end']);
  expect(() => end.listen(vi.fn(), vi.fn())).toThrow('one listener');

  const late = makeEnd();
  late.deliver(1);
  late.end();
  const onFrame = vi.fn();
  const onClose = vi.fn();
  late.listen(onFrame, onClose);
  expect(onClose).not.toHaveBeenCalled();
  await Promise.resolve();
  expect(onClose).toHaveBeenCalledTimes(1);
  expect(onFrame).not.toHaveBeenCalled();
});
