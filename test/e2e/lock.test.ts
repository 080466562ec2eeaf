/** Sleep and waking with work under way: what may go on goes on behind the lock, and is found again. */
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, startCore, type CoreProcess } from './core.ts';
import { daimon, MODEL, modelFile, type Daimon } from './daimon.ts';

let one: Daimon;
let stalled: Server;
let process_: CoreProcess;
beforeAll(async () => {
  one = daimon();
  // The system's proxy accepts connections and never says a word: a fetch lasts as long as the test wants.
  stalled = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((resolve) => stalled.once('listening', resolve));
  const proxy = `http://127.0.0.1:${(stalled.address() as AddressInfo).port}`;
  process_ = await startCore(one.folder, { HTTPS_PROXY: proxy, https_proxy: proxy, NO_PROXY: '', no_proxy: '' });
  await process_.core['vault.create']({ name: 'Wren', password: password() });
});
afterAll(async () => {
  await process_.kill();
  stalled.close();
  await one.remove();
});

const core = () => process_.core;
async function beginFetch(): Promise<string> {
  void (async () => {
    for await (const _ of core()['engine.fetch']({ id: MODEL }));
  })().catch(() => {});
  await expect.poll(async () => (await core()['jobs.list']({})).length, { timeout: 10_000 }).toBeGreaterThan(0);
  return (await core()['jobs.list']({}))[0]!.id;
}

test('a fetch goes on behind the lock, the lock screen says so, and waking finds it', async () => {
  const job = await beginFetch();
  expect(await core()['vault.lock']({})).toMatchObject({ state: 'locked', jobs: 1 });
  await expect(core()['jobs.list']({})).rejects.toMatchObject({ code: 'locked' });
  await expect(core()['assistant.conversations']({})).rejects.toMatchObject({ code: 'locked' });
  await sleep(300);
  // Locked again while the work goes on behind the lock: nothing changes.
  expect(await core()['vault.lock']({})).toMatchObject({ state: 'locked', jobs: 1 });
  await core()['vault.unlock']({ password: password() });
  expect((await core()['jobs.list']({}))[0]).toMatchObject({ id: job, state: 'running', kind: 'engine.fetch' });
  const stopping = Date.now();
  await core()['jobs.stop']({ id: job as never });
  // At once, not when pip has given up: its whole group of processes ends.
  expect(Date.now() - stopping).toBeLessThan(20_000);
});

test('"Stop everything" on the lock screen ends what went on behind it', async () => {
  const job = await beginFetch();
  expect(await core()['vault.lock']({})).toMatchObject({ jobs: 1 });
  expect(await core()['vault.lock']({ stopAll: true })).toMatchObject({ state: 'locked', jobs: 0 });
  await core()['vault.unlock']({ password: password() });
  expect((await core()['jobs.list']({})).find(({ id }) => id === job)).toMatchObject({ state: 'stopped' });
});

test('"Stop everything" ends it, and the engine and the signer go with the lock', async () => {
  await core()['engine.import']({ path: modelFile });
  await core()['engine.warm']({ id: MODEL });
  const job = await beginFetch();
  expect(process_.child('engine')).toBeDefined();
  expect(process_.child('signer')).toBeDefined();
  expect(await core()['vault.lock']({ stopAll: true })).toMatchObject({ state: 'locked', jobs: 0 });
  await expect
    .poll(() => [process_.child('engine'), process_.child('signer')], { timeout: 5000 })
    .toEqual([undefined, undefined]);
  await core()['vault.unlock']({ password: password() });
  expect((await core()['jobs.list']({})).find(({ id }) => id === job)).toMatchObject({ state: 'stopped' });
});

test('an answer that is being written is kept when the lock falls', async () => {
  let at: { conversation: string; message: string } | undefined;
  let written = '';
  await expect(
    (async () => {
      for await (const item of core()['assistant.send']({ text: 'Tell a long story.', maxTokens: 400 })) {
        if (item.kind === 'begun') at = item;
        if (item.kind !== 'token') continue;
        written += item.text;
        if (written.length > 80) void core()['vault.lock']({});
      }
    })(),
  ).rejects.toMatchObject({ code: 'locked' });
  await core()['vault.unlock']({ password: password() });
  const { messages } = await core()['assistant.messages']({ conversation: at!.conversation as never });
  expect(messages[1]).toMatchObject({ state: 'stopped' });
  expect(messages[1]!.text.length).toBeGreaterThanOrEqual(written.length);
});

// A minute is the shortest that the setting allows; the daily suite sees the same with a clock of its own (vault.test.ts).
if (process.env['DAIMON_LONG'])
  test('idle for as long as the setting says, it goes to sleep by itself', async () => {
    await core()['settings.set']({ idleMinutes: 1 });
    // Views do not count as somebody being there.
    await expect
      .poll(async () => (await core()['vault.status']({})).state, { timeout: 90_000, interval: 1000 })
      .toBe('locked');
  }, 120_000);
