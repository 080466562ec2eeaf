/** The gate: what a visitor without the password gets from a core that is awake. */
import { expect, test, vi } from 'vitest';
import { topic } from './base/topic.ts';
import { coreDoor, type CoreDoor, type RoomDoor } from './doors.ts';
import { gate, newVisitor } from './gate.ts';
import type { VaultStatus } from './vault/door.ts';
import { Fault, type Handlers } from './wire/index.ts';

const never = new AbortController().signal;

function house() {
  let state: VaultStatus['state'] = 'none';
  const changes = topic<VaultStatus>((_older, newer) => newer);
  const status = (): VaultStatus => ({ state, name: 'Wren', jobs: 0 });
  const touch = vi.fn();
  const become = (next: VaultStatus['state']) => {
    state = next;
    changes.publish(status());
  };
  const open = {
    'settings.get': () => ({ theme: 'dark' }),
    'vault.lock': () => ({ ...status(), state: 'locked' }),
    'vault.watch': (_input: unknown, signal: AbortSignal) => changes.listen(signal),
    'vault.create': async () => (become('unlocked'), status()),
    'vault.unlock': async ({ password }: { password: Uint8Array }) => {
      if (Buffer.from(password).toString() !== 'right') throw new Fault('wrong-password', 'No.');
      become('unlocked');
      return status();
    },
  };
  const rooms = {
    'assistant.conversations': () => [],
    async *'assistant.send'(_input: unknown, signal: AbortSignal) {
      for (let i = 0; !signal.aborted; i++) {
        yield { kind: 'token', text: `${i}` };
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
    'jobs.list': () => [],
  };
  const entrance = gate({
    open: open as never,
    rooms: () => (state === 'unlocked' ? (rooms as unknown as Handlers<RoomDoor>) : undefined),
    status,
    touch,
  });
  const visit = () =>
    entrance.handlers(newVisitor()) as unknown as Record<
      keyof CoreDoor,
      (input: unknown, signal: AbortSignal) => unknown
    >;
  const lock = () => {
    become('locked');
    entrance.lock();
  };
  return { visit, lock, touch, become, close: entrance.close };
}
const right = { password: Buffer.from('right') };

test('there is a handler for every verb of every door', () => {
  expect(Object.keys(house().visit()).sort()).toEqual(Object.keys(coreDoor).sort());
});

test('before there is a vault, and while it sleeps, each verb says what is missing', async () => {
  const { visit, become } = house();
  const me = visit();
  expect(() => me['assistant.conversations']({}, never)).toThrow(expect.objectContaining({ code: 'no-vault' }));
  expect(me['settings.get']({}, never)).toEqual({ theme: 'dark' });
  become('locked');
  expect(me['vault.lock']({ stopAll: true }, never)).toMatchObject({ state: 'locked' });
  expect(() => me['assistant.conversations']({}, never)).toThrow(expect.objectContaining({ code: 'locked' }));
});

test('a second visitor sees a sleeping daimon until it has given the password itself', async () => {
  const { visit } = house();
  const [me, stranger] = [visit(), visit()];
  await me['vault.create']({}, never);
  expect(me['assistant.conversations']({}, never)).toEqual([]);
  expect(stranger['vault.status']({}, never)).toMatchObject({ state: 'locked' });
  expect(() => stranger['assistant.conversations']({}, never)).toThrow(expect.objectContaining({ code: 'locked' }));
  await expect(stranger['vault.unlock']({ password: Buffer.from('wrong') }, never)).rejects.toMatchObject({
    code: 'wrong-password',
  });
  expect(() => stranger['assistant.conversations']({}, never)).toThrow(expect.objectContaining({ code: 'locked' }));
  await stranger['vault.unlock'](right, never);
  expect(stranger['assistant.conversations']({}, never)).toEqual([]);
});

test('locking ends streams with the reason, and makes every proof worthless', async () => {
  const { visit, lock, become } = house();
  const me = visit();
  await me['vault.create']({}, never);
  const items: unknown[] = [];
  const reading = (async () => {
    for await (const item of me['assistant.send']({ text: 'x' }, never) as AsyncIterable<unknown>)
      if (items.push(item) === 3) lock();
  })();
  await expect(reading).rejects.toMatchObject({ code: 'locked' });
  become('unlocked');
  expect(() => me['assistant.conversations']({}, never)).toThrow(expect.objectContaining({ code: 'locked' }));
});

test('watching shows each visitor its own view', async () => {
  const { visit, lock } = house();
  const [me, other] = [visit(), visit()];
  const stop = new AbortController();
  const seen = async (who: typeof me) => {
    const states: string[] = [];
    for await (const { state } of who['vault.watch']({}, stop.signal) as AsyncIterable<VaultStatus>) states.push(state);
    return states;
  };
  const [mine, theirs] = [seen(me), seen(other)];
  const settle = () => new Promise((resolve) => setTimeout(resolve, 10));
  await settle();
  await me['vault.create']({}, never);
  await settle();
  lock();
  await settle();
  stop.abort();
  expect([...new Set(await mine)]).toEqual(['none', 'unlocked', 'locked']);
  expect([...new Set(await theirs)]).toEqual(['none', 'locked']);
});

test('views that a window keeps open by itself do not keep daimon awake', async () => {
  const { visit, touch } = house();
  const me = visit();
  await me['vault.create']({}, never);
  touch.mockClear();
  me['vault.status']({}, never);
  me['jobs.list']({}, never);
  expect(touch).not.toHaveBeenCalled();
  me['assistant.conversations']({}, never);
  expect(touch).toHaveBeenCalled();
});
