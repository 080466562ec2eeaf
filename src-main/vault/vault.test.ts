/** The vault's room with a real signer process (cheap KDF): waking, sleeping, requests, and what is on disk. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { keptLog } from '../../test/fakes/log.ts';
import { temporaryFolder, type TemporaryFolder } from '../../test/fakes/folder.ts';
import { messageDigest, messageSigner } from '../signer/ethereum.ts';
import { wordsOf } from '../signer/mnemonic.ts';
import { Fault } from '../wire/index.ts';
import { openConfirm } from './confirm-client.ts';
import type { Pending } from './door.ts';
import { testHost } from './host.fixture.ts';
import { openVault, type UnlockedKeys, type Vault, type VaultNeeds } from './vault.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const PASSWORD = 'correct horse battery';
const never = new AbortController().signal;

let folder: TemporaryFolder;
let host: ReturnType<typeof testHost>;
let vaults: Vault[] = [];
const opened: { db: string; files: string; cipher: string }[] = [];
let locks = 0;

beforeEach(() => {
  folder = temporaryFolder();
  const windowFolder = folder.file('window');
  mkdirSync(`${windowFolder}/confirm`, { recursive: true });
  mkdirSync(`${windowFolder}/assets`);
  writeFileSync(`${windowFolder}/confirm/index.html`, '<!doctype html><title>confirm</title>');
  host = testHost({ windowFolder });
  opened.length = 0;
  locks = 0;
});
afterEach(async () => {
  for (const vault of vaults) await vault.close();
  vaults = [];
  for (const child of host.children) await child.exited;
  folder[Symbol.dispose]();
});

function open(more: Partial<VaultNeeds> = {}): Vault {
  const vault = openVault({
    host,
    dataFolder: folder.file('data'),
    log: keptLog(),
    clock: { now: () => Date.now() },
    onUnlocked({ db, files, cipher }: UnlockedKeys) {
      opened.push({ db: Buffer.from(db).toString('hex'), files: Buffer.from(files).toString('hex'), cipher });
    },
    onLocked: () => void locks++,
    idleMinutes: () => 0,
    ...more,
  });
  vaults.push(vault);
  return vault;
}
const call = <K extends 'vault.create' | 'vault.unlock' | 'vault.password' | 'vault.accounts' | 'vault.lock'>(
  vault: Vault,
  verb: K,
  input: Parameters<Vault['handlers'][K]>[0],
) => vault.handlers[verb](input as never, never) as Promise<Awaited<ReturnType<Vault['handlers'][K]>>>;
const create = (vault: Vault, name = 'Wren') => call(vault, 'vault.create', { name, password: bytes(PASSWORD) });

/** Reads a request's stream to its end, answering with `answer` when it waits. */
async function through<T extends { kind: string }>(
  stream: AsyncIterable<T>,
  answer: (pending: Pending) => Promise<void>,
) {
  let answering: Promise<void> | undefined;
  for await (const item of stream) {
    if (item.kind === 'pending') {
      answering = answer((item as unknown as { pending: Pending }).pending);
      answering.catch(() => {});
    } else {
      await answering;
      return item as Extract<T, { kind: 'done' }>;
    }
  }
  throw new Error('ended without an answer');
}
const approve =
  (password = PASSWORD) =>
  async ({ open: redirectFile, digest }: Pending) => {
    const confirm = await openConfirm({ redirectFile: redirectFile! });
    await confirm.approve(digest, bytes(password));
  };

describe('waking and sleeping', () => {
  test('a new vault is awake; after locking only its password wakes it, with the same keys', async () => {
    const vault = open();
    expect(vault.status()).toEqual({ state: 'none', jobs: 0 });
    const made = await create(vault);
    expect(made).toMatchObject({ state: 'unlocked', name: 'Wren', wordsSeen: false });
    expect(made.seal).toMatch(/^0x[0-9a-f]{64}$/);
    await call(vault, 'vault.lock', { stopAll: false });
    expect(vault.status().state).toBe('locked');
    expect(locks).toBe(1);
    await host.children[0]!.exited;
    await expect(call(vault, 'vault.unlock', { password: bytes('wrong horse') })).rejects.toMatchObject({
      code: 'wrong-password',
    });
    expect(vault.status().state).toBe('locked');
    await call(vault, 'vault.unlock', { password: bytes(PASSWORD) });
    expect(opened).toHaveLength(2);
    expect(opened[1]).toEqual(opened[0]);
    expect(opened[0]!.db).not.toBe(opened[0]!.files);
    expect(opened[0]!.cipher).toBe('aegis');
  });

  test('the lock screen knows name and seal before any signer runs', async () => {
    const made = await create(open());
    const children = host.children.length;
    const later = open();
    expect(later.status()).toEqual({ ...made, state: 'locked' });
    expect(host.children).toHaveLength(children);
  });

  test('a second vault is refused, and the first stays', async () => {
    const vault = open();
    await create(vault);
    const before = readFileSync(folder.file('data/vault.json'));
    await expect(create(vault, 'Other')).rejects.toMatchObject({ code: 'vault-exists' });
    expect(readFileSync(folder.file('data/vault.json'))).toEqual(before);
  });

  test('unlocks at once open the rooms once; passwords are wiped after use', async () => {
    const vault = open();
    await create(vault);
    await vault.lock();
    const passwords = Array.from({ length: 5 }, () => bytes(PASSWORD));
    await Promise.all(passwords.map((password) => call(vault, 'vault.unlock', { password })));
    expect(opened).toHaveLength(2);
    expect(passwords.every((password) => password.every((byte) => byte === 0))).toBe(true);
  });

  test('rooms that cannot open put it back to sleep, and their Fault passes on', async () => {
    const vault = open({
      onUnlocked: () => {
        throw new Fault('db-damaged', 'damaged');
      },
    });
    await expect(create(vault)).rejects.toMatchObject({ code: 'db-damaged' });
    expect(vault.status().state).toBe('locked');
    await host.children[0]!.exited;
  });

  test('a killed signer means a locked daimon; the next unlock starts another', async () => {
    const vault = open();
    await create(vault);
    host.children[0]!.kill();
    await vi.waitFor(() => expect(vault.status().state).toBe('locked'));
    await vi.waitFor(() => expect(locks).toBe(1));
    expect(() => vault.handlers['vault.accounts']({ count: 1 }, never)).toThrow(
      expect.objectContaining({ code: 'locked' }),
    );
    await call(vault, 'vault.unlock', { password: bytes(PASSWORD) });
    expect(vault.status().state).toBe('unlocked');
  });

  test('it falls asleep when nobody did anything for the set minutes', async () => {
    let now = Date.now();
    vi.useFakeTimers({ toFake: ['setInterval'] });
    try {
      const vault = open({ clock: { now: () => now }, idleMinutes: () => 10 });
      await create(vault);
      now += 9 * 60_000;
      vi.advanceTimersByTime(5000);
      vault.touch();
      now += 9 * 60_000;
      vi.advanceTimersByTime(5000);
      expect(vault.status().state).toBe('unlocked');
      now += 60_001;
      vi.advanceTimersByTime(5000);
      await vi.waitFor(() => expect(vault.status().state).toBe('locked'));
    } finally {
      vi.useRealTimers();
    }
  });

  test('fifty wrong passwords: fifty refusals, and the right one still opens', async () => {
    const vault = open();
    await create(vault);
    await vault.lock();
    for (let i = 0; i < 50; i++)
      await expect(call(vault, 'vault.unlock', { password: bytes(`guess ${i}`) })).rejects.toMatchObject({
        code: 'wrong-password',
      });
    await expect(call(vault, 'vault.unlock', { password: bytes(PASSWORD) })).resolves.toMatchObject({
      state: 'unlocked',
    });
  });

  test('with the real KDF: made, locked and woken, and the slot says what it cost', async () => {
    host = testHost({ kdf: 'real' });
    const vault = open();
    await create(vault);
    await vault.lock();
    await call(vault, 'vault.unlock', { password: bytes(PASSWORD) });
    expect(vault.status().state).toBe('unlocked');
    const { slots } = JSON.parse(readFileSync(folder.file('data/vault.json'), 'utf8')) as {
      slots: Record<string, unknown>[];
    };
    expect(slots[0]).toMatchObject({ kind: 'password', kdf: 'argon2id', lanes: 4 });
    expect(slots[0]!['passes']).toBeGreaterThanOrEqual(3);
  });

  test('a watcher sees each change', async () => {
    const vault = open();
    const stop = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { state } of vault.handlers['vault.watch']({}, stop.signal)) seen.push(state);
    })();
    await create(vault);
    await vi.waitFor(() => expect(seen.at(-1)).toBe('unlocked'));
    await vault.lock();
    await vi.waitFor(() => expect(seen.at(-1)).toBe('locked'));
    stop.abort();
    await watching;
  });
});

describe('requests', () => {
  test('a message is signed after the password was given in the terminal', async () => {
    const vault = open();
    await create(vault);
    const message = 'I agree.\u202e';
    let shown: Pending | undefined;
    const done = await through(vault.handlers['vault.sign']({ message, account: 0 }, never), async (pending) => {
      shown = pending;
      expect(statSync(pending.open!).mode & 0o777).toBe(0o600);
      await approve()(pending);
    });
    expect(shown!.text).toContain('⟦U+202E right-to-left override⟧');
    expect(messageSigner(message, done.signature)).toBe(done.address);
    expect(done.digest).toBe(messageDigest(message));
    const { accounts } = await call(vault, 'vault.accounts', { count: 1 });
    expect(accounts[0]!.address).toBe(done.address);
    expect(readdirSync(folder.file('data'))).toEqual(['vault.json']);
  });

  test('the digest stands when the same call is repeated, and is another for another account', async () => {
    const vault = open();
    await create(vault);
    const digestOf = async (account: number) => {
      for await (const item of vault.handlers['vault.sign']({ message: 'x', account }, never))
        if (item.kind === 'pending') return item.pending.digest;
      return undefined;
    };
    const first = await digestOf(0);
    expect(await digestOf(0)).toBe(first);
    expect(await digestOf(1)).not.toBe(first);
    // Each call was left before its answer: nothing waits any more, and no way in is left on disk.
    await vi.waitFor(() => expect(readdirSync(folder.file('data'))).toEqual(['vault.json']));
  });

  test('a wrong password, another digest and a used way in sign nothing', async () => {
    const vault = open();
    await create(vault);
    const stop = new AbortController();
    const stream = vault.handlers['vault.sign']({ message: 'x', account: 0 }, stop.signal)[Symbol.asyncIterator]();
    const { value } = (await stream.next()) as { value: { pending: Pending } };
    const confirm = await openConfirm({ redirectFile: value.pending.open! });
    await expect(confirm.approve(value.pending.digest, bytes('wrong horse'))).rejects.toMatchObject({
      code: 'wrong-password',
    });
    await expect(confirm.approve(`0x${'00'.repeat(32)}`, bytes(PASSWORD))).rejects.toMatchObject({
      code: 'other-digest',
    });
    await expect(openConfirm({ redirectFile: value.pending.open! })).rejects.toMatchObject({ code: 'confirm-gone' });
    const rest = stream.next();
    rest.catch(() => {});
    await vault.lock();
    await expect(rest).rejects.toMatchObject({ code: 'locked' });
  });

  test('24 words bring the same addresses back in an empty folder', async () => {
    const vault = open();
    const entropy = Buffer.alloc(32, 7);
    const restore = (words: string) =>
      through(
        vault.handlers['vault.restore']({ name: 'Wren', password: bytes(PASSWORD) }, never),
        async ({ open: redirectFile }) => {
          const confirm = await openConfirm({ redirectFile: redirectFile! });
          // The first try has a slip in word 3; the request goes on waiting.
          const slip = words.split(' ').with(2, 'daimon').join(' ');
          await expect(confirm.giveWords(bytes(slip))).rejects.toMatchObject({
            code: 'bad-words',
            details: { word: 3 },
          });
          await confirm.giveWords(bytes(words));
        },
      );
    const words = wordsOf(entropy).join(' ');
    const done = await restore(words);
    expect(done.status).toMatchObject({ state: 'unlocked', wordsSeen: true });
    const { accounts } = await call(vault, 'vault.accounts', { count: 3 });
    expect(new Set(accounts.map(({ address }) => address)).size).toBe(3);
    const keys = opened[0];

    // With a vault here: a new password, everything kept.
    await vault.lock();
    const again = await through(
      vault.handlers['vault.restore']({ password: bytes('another password') }, never),
      async ({ open: redirectFile }) => (await openConfirm({ redirectFile: redirectFile! })).giveWords(bytes(words)),
    );
    expect(again.status.name).toBe('Wren');
    expect(opened.at(-1)).toEqual(keys);
    await vault.lock();
    await expect(call(vault, 'vault.unlock', { password: bytes(PASSWORD) })).rejects.toMatchObject({
      code: 'wrong-password',
    });
    await call(vault, 'vault.unlock', { password: bytes('another password') });
    expect((await call(vault, 'vault.accounts', { count: 3 })).accounts).toEqual(accounts);
  });

  test('without a built window nothing waits: the Fault names the command', async () => {
    host = testHost({ windowFolder: folder.file('nothing') });
    const vault = open();
    await create(vault);
    await expect(through(vault.handlers['vault.words']({}, never), async () => {})).rejects.toMatchObject({
      code: 'confirm-missing',
    });
  });

  test('no secret is in any file of the data folder, also after a password change', async () => {
    const vault = open();
    await create(vault);
    await call(vault, 'vault.password', { old: bytes(PASSWORD), password: bytes('canary-new-password') });
    const keys = opened[0]!;
    for (const name of readdirSync(folder.file('data'))) {
      const content = readFileSync(folder.file(`data/${name}`));
      expect(statSync(folder.file(`data/${name}`)).mode & 0o777).toBe(0o600);
      for (const secret of [PASSWORD, 'canary-new-password', keys.db, keys.files]) {
        expect(content.includes(secret)).toBe(false);
        expect(content.includes(Buffer.from(secret, 'hex').subarray(0, 16)) && /^[0-9a-f]{64}$/.test(secret)).toBe(
          false,
        );
      }
    }
    expect(readdirSync(folder.file('data')).sort()).toEqual(['vault.json', 'vault.json.backup']);
  });
});
