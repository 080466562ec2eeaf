/** The vault file under attack: flipped bytes, wrong passwords, downgrades, unknown slots; and the slot codec's properties. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault, isFault } from '../wire/index.ts';
import { canonical, type Json } from './canonical.ts';
import { DEFAULT_COST, judgeCost, tuneCost, type Cost, type Kdf } from './kdf.ts';
import { cheapKdf } from './kdf.fixture.ts';
import { unwrapWithDerived, unwrapWithWords, wrapWithPassword, wrapWithWords } from './slots.ts';
import * as codec from './vault-codec.ts';
import { parseVault, salvageCost, writeVault, type VaultFile } from './vault-file.ts';

const runs = process.env['DAIMON_LONG'] ? 10_000 : 400;
const kdf = cheapKdf;
const bytes = (text: string) => new TextEncoder().encode(text);
const PASSWORD = bytes('correct horse battery');
const make = () =>
  codec.makeVault({
    name: 'Wren',
    entropy: Buffer.alloc(32, 9),
    password: PASSWORD,
    kdf,
    cost: DEFAULT_COST,
    now: Date.UTC(2026, 0, 1),
    wordsSeen: false,
  });
const codeOf = (error: unknown) => (error instanceof Fault ? error.code : `not a Fault: ${String(error)}`);
const open = (file: Uint8Array, password: Uint8Array = PASSWORD) => codec.openWithPassword(file, password, kdf);

/** Puts a slot that this version does not know into a vault, as a later version would (with a right MAC). */
async function withUnknownSlot(opened: codec.Opened, slot: VaultFile['slots'][number]): Promise<VaultFile> {
  const grown = { ...opened, file: { ...opened.file, slots: [...opened.file.slots, slot] } };
  return codec.withPassword(grown, PASSWORD, kdf, DEFAULT_COST);
}

describe('a vault file', () => {
  test('opens with the password and with the words, and gives the same keys', async () => {
    const made = await make();
    const file = writeVault(made.file);
    const byPassword = await open(file);
    const byWords = codec.openWithWords(file, Buffer.alloc(32, 9));
    expect(byPassword.dataKey).toEqual(made.dataKey);
    expect(byWords.dataKey).toEqual(made.dataKey);
    expect(byPassword.entropy).toEqual(Buffer.alloc(32, 9));
    expect(codec.coreKeys(made.dataKey).db).not.toEqual(codec.coreKeys(made.dataKey).files);
  });

  test(`${runs} flipped bytes: each is told as a Fault, or changes nothing at all`, async () => {
    const made = await make();
    const good = writeVault(
      await withUnknownSlot(made, { kind: 'keystore', version: 3, blob: 'AAEC', nested: { a: [1, null] } }),
    );
    const before = await open(good);
    let seed = 1;
    const next = (limit: number) => (seed = (seed * 48271) % 2147483647) % limit;
    const seen: Record<string, number> = {};
    for (let i = 0; i < runs; i++) {
      const bad = Buffer.from(good);
      const at = next(bad.length);
      bad[at] = bad[at]! ^ (1 + next(255));
      try {
        const opened = await open(bad);
        // Accepted: then it must be the very same vault (a space became a line feed).
        expect(opened.file).toEqual(before.file);
        expect(opened.dataKey).toEqual(before.dataKey);
        seen['harmless'] = (seen['harmless'] ?? 0) + 1;
      } catch (error) {
        const code = codeOf(error);
        expect(['wrong-password', 'vault-damaged', 'vault-newer', 'vault-downgrade']).toContain(code);
        seen[code] = (seen[code] ?? 0) + 1;
        // The words must not be fooled either.
        if (i % 20 === 0) {
          try {
            expect(codec.openWithWords(bad, Buffer.alloc(32, 9)).dataKey).toEqual(before.dataKey);
          } catch (other) {
            expect(isFault(other)).toBe(true);
          }
        }
      }
    }
    expect(seen['vault-damaged']).toBeGreaterThan(0);
    // A digit turned into another digit inside the slot cannot be told from another password.
    const slot = Buffer.from(good);
    const at = slot.indexOf('"wrap": "') + '"wrap": "'.length;
    slot[at] = slot[at] === 0x30 ? 0x31 : 0x30;
    await expect(open(slot)).rejects.toMatchObject({ code: 'wrong-password' });
  });

  test('says in clear neither an address nor the device key', async () => {
    const opened = await make();
    const text = writeVault(opened.file).toString('utf8').toLowerCase();
    const { key, certificate } = codec.deviceOf(opened);
    const { address } = codec.accountsOf(opened.entropy, 1)[0]!;
    const said = JSON.parse(Buffer.from(certificate.slice(2), 'hex').toString('utf8')) as {
      owner: string;
      device: string;
    };
    expect(said).toMatchObject({ owner: address, device: key });
    for (const one of [address, key]) expect(text).not.toContain(one.slice(2).toLowerCase());
  });

  test('truncated, empty, foreign and oversized files are damage, never a crash', async () => {
    const good = writeVault((await make()).file);
    const files = [
      Buffer.alloc(0),
      good.subarray(0, good.length / 2),
      Buffer.from('null'),
      Buffer.from('[]'),
      Buffer.from('{"format":1}'),
      Buffer.from(`{"__proto__":{"format":1}}`),
      Buffer.concat([good, Buffer.alloc(64 << 10, 0x20)]),
      Buffer.from([0xff, 0xfe, 0x7b]),
      Buffer.from('['.repeat(60_000)),
    ];
    for (const file of files) await expect(open(file)).rejects.toMatchObject({ code: 'vault-damaged' });
  });

  test('a later format is left alone, a lowered cost refused, a monstrous one never paid', async () => {
    const { file } = await make();
    const edit = (change: Partial<Cost>) =>
      writeVault({
        ...file,
        slots: file.slots.map((slot) => (slot.kind === 'password' ? { ...slot, ...change } : slot)),
      } as VaultFile);
    const paid: Cost[] = [];
    const counting: Kdf = {
      derive(password, salt, cost) {
        paid.push(cost);
        return kdf.derive(password, salt, cost);
      },
    };
    const openCounting = (bad: Uint8Array) => codec.openWithPassword(bad, PASSWORD, counting);
    await expect(openCounting(writeVault({ ...file, format: 2 } as never))).rejects.toMatchObject({
      code: 'vault-newer',
    });
    await expect(openCounting(edit({ memoryKiB: 1024 }))).rejects.toMatchObject({ code: 'vault-downgrade' });
    await expect(openCounting(edit({ memoryKiB: 64 << 20 }))).rejects.toMatchObject({ code: 'vault-damaged' });
    await expect(openCounting(edit({ passes: 17 }))).rejects.toMatchObject({ code: 'vault-damaged' });
    await expect(openCounting(edit({ lanes: 0 }))).rejects.toMatchObject({ code: 'vault-damaged' });
    // Above the floor but not what was sealed: bound as associated data.
    await expect(openCounting(edit({ passes: 2 }))).rejects.toMatchObject({ code: 'wrong-password' });
    // The KDF ran exactly once each time, and never with a cost out of bounds.
    expect(paid).toHaveLength(6);
    expect(paid.every((cost) => judgeCost(cost) === 'fits')).toBe(true);
  });

  test('the KDF runs once for a wrong password and once for every kind of damage, at the same cost', async () => {
    const good = writeVault(
      (
        await codec.makeVault({
          name: 'x',
          entropy: Buffer.alloc(32, 1),
          password: PASSWORD,
          kdf,
          cost: { ...DEFAULT_COST, passes: 5 },
          now: 0,
          wordsSeen: false,
        })
      ).file,
    );
    const paid: Cost[] = [];
    const counting: Kdf = {
      derive(password, salt, { memoryKiB, passes, lanes }) {
        paid.push({ memoryKiB, passes, lanes });
        return kdf.derive(password, salt, { memoryKiB, passes, lanes });
      },
    };
    const broken = Buffer.from(good.toString('utf8').replace('"cipher"', '"cypher"'));
    const noJson = Buffer.from(good.toString('utf8').replace('{', ''));
    const badMac = Buffer.from(good.toString('utf8').replace('"name": "x"', '"name": "y"'));
    await expect(codec.openWithPassword(good, bytes('wrong'), counting)).rejects.toMatchObject({
      code: 'wrong-password',
    });
    for (const bad of [broken, noJson, badMac])
      await expect(codec.openWithPassword(bad, PASSWORD, counting)).rejects.toMatchObject({ code: 'vault-damaged' });
    expect(paid).toEqual(Array.from({ length: 4 }, () => ({ ...DEFAULT_COST, passes: 5 })));
  });

  test('a password change keeps every other slot, also kinds that are unknown here, to the letter', async () => {
    const made = await make();
    const foreign = { kind: 'keystore', zeta: 1, alpha: { deep: ['ü', 2.5, null, true] } };
    const grown = await withUnknownSlot(made, foreign);
    const opened = await open(writeVault(grown));
    const changed = await codec.withPassword(opened, bytes('another password'), kdf, DEFAULT_COST);
    const text = writeVault(changed);
    expect(parseVault(text).slots.find(({ kind }) => kind === 'keystore')).toEqual(foreign);
    await expect(open(text)).rejects.toMatchObject({ code: 'wrong-password' });
    expect((await open(text, bytes('another password'))).dataKey).toEqual(made.dataKey);
    expect(codec.openWithWords(text, Buffer.alloc(32, 9)).dataKey).toEqual(made.dataKey);
  });

  test('a slot of another vault, put into this one, opens nothing; other words are told apart from damage', async () => {
    const one = await make();
    const two = await make();
    const crossed = writeVault({ ...one.file, slots: two.file.slots });
    await expect(open(crossed)).rejects.toMatchObject({ code: 'vault-damaged' });
    expect(() => codec.openWithWords(writeVault(one.file), Buffer.alloc(32, 8))).toThrow(
      expect.objectContaining({
        code: 'other-words',
        message: expect.stringMatching(/Nothing was changed\. Type the words/),
      }),
    );
  });
});

describe('the slot codec', () => {
  const header = { format: 1, seal: 'ab'.repeat(32), cipher: 'aegis-256', createdAt: 1 } as const;
  const cost = fc.record({
    memoryKiB: fc.integer({ min: 65_536, max: 4_194_304 }),
    passes: fc.integer({ min: 1, max: 16 }),
    lanes: fc.integer({ min: 1, max: 16 }),
  });
  const options = { numRuns: process.env['DAIMON_LONG'] ? 2000 : 100, seed: 7 };

  test('what a password wrapped, that password and cost unwrap, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        cost,
        async (password, other, paid) => {
          const dataKey = randomBytes(32);
          const slot = await wrapWithPassword({ header, dataKey }, password, kdf, paid);
          const derived = (with_: Uint8Array) => kdf.derive(with_, Buffer.from(slot.salt, 'hex'), slot);
          expect(unwrapWithDerived(header, slot, await derived(password))).toEqual(dataKey);
          const same = Buffer.from(password).equals(Buffer.from(other));
          expect(unwrapWithDerived(header, slot, await derived(other)) === undefined).toBe(!same);
          expect(unwrapWithDerived({ ...header, createdAt: 2 }, slot, await derived(password))).toBeUndefined();
        },
      ),
      options,
    );
  });

  test('what words wrapped, those words unwrap, and nothing else', () => {
    const entropy = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(entropy, entropy, (words, other) => {
        const dataKey = randomBytes(32);
        const slot = wrapWithWords({ header, dataKey }, words);
        expect(unwrapWithWords(header, slot, words)).toEqual(dataKey);
        const same = Buffer.from(words).equals(Buffer.from(other));
        expect(unwrapWithWords(header, slot, other) === undefined).toBe(!same);
      }),
      options,
    );
  });
});

test('the canonical text is one per value: order and spacing of the source do not matter', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonical(value as Json);
      expect(canonical(JSON.parse(JSON.stringify(value, null, 3)) as Json)).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 200, seed: 11 },
  );
  expect(canonical({ b: 1, a: { d: [2, 'é'], c: null } })).toBe('{"a":{"c":null,"d":[2,"é"]},"b":1}');
});

test('the cost is tuned upward in passes, never below the default, never above a quarter of the memory', async () => {
  const taking = (ms: number): Kdf => ({
    derive: (password, salt, cost) =>
      new Promise((resolve) => setTimeout(() => void kdf.derive(password, salt, cost).then(resolve), ms)),
  });
  const GiB = 1 << 30;
  expect(await tuneCost(taking(1200), 16 * GiB)).toEqual(DEFAULT_COST);
  expect((await tuneCost(taking(300), 16 * GiB)).passes).toBeGreaterThan(7);
  expect((await tuneCost(kdf, 16 * GiB)).passes).toBe(16);
  expect((await tuneCost(kdf, GiB / 2)).memoryKiB).toBe(128 << 10);
  expect((await tuneCost(kdf, GiB / 16)).memoryKiB).toBe(64 << 10);
});

test('the cost of an unreadable file is taken from what is left of it, within bounds', () => {
  expect(salvageCost(bytes('…"memoryKiB": 131072, "passes": 4, "lanes": 2…'))).toEqual({
    memoryKiB: 131072,
    passes: 4,
    lanes: 2,
  });
  expect(salvageCost(bytes('"memoryKiB": 1, "passes": 4, "lanes": 2'))).toEqual(DEFAULT_COST);
  expect(salvageCost(new Uint8Array(0))).toEqual(DEFAULT_COST);
});
