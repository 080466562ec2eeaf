/** A wire whose carrier has not come yet, or never comes. */
import { MessageChannel } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import type { Frame, Wire } from '../index.ts';
import { laterWire } from './later.ts';
import { portWire, type PortLike } from './port.ts';

const frame: Frame = { t: 'stop', id: 1 };
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const pair = () => {
  const { port1, port2 } = new MessageChannel();
  return [port1, port2].map((port) => portWire(port as unknown as PortLike)) as [Wire, Wire];
};

test('frames wait in their order until the carrier has come', async () => {
  const [near, far] = pair();
  const come = Promise.withResolvers<Wire>();
  const wire = laterWire(come.promise);
  const heard: unknown[] = [];
  far.listen(
    (one) => heard.push(one),
    () => {},
  );
  wire.post(frame);
  wire.post({ ...frame, id: 2 });
  come.resolve(near);
  await settle();
  wire.post({ ...frame, id: 3 });
  await settle();
  expect(heard).toEqual([frame, { ...frame, id: 2 }, { ...frame, id: 3 }]);
  far.close();
});

test('a carrier that never comes ends it, once', async () => {
  const wire = laterWire(Promise.reject(new Error('gone')));
  const onClose = vi.fn();
  wire.listen(() => {}, onClose);
  await settle();
  wire.post(frame);
  wire.close();
  expect(onClose).toHaveBeenCalledTimes(1);
});

test('closed before its carrier came, it closes the carrier when it comes', async () => {
  const [near, far] = pair();
  const come = Promise.withResolvers<Wire>();
  const wire = laterWire(come.promise);
  const onClose = vi.fn();
  const farClose = vi.fn();
  wire.listen(() => {}, onClose);
  far.listen(() => {}, farClose);
  wire.close();
  expect(onClose).toHaveBeenCalledTimes(1);
  come.resolve(near);
  await vi.waitFor(() => expect(farClose).toHaveBeenCalledTimes(1));
});
