/** What a confirm window's port answers, and what ends it. */
import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { FakeMessagePortMain } from '../../test/fakes/electron/processes.ts';
import type { Answering } from './confirm-answer.ts';
import { serveConfirmPort } from './confirm-port.ts';

const ports: { close(): void }[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

function serve(answer: Answering = async (path, text) => ({ ok: true, value: { path, text } })) {
  const { port1, port2 } = new MessageChannel();
  ports.push(port2);
  let left = 0;
  const replies: unknown[] = [];
  port2.on('message', (reply) => replies.push(reply));
  const served = serveConfirmPort({ port: new FakeMessagePortMain(port1), tab: 'TAB', answer, left: () => left++ });
  return { say: (message: unknown) => port2.postMessage(message), replies, served, window: port2, left: () => left };
}
const soon = <T>(look: () => T) => expect.poll(look, { timeout: 10_000 });
const settle = () => new Promise((resolve) => setTimeout(resolve, 10));

test('a body is answered with the tab of this port written into it', async () => {
  const { say, replies } = serve();
  say({ t: 'ask', id: 7, path: '/pending', body: '{"seen":0}' });
  await expect
    .poll(() => replies)
    .toEqual([{ id: 7, ok: true, value: { path: '/pending', text: '{"seen":0,"tab":"TAB"}' } }]);
});

test('a tab that the window writes itself is not replaced, and so is refused further in', async () => {
  const { say, replies } = serve(async (_path, text) => ({ ok: true, value: text }));
  say({ t: 'ask', id: 1, path: '/pending', body: '{"tab":"other"}' });
  say({ t: 'ask', id: 2, path: '/pending', body: 'no json' });
  await expect
    .poll(() => replies)
    .toEqual([
      { id: 1, ok: true, value: '{"tab":"other"}' },
      { id: 2, ok: true, value: 'no json' },
    ]);
});

test('a stop reaches the one that was asked, and the window’s end reaches all', async () => {
  const signals: AbortSignal[] = [];
  const { say, window, left } = serve((_path, _text, signal) => {
    signals.push(signal);
    return new Promise(() => {});
  });
  say({ t: 'ask', id: 1, path: '/pending', body: '{}' });
  say({ t: 'ask', id: 2, path: '/pending', body: '{}' });
  say({ t: 'stop', id: 1 });
  await soon(() => signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  window.close();
  await soon(() => signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  expect(left()).toBe(1);
});

test.each([
  ['nothing', undefined],
  ['a frame of the core’s wire', { t: 'ask', id: 1, verb: 'vault.sign', input: {} }],
  ['a body that is no text', { t: 'ask', id: 1, path: '/pending', body: {} }],
  ['a body over the limit', { t: 'ask', id: 1, path: '/pending', body: 'x'.repeat((16 << 10) + 1) }],
  ['a field too many', { t: 'ask', id: 1, path: '/pending', body: '{}', more: 1 }],
  ['the way in of a browser', { t: 'ask', id: 1, path: '/enter', body: '{}' }],
])('%s ends the port, and is not answered', async (_name, message) => {
  let asked = 0;
  const { say, replies, left } = serve(async () => (asked++, { ok: true, value: 1 }));
  say(message);
  await soon(left).toBe(1);
  say({ t: 'ask', id: 2, path: '/pending', body: '{}' });
  await settle();
  expect([asked, replies]).toEqual([0, []]);
});

test('a path that does not exist ends it too', async () => {
  const { say, left } = serve(async () => undefined);
  say({ t: 'ask', id: 1, path: '/gone', body: '{}' });
  await soon(left).toBe(1);
});

test('more than eight at once, and an id twice, end it', async () => {
  for (const ids of [
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 1],
  ]) {
    const { say, left } = serve(() => new Promise(() => {}));
    for (const id of ids) say({ t: 'ask', id, path: '/pending', body: '{}' });
    await soon(left).toBe(1);
  }
});

test('whatever is said, nothing but asks in their form is answered', async () => {
  let asked = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.jsonValue(), fc.object(), fc.uint8Array()), async (message) => {
      const { say, replies, served } = serve(async () => (asked++, { ok: true, value: 1 }));
      say(message);
      await new Promise((resolve) => setImmediate(resolve));
      expect(replies).toEqual([]);
      served.close();
    }),
    { seed: 45, numRuns: 100 },
  );
  expect(asked).toBe(0);
});
