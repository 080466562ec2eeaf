/** The desktop shell's carriers in a real page: only a port of this very page is taken. */
import { afterEach, expect, test, vi } from 'vitest';
import { portWire, type PortLike } from '../../src-main/wire/carriers/port.ts';
import { serve, type Handlers } from '../../src-main/wire/index.ts';
import { settingsDoor } from '../../src-main/settings/door.ts';
import { openPortClient, portClient } from '../confirm/port.ts';
import { openAddress } from '../parts/markdown/address.ts';
import { nextPort } from './next-port.ts';
import { portLink } from './port.ts';

const made: MessagePort[] = [];
afterEach(() => {
  for (const port of made.splice(0)) port.close();
  delete (window as { daimon?: unknown }).daimon;
});
function channel(): MessageChannel {
  const both = new MessageChannel();
  made.push(both.port1, both.port2);
  return both;
}
const hand = (name: string, port: MessagePort, origin = location.origin) => window.postMessage(name, origin, [port]);
/** Electron tells a page's port of the other side's end; the web's ports have no such event (docs: MessagePorts in Electron). */
const closedFarAway = (port: MessagePort) => port.dispatchEvent(new Event('close'));
const settle = () => new Promise((resolve) => setTimeout(resolve, 50));

test('a link asks for its port, works over it, and is lost when it closes', async () => {
  const { port1, port2 } = channel();
  const settings = {
    theme: 'dark',
    idleMinutes: 5,
    cut: false,
    model: null,
    memoryBudget: 'auto',
    gpu: 'auto',
    contextSize: 'auto',
  } as const;
  const answers: Partial<Handlers<typeof settingsDoor>> = { 'settings.get': () => settings };
  const far = portWire(port2 as unknown as PortLike);
  serve({ door: settingsDoor, handlers: answers as Handlers<typeof settingsDoor>, wire: far, unexpected: () => 'x' });
  const link = portLink({ connect: () => hand('core-port', port1) });
  const near = nextPort('core-port');
  expect(link.state).toBe('connecting');
  await expect(link.core['settings.get']({})).rejects.toMatchObject({ code: 'closed' });
  await vi.waitFor(() => expect(link.state).toBe('open'));
  expect(await link.core['settings.get']({})).toEqual(settings);
  closedFarAway(await near);
  await vi.waitFor(() => expect(link.state).toBe('lost'));
});

test('a port under another name, of another window or without a port is not taken', async () => {
  const taken = vi.fn();
  void nextPort('core-port').then(taken);
  hand('confirm-port', channel().port1);
  window.postMessage('core-port', location.origin);
  const frame = document.createElement('iframe');
  document.body.append(frame);
  // From within another window, to this one.
  const event = new MessageEvent('message', {
    data: 'core-port',
    origin: location.origin,
    source: frame.contentWindow,
    ports: [channel().port1],
  });
  window.dispatchEvent(event);
  window.dispatchEvent(
    new MessageEvent('message', {
      data: 'core-port',
      origin: 'https://evil',
      source: window,
      ports: [channel().port1],
    }),
  );
  await settle();
  expect(taken).not.toHaveBeenCalled();
  frame.remove();
  hand('core-port', channel().port1);
  await vi.waitFor(() => expect(taken).toHaveBeenCalledTimes(1));
});

test('the confirm window asks over its port, hears faults, stops, and is told when the signer is gone', async () => {
  const { port1, port2 } = channel();
  const heard: { t: string; id: number; path?: string; body?: string }[] = [];
  port2.onmessage = ({ data }) => {
    heard.push(data);
    if (data.path === '/approve')
      port2.postMessage({ id: data.id, ok: false, fault: { code: 'too-soon', message: 'Read it first.' } });
    if (data.path === '/refuse') port2.postMessage({ id: data.id, ok: true, value: {} });
  };
  const near = nextPort('confirm-port');
  const client = portClient({ connect: () => hand('confirm-port', port1) });
  expect(await client.post('/refuse', { request: 'x' as never })).toEqual({});
  expect(heard[0]).toEqual({ t: 'ask', id: 1, path: '/refuse', body: '{"request":"x"}' });
  await expect(client.post('/approve', {} as never)).rejects.toMatchObject({
    code: 'too-soon',
    message: 'Read it first.',
  });
  const stop = new AbortController();
  const poll = client.post('/pending', { seen: 0 }, stop.signal);
  await vi.waitFor(() => expect(heard).toHaveLength(3));
  stop.abort();
  await expect(poll).rejects.toBe(stop.signal.reason);
  await vi.waitFor(() => expect(heard[3]).toEqual({ t: 'stop', id: 3 }));
  const last = client.post('/pending', { seen: 0 });
  await vi.waitFor(() => expect(heard).toHaveLength(5));
  closedFarAway(await near);
  await expect(last).rejects.toMatchObject({ code: 'lost' });
  await expect(client.post('/pending', { seen: 0 })).rejects.toMatchObject({ code: 'lost' });
});

test('a request that was given up before the port came is not sent', async () => {
  const { port1, port2 } = channel();
  const heard = vi.fn();
  port2.onmessage = heard;
  const stop = new AbortController();
  stop.abort();
  await expect(openPortClient(Promise.resolve(port1)).post('/pending', { seen: 0 }, stop.signal)).rejects.toBe(
    stop.signal.reason,
  );
  await settle();
  expect(heard).not.toHaveBeenCalled();
});

test('under the desktop shell a confirmed link goes to it, as https', () => {
  const openLink = vi.fn();
  Object.assign(window, { daimon: { openLink } });
  openAddress({ href: 'http://example.org/a', host: 'example.org' });
  openAddress({ href: 'https://example.org/b', host: 'example.org' });
  expect(openLink.mock.calls).toEqual([['https://example.org/a'], ['https://example.org/b']]);
});
