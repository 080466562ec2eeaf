/** docs/decisions/keys.md against the code: every vector of the note, read from the note itself. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Hex } from '../wire/schema.ts';
import { addressOf, certifyDevice, signMessage } from './ethereum.ts';
import { accountPath, bip85, OWNER_LABELS, OWNER_PATH, ownerKey, recoveryKey, sealOf, withKey } from './keytree.ts';
import { entropyOf } from './mnemonic.ts';

const note = readFileSync(new URL('../../docs/decisions/keys.md', import.meta.url), 'utf8');
const rows = new Map([...note.matchAll(/^\| (.+?) +\| `(\w+)` +\|$/gm)].map(([, what, value]) => [what!, value!]));
const phrase = /never to be used: `([a-z ]+)`/.exec(note)![1]!;

test('the note states what the code does', () => {
  const entropy = entropyOf(Buffer.from(phrase));
  const account = <T>(use: (key: Uint8Array) => T) => withKey(entropy, accountPath(0), use);
  const owner = account(addressOf);
  const statement = { owner, device: `0x${'ab'.repeat(32)}` as Hex, notBefore: 1767225600, capabilities: ['all'] };
  const made = {
    entropy: entropy.toString('hex'),
    'account 0': owner,
    'account 1': withKey(entropy, accountPath(1), addressOf),
    'account 2': withKey(entropy, accountPath(2), addressOf),
    'owner secret': withKey(entropy, OWNER_PATH, bip85).toString('hex'),
    [OWNER_LABELS.x25519]: ownerKey(entropy, 'x25519').toString('hex'),
    'seal (X25519 public key)': sealOf(entropy).toString('hex'),
    [OWNER_LABELS.watermark]: ownerKey(entropy, 'watermark').toString('hex'),
    [OWNER_LABELS.c2pa]: ownerKey(entropy, 'c2pa').toString('hex'),
    'recovery key, salt of 32 zero bytes': recoveryKey(entropy, Buffer.alloc(32)).toString('hex'),
    'EIP-191 signature of `daimon` by account 0': account((key) => signMessage('daimon', key)),
    'certificate: device `0xab…ab`, notBefore 1767225600, capabilities `["all"]`': account((key) =>
      certifyDevice(statement, key),
    ),
  };
  expect(Object.fromEntries(rows)).toEqual(made);
  expect(note).toContain("m/44'/60'/0'/0/i");
  expect(note).toContain(OWNER_PATH);
  for (const label of ['daimon/vault/recovery/0', 'daimon/core/db/0', 'daimon/core/files/0'])
    expect(note).toContain(label);
});
