/** How long a refusal takes tells nothing: a wrong password and a damaged file cost the same, with the real KDF. */
import { expect, test } from 'vitest';
import { nativeKdf } from './kdf-native.ts';
import type { Cost, Kdf } from './kdf.ts';
import { makeVault, openWithPassword } from './vault-codec.ts';
import { writeVault } from './vault-file.ts';

test('a wrong password and damage take the same time within five percent', async () => {
  // The cheapest cost there is: the five percent are then the fewest milliseconds.
  const cost = { memoryKiB: 64 << 10, passes: 1, lanes: 4 };
  const password = Buffer.from('correct horse');
  const { file } = await makeVault({
    name: 'x',
    entropy: Buffer.alloc(32, 3),
    password,
    kdf: nativeKdf,
    cost,
    now: 0,
    wordsSeen: false,
  });
  const good = writeVault(file);
  const text = good.toString('utf8');
  const cases = {
    wrong: [good, Buffer.from('wrong horse')],
    noJson: [Buffer.from(text.replace('{', '')), password],
    badField: [Buffer.from(text.replace('"cipher"', '"cypher"')), password],
    badMac: [Buffer.from(text.replace('"name": "x"', '"name": "y"')), password],
  } as const;
  // The KDF's own time at one cost does not depend on its input, but does on whatever else this machine does. So the two
  // parts are judged apart: the same costs were paid, and all the rest differs by less than 5 % of the KDF's least time.
  let kdfMs = 0;
  let paid: Cost[] = [];
  const timed: Kdf = {
    async derive(given, salt, { memoryKiB, passes, lanes }) {
      const began = performance.now();
      const key = await nativeKdf.derive(given, salt, { memoryKiB, passes, lanes });
      kdfMs += performance.now() - began;
      paid.push({ memoryKiB, passes, lanes });
      return key;
    },
  };
  let leastKdf = Infinity;
  const rest: Record<string, number> = {};
  for (let round = 0; round < 11; round++)
    for (const [name, [bytes, given]] of Object.entries(cases)) {
      kdfMs = 0;
      paid = [];
      const began = performance.now();
      await openWithPassword(bytes, given, timed).then(
        () => expect.unreachable(),
        () => {},
      );
      const other = performance.now() - began - kdfMs;
      expect(paid).toEqual([cost]);
      leastKdf = Math.min(leastKdf, kdfMs);
      rest[name] = Math.min(rest[name] ?? Infinity, other);
    }
  for (const name of Object.keys(cases))
    expect(Math.abs(rest[name]! - rest['wrong']!), `${name} of ${leastKdf} ms`).toBeLessThan(leastKdf * 0.05);
}, 30_000);
