/** The KDF port: one suite for native, WebAssembly and the tests' cheap one; the real two agree to the byte. */
import { describe, expect, test } from 'vitest';
import { cheapKdf } from './kdf.fixture.ts';
import { nativeKdf } from './kdf-native.ts';
import { wasmKdf } from './kdf-wasm.ts';
import { openKdf } from './kdf-open.ts';

const small = { memoryKiB: 256, passes: 2, lanes: 2 };
const salt = Buffer.alloc(32, 5);
const password = new TextEncoder().encode('pässword');

describe.each([
  ['native', nativeKdf],
  ['wasm', wasmKdf],
  ['cheap', cheapKdf],
] as const)('%s', (_name, kdf) => {
  test('gives 32 bytes that depend on password, salt and each cost, and keeps the password as it was', async () => {
    const key = await kdf.derive(password, salt, small);
    expect(Buffer.isBuffer(key)).toBe(true);
    expect(key).toHaveLength(32);
    expect(await kdf.derive(password, salt, small)).toEqual(key);
    expect(password).toEqual(new TextEncoder().encode('pässword'));
    const others = await Promise.all([
      kdf.derive(new TextEncoder().encode('password'), salt, small),
      kdf.derive(password, Buffer.alloc(32, 6), small),
      kdf.derive(password, salt, { ...small, memoryKiB: 264 }),
      kdf.derive(password, salt, { ...small, passes: 3 }),
      kdf.derive(password, salt, { ...small, lanes: 1 }),
    ]);
    expect(new Set([key, ...others].map((one) => one.toString('hex'))).size).toBe(6);
  });
});

test('native and WebAssembly give the same bytes', async () => {
  for (const cost of [small, { memoryKiB: 64, passes: 1, lanes: 1 }, { memoryKiB: 1024, passes: 3, lanes: 4 }])
    expect(await nativeKdf.derive(password, salt, cost)).toEqual(await wasmKdf.derive(password, salt, cost));
});

test('Argon2id as in RFC 9106 gives this for the reference parameters of the command-line tool', async () => {
  // echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 (phc-winner-argon2's test vector, version 0x13)
  const key = await nativeKdf.derive(Buffer.from('password'), Buffer.from('somesalt'), {
    memoryKiB: 65536,
    passes: 2,
    lanes: 1,
  });
  expect(key.toString('hex')).toBe('09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7');
});

test('the native implementation is taken where it loads', async () => {
  expect(await openKdf()).toBe(nativeKdf);
});
