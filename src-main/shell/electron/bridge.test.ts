/** What a preload lets through to its page, and from it. */
import { expect, test } from 'vitest';
import { FakePage } from '../../../test/fakes/electron/index.ts';

function page(kind: 'window' | 'confirm' = 'window') {
  const sent: unknown[][] = [];
  const made = new FakePage(`app://${kind === 'window' ? 'daimon' : 'confirm'}`, kind, (...all) => sent.push(all));
  return { made, sent, daimon: made.world.daimon! };
}

test('a port goes on to the page’s exact origin, and only a port that came from main', () => {
  const { made, sent, daimon } = page();
  daimon.connect();
  expect(sent).toEqual([['core-port']]);
  expect(made.posted).toEqual([]);
  const port = {};
  made.ipc.emit('core-port', { ports: [port] }, null);
  expect(made.posted).toEqual([{ data: 'core-port', origin: 'app://daimon', ports: [port] }]);
  const confirm = page('confirm');
  confirm.made.ipc.emit('core-port', { ports: [port] }, null);
  expect(confirm.made.posted).toEqual([]);
});

test('a place that came before anybody listened is told once; later ones to each listener until it leaves', () => {
  const { made, daimon } = page();
  made.ipc.emit('place', { ports: [] }, 'chat');
  made.ipc.emit('place', { ports: [] }, 'own/models');
  const first: string[] = [];
  const second: string[] = [];
  const leave = daimon.onPlace((place) => first.push(place));
  daimon.onPlace((place) => second.push(place));
  made.ipc.emit('place', { ports: [] }, 'settings');
  leave();
  made.ipc.emit('place', { ports: [] }, 'chat');
  expect([first, second]).toEqual([
    ['own/models', 'settings'],
    ['settings', 'chat'],
  ]);
});

test('a dropped file has its path, and what has none is undefined; a link is sent as text', () => {
  const { sent, daimon } = page();
  expect(daimon.pathOf({ path: '/home/a/paper.pdf' })).toBe('/home/a/paper.pdf');
  expect(daimon.pathOf({})).toBeUndefined();
  daimon.openLink({ toString: () => 'https://example.org/' } as never);
  expect(sent).toEqual([['open-link', 'https://example.org/']]);
});
