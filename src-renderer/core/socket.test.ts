/** The browser's carrier against a scripted socket: key once, tab secret from then on, refusal, reconnects. */
import * as devalue from 'devalue';
import { afterEach, expect, test, vi } from 'vitest';
import { isFault } from '../../src-main/wire/index.ts';
import { socketLink, takeKey } from './socket.ts';

class FakeSocket extends EventTarget {
  readonly sent: unknown[] = [];
  closed = false;
  send(data: string) {
    this.sent.push(devalue.parse(data));
  }
  close(code = 1000) {
    if (this.closed) return;
    this.closed = true;
    this.dispatchEvent(new CloseEvent('close', { code }));
  }
  say(frame: unknown) {
    this.dispatchEvent(new MessageEvent('message', { data: devalue.stringify(frame) }));
  }
  open() {
    this.dispatchEvent(new Event('open'));
  }
}

function scripted(key: string | undefined, tab?: string) {
  const sockets: FakeSocket[] = [];
  const kept = new Map<string, string>(tab ? [['daimon.tab', tab]] : []);
  const link = socketLink({
    address: 'ws://127.0.0.1:1/core',
    key,
    storage: {
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, value) => void kept.set(name, value),
      removeItem: (name) => void kept.delete(name),
    },
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    firstWait: 1,
  });
  return { link, sockets, kept };
}
afterEach(() => void vi.useRealTimers());

test('the key is presented as the first frame, and the tab’s secret is kept', () => {
  const { link, sockets, kept } = scripted('k1');
  sockets[0]!.open();
  expect(sockets[0]!.sent).toEqual([{ t: 'hello', key: 'k1' }]);
  expect(link.state).toBe('connecting');
  sockets[0]!.say({ t: 'welcome', tab: 's1' });
  expect(link.state).toBe('open');
  expect(kept.get('daimon.tab')).toBe('s1');
});

test('verbs travel on the wire after the welcome, and fail as closed when it ends', async () => {
  const { link, sockets } = scripted('k1');
  sockets[0]!.open();
  sockets[0]!.say({ t: 'welcome', tab: 's1' });
  const asked = link.core['vault.status']({});
  expect(sockets[0]!.sent[1]).toEqual({ t: 'ask', id: 1, verb: 'vault.status', input: {} });
  sockets[0]!.close(1006);
  await expect(asked).rejects.toSatisfy((error) => isFault(error, 'closed'));
  await expect(link.core['vault.status']({})).rejects.toSatisfy((error) => isFault(error, 'closed'));
});

test('a reconnect presents the tab’s secret, which changes each time', async () => {
  const { link, sockets, kept } = scripted('k1');
  sockets[0]!.open();
  sockets[0]!.say({ t: 'welcome', tab: 's1' });
  sockets[0]!.close(1006);
  expect(link.state).toBe('lost');
  await expect.poll(() => sockets.length).toBe(2);
  sockets[1]!.open();
  expect(sockets[1]!.sent).toEqual([{ t: 'hello', tab: 's1' }]);
  sockets[1]!.say({ t: 'welcome', tab: 's2' });
  expect(link.state).toBe('open');
  expect(kept.get('daimon.tab')).toBe('s2');
});

test('a refused secret ends the tries; a network failure does not', async () => {
  const { link, sockets, kept } = scripted(undefined, 's1');
  sockets[0]!.close(1006);
  expect(link.state).toBe('lost');
  await expect.poll(() => sockets.length).toBe(2);
  sockets[1]!.open();
  sockets[1]!.close(1008);
  expect(link.state).toBe('refused');
  expect(kept.size).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(sockets).toHaveLength(2);
});

test('a used address in a tab that was let in before falls back on the tab’s secret', () => {
  const { link, sockets } = scripted('used', 's1');
  sockets[0]!.open();
  sockets[0]!.close(1008);
  sockets[1]!.open();
  expect(sockets[1]!.sent).toEqual([{ t: 'hello', tab: 's1' }]);
  sockets[1]!.say({ t: 'welcome', tab: 's2' });
  expect(link.state).toBe('open');
});

test('without key and secret nothing is tried', () => {
  const { link, sockets } = scripted(undefined);
  expect(link.state).toBe('refused');
  expect(sockets).toHaveLength(0);
});

test('anything but a welcome as the first answer ends that socket', () => {
  for (const frame of [{ t: 'ask', id: 1 }, { t: 'welcome' }, { t: 'welcome', tab: 7 }, 'welcome', null]) {
    const { link, sockets } = scripted('k1');
    sockets[0]!.open();
    sockets[0]!.say(frame);
    expect(sockets[0]!.closed).toBe(true);
    expect(link.state).not.toBe('open');
  }
});

test('the key is taken out of the address and of its history entry', () => {
  const replaced: unknown[] = [];
  const location = { hash: '#key=abc_-9', pathname: '/', search: '' } as Location;
  const history = { replaceState: (...args: unknown[]) => void replaced.push(args) } as unknown as History;
  expect(takeKey(location, history)).toBe('abc_-9');
  expect(replaced).toEqual([[null, '', '/']]);
  expect(takeKey({ ...location, hash: '#/chat/key=abc' }, history)).toBeUndefined();
  expect(replaced).toHaveLength(1);
});
