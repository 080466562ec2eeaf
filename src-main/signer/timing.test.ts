/** How long a refusal takes tells nothing: a wrong password and a damaged file cost the same, with the real KDF. */
import { expect, test } from 'vitest';
import { nativeKdf } from './kdf-native.ts';
import { makeVault, openWithPassword } from './vault-codec.ts';
import { writeVault } from './vault-file.ts';

test('a wrong password and damage take the same time within five percent', async () => {
  // 64 MiB, the floor, with more passes: long against the rest of the work, short enough to be repeated.
  const cost = { memoryKiB: 64 << 10, passes: 2, lanes: 1 };
  const password = Buffer.from('correct horse');
  const { file } = await makeVault({
    name: 'x',
    entropy: Buffer.alloc(32, 3),
    password,
    kdf: nativeKdf,
    cost,
    now: 0,
    wordsSeen: true,
  });
  const good = writeVault(file);
  const text = good.toString('utf8');
  const cases = {
    wrong: [good, Buffer.from('wrong horse')],
    noJson: [Buffer.from(text.replace('{', '')), password],
    badField: [Buffer.from(text.replace('"cipher"', '"cypher"')), password],
    badMac: [Buffer.from(text.replace('"name": "x"', '"name": "y"')), password],
  } as const;
  const took: Record<string, number[]> = {};
  // Processor time of the whole process, interleaved, minima: other programs on this machine must not decide.
  const spent = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  for (let round = 0; round < 9; round++)
    for (const [name, [bytes, given]] of Object.entries(cases)) {
      const began = spent();
      await expect(openWithPassword(bytes, given, nativeKdf)).rejects.toThrow();
      (took[name] ??= []).push(spent() - began);
    }
  const least = Object.fromEntries(Object.entries(took).map(([name, times]) => [name, Math.min(...times)]));
  const apart = Object.entries(least).map(([name, ms]) => [name, Math.abs(ms / least['wrong']! - 1)] as const);
  expect(apart.filter(([, ratio]) => ratio > 0.05)).toEqual([]);
}, 30_000);
