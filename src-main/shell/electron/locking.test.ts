/** Locking with the system, told or asked. */
import { afterEach, expect, test, vi } from 'vitest';
import { fakeElectron } from '../../../test/fakes/electron/index.ts';
import { lockWithSystem } from './locking.ts';

afterEach(() => void vi.useRealTimers());

test('a screen that Linux says is locked locks once, each time', () => {
  vi.useFakeTimers();
  const { electron, system } = fakeElectron();
  const lock = vi.fn();
  const end = lockWithSystem({ electron, platform: 'linux', lock });
  for (const [state, times] of [
    ['active', 0],
    ['idle', 0],
    ['unknown', 0],
    ['locked', 1],
    ['locked', 1],
    ['active', 1],
    ['locked', 2],
  ] as const) {
    system.idle = state;
    vi.advanceTimersByTime(5_000);
    expect([state, lock.mock.calls.length]).toEqual([state, times]);
  }
  end();
  system.idle = 'active';
  vi.advanceTimersByTime(60_000);
  expect(vi.getTimerCount()).toBe(0);
});

test('where the system tells, nothing is asked', () => {
  vi.useFakeTimers();
  const { electron, powerMonitor } = fakeElectron();
  const lock = vi.fn();
  lockWithSystem({ electron, platform: 'win32', lock });
  expect(vi.getTimerCount()).toBe(0);
  powerMonitor.emit('lock-screen');
  powerMonitor.emit('suspend');
  expect(lock).toHaveBeenCalledTimes(2);
});
