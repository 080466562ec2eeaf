/** kill -9 at random moments of a chat: it opens again, and no message that was acknowledged is lost. */
import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sent } from '../../src-main/assistant/door.ts';
import { password, startCore, type CoreProcess } from './core.ts';
import { daimon, filesWith, modelFile, PASSWORD, placesSince, type Daimon } from './daimon.ts';

const kills = process.env['DAIMON_LONG'] ? 200 : 6;
const began = Date.now();
const canary = `canary-${randomBytes(8).toString('hex')}`;
let one: Daimon;
beforeAll(async () => {
  one = daimon();
  const { core, kill } = await startCore(one.folder);
  await core['vault.create']({ name: 'Wren', password: password() });
  await core['engine.import']({ path: modelFile });
  await kill();
});
afterAll(() => one.remove());

/** Small generator (mulberry32), so that a failing run can be repeated. */
function random(seed: number) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Acknowledged = { conversation: string; question: string; asked: string; answer?: string };

async function chat({ core }: CoreProcess, round: number, acknowledged: Acknowledged[]) {
  for (let i = 0; ; i++) {
    const text = `${canary}: round ${round}, question ${i}. Say a few words.`;
    let mine: Acknowledged | undefined;
    for await (const item of core['assistant.send']({ text, maxTokens: 24 }) as AsyncIterable<Sent>) {
      if (item.kind === 'begun')
        acknowledged.push((mine = { conversation: item.conversation, question: item.question, asked: text }));
      if (item.kind === 'done') mine!.answer = item.text;
    }
  }
}

test(`${kills} kills of the core in the middle of a chat`, async () => {
  const next = random(20261124);
  const acknowledged: Acknowledged[] = [];
  const check = async ({ core }: CoreProcess, from: number) => {
    for (const { conversation, asked, answer } of acknowledged.slice(from)) {
      const { messages } = await core['assistant.messages']({ conversation: conversation as never });
      expect(messages[0]!.text).toBe(asked);
      expect(messages[1]!.state).toMatch(/^(done|cut-off)$/);
      if (answer !== undefined) expect(messages[1]).toMatchObject({ state: 'done', text: answer });
    }
  };
  let checked = 0;
  for (let round = 0; round < kills; round++) {
    const process_ = await startCore(one.folder);
    await process_.core['vault.unlock']({ password: password() });
    await check(process_, checked);
    checked = acknowledged.length;
    const chatting = chat(process_, round, acknowledged).catch((error: unknown) => error);
    // From the first question on, any moment of the time that two answers take; the first round sees one whole answer.
    const before = acknowledged.length;
    await expect.poll(() => acknowledged.length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(before);
    if (round === 0) await expect.poll(() => acknowledged[0]?.answer, { timeout: 60_000, interval: 5 }).toBeDefined();
    else await sleep(next() * 2500);
    await process_.kill();
    expect(await chatting).toMatchObject({ code: 'closed' });
    // What was said is nowhere in clear, also not where a kill left it.
    expect(filesWith(placesSince(began, one.folder), [canary, PASSWORD])).toEqual([]);
  }
  const last = await startCore(one.folder);
  await last.core['vault.unlock']({ password: password() });
  await check(last, 0);
  expect(acknowledged.length).toBeGreaterThan(kills / 2);
  expect(acknowledged.some(({ answer }) => answer !== undefined)).toBe(true);
  await last.kill();
}, 3_600_000);

test('kill -9 of the engine in the middle of an answer: the answer goes on', async () => {
  const process_ = await startCore(one.folder);
  await process_.core['vault.unlock']({ password: password() });
  let killed = false;
  let done: Extract<Sent, { kind: 'done' }> | undefined;
  let text = '';
  for await (const item of process_.core['assistant.send']({
    text: 'Tell me a story about a lighthouse.',
    maxTokens: 120,
    temperature: 0,
  }) as AsyncIterable<Sent>) {
    if (item.kind === 'token') text += item.text;
    if (item.kind === 'token' && text.length > 60 && !killed) {
      killed = true;
      process.kill(process_.child('engine')!, 'SIGKILL');
    }
    if (item.kind === 'done') done = item;
  }
  expect(killed).toBe(true);
  expect(done).toMatchObject({ state: 'done', text });
  expect(done!.note).toContain('started again');
  expect(text.length).toBeGreaterThan(200);
  await process_.kill();
});

test('kill -9 of the signer locks, and the password wakes it again', async () => {
  const process_ = await startCore(one.folder);
  await process_.core['vault.unlock']({ password: password() });
  process.kill(process_.child('signer')!, 'SIGKILL');
  await expect.poll(async () => (await process_.core['vault.status']({})).state, { timeout: 5000 }).toBe('locked');
  await process_.core['vault.unlock']({ password: password() });
  expect((await process_.core['assistant.conversations']({})).length).toBeGreaterThan(0);
  await process_.kill();
});

test('a broken settings file is set aside, and daimon starts', async () => {
  appendFileSync(`${one.folder}/settings.json`, '{{{ not JSON');
  const process_ = await startCore(one.folder);
  expect(await process_.core['settings.get']({})).toMatchObject({ idleMinutes: 10 });
  await process_.kill();
});
