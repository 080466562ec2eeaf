/** Makes, opens and changes a vault file: data key, slots, sealed root, certified device, and the MAC over all of it. */
import { createHmac, createPublicKey, generateKeyPairSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { Fault } from '../wire/fault.ts';
import type { Address, Hex } from '../wire/schema.ts';
import { canonical, type Json } from './canonical.ts';
import { addressOf, certifyDevice } from './ethereum.ts';
import { derive, type Cost, type Kdf } from './kdf.ts';
import { accountPath, sealOf, withKey } from './keytree.ts';
import { seal, subKey, unseal, wipe } from './sealing.ts';
import { unwrapWithDerived, unwrapWithWords, wrapWithPassword, wrapWithWords } from './slots.ts';
import * as file from './vault-file.ts';
import type { Unsigned, VaultFile } from './vault-file.ts';

/** Sub-keys of the data key. `db` and `files` go to the core, the others never leave this process. */
const LABELS = {
  root: 'daimon/vault/root/0',
  device: 'daimon/vault/device/0',
  mac: 'daimon/vault/mac/0',
  db: 'daimon/core/db/0',
  files: 'daimon/core/files/0',
} as const;
/** The closed list of what the core may have. */
export const coreKeys = (dataKey: Uint8Array) => ({
  db: subKey(dataKey, LABELS.db),
  files: subKey(dataKey, LABELS.files),
});

/** An open vault: the file as it is on disk and the two secrets that everything else comes from. Wipe both. */
export interface Opened {
  readonly file: VaultFile;
  readonly dataKey: Buffer;
  /** The 24 words' 256 bits. */
  readonly entropy: Buffer;
}

const macOf = (unsigned: Unsigned, dataKey: Uint8Array) => {
  const key = subKey(dataKey, LABELS.mac);
  const mac = createHmac('sha256', key)
    .update(canonical(unsigned as unknown as Json))
    .digest();
  wipe(key);
  return mac;
};
const withMac = (unsigned: Unsigned, dataKey: Uint8Array): VaultFile => ({
  ...unsigned,
  mac: macOf(unsigned, dataKey).toString('hex'),
});

const asHex = ({ nonce, sealed }: { nonce: Buffer; sealed: Buffer }) => ({
  nonce: nonce.toString('hex'),
  sealed: sealed.toString('hex'),
});
const asBytes = ({ nonce, sealed }: { nonce: string; sealed: string }) => ({
  nonce: Buffer.from(nonce, 'hex'),
  sealed: Buffer.from(sealed, 'hex'),
});

const SEED = 32;

/**
 * A random Ed25519 key for this device, certified by the owner's account 0 (EIP-712).
 *
 * Sealed whole, its seed and then the certificate as others read it: who owns which address is nobody's business who only
 * holds the file.
 */
function makeDevice(entropy: Uint8Array, dataKey: Uint8Array, sealKey: string, now: number): VaultFile['device'] {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  const device = `0x${Buffer.from(x!, 'base64url').toString('hex')}` as Hex;
  const certificate = withKey(entropy, accountPath(0), (account) => {
    const statement = { owner: addressOf(account), notBefore: Math.floor(now / 1000), capabilities: ['all'] };
    const signature = certifyDevice({ ...statement, device }, account);
    return canonical({ ...statement, device, signature });
  });
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  const plain = Buffer.concat([der.subarray(-SEED), Buffer.from(certificate, 'utf8')]);
  const key = subKey(dataKey, LABELS.device);
  const sealed = asHex(seal(key, plain, sealKey));
  wipe(der, plain, key);
  return sealed;
}

/** This device's public key, and its certificate: canonical JSON of statement and signature, in hex. */
export function deviceOf({ file: { device, seal: sealKey }, dataKey }: Pick<Opened, 'file' | 'dataKey'>) {
  const key = subKey(dataKey, LABELS.device);
  const plain = unseal(key, asBytes(device), sealKey);
  wipe(key);
  // Under the MAC, so it opens; a vault that does not is not this one.
  if (!plain) throw file.damaged();
  const certificate = plain.subarray(SEED);
  const { device: publicKey } = JSON.parse(certificate.toString('utf8')) as { device: Hex };
  const answer = { key: publicKey, certificate: `0x${certificate.toString('hex')}` as Hex };
  wipe(plain);
  return answer;
}

export interface NewVault {
  readonly name: string;
  /** 256 bits; wiped by whoever asked. */
  readonly entropy: Buffer;
  readonly password: Uint8Array;
  readonly kdf: Kdf;
  readonly cost: Cost;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** True where the words came from the person. */
  readonly wordsSeen: boolean;
}

/** A vault around these words with a new data key. Takes over `entropy`. */
export async function makeVault({ name, entropy, password, kdf, cost, now, wordsSeen }: NewVault): Promise<Opened> {
  const dataKey = randomBytes(32);
  const header = {
    format: file.FORMAT,
    seal: sealOf(entropy).toString('hex'),
    cipher: 'aegis-256',
    createdAt: now,
  } as const;
  const slots = [
    await wrapWithPassword({ header, dataKey }, password, kdf, cost),
    wrapWithWords({ header, dataKey }, entropy),
  ];
  const rootKey = subKey(dataKey, LABELS.root);
  const root = asHex(seal(rootKey, entropy, header.seal));
  wipe(rootKey);
  const { format, seal: sealKey, cipher, createdAt } = header;
  const unsigned = {
    format,
    name,
    seal: sealKey,
    cipher,
    createdAt,
    wordsSeen,
    slots,
    root,
    device: makeDevice(entropy, dataKey, sealKey, now),
  };
  return { file: withMac(unsigned, dataKey), dataKey, entropy };
}

/** Checks the MAC and opens the root. Takes over `dataKey`; wipes it when the file is not as it was written. */
function finish(parsed: VaultFile, dataKey: Buffer): Opened {
  const { mac, ...unsigned } = parsed;
  const holds = timingSafeEqual(macOf(unsigned, dataKey), Buffer.from(mac, 'hex'));
  const rootKey = subKey(dataKey, LABELS.root);
  const entropy = holds ? unseal(rootKey, asBytes(parsed.root), parsed.seal) : undefined;
  wipe(rootKey);
  if (!entropy) {
    wipe(dataKey);
    throw file.damaged();
  }
  return { file: parsed, dataKey, entropy };
}

const wrongPassword = () =>
  new Fault(
    'wrong-password',
    'That is not the password. Nothing was changed; try again, or restore with your 24 words.',
  );

/**
 * Opens a vault file with a password.
 *
 * The KDF runs exactly once for every slot there is, and once where there is none or the file cannot be read: how long the
 * answer takes tells nobody which of the two it was.
 *
 * @throws Fault `wrong-password`, `vault-damaged`, `vault-newer`, `vault-downgrade`
 */
export async function openWithPassword(bytes: Uint8Array, password: Uint8Array, kdf: Kdf): Promise<Opened> {
  let parsed: VaultFile | undefined;
  let fault: unknown;
  try {
    parsed = file.parseVault(bytes);
    if (!parsed.slots.some(file.isPassword)) fault = file.damaged();
  } catch (error) {
    fault = error;
  }
  if (!parsed || fault) {
    wipe(await derive(kdf, password, randomBytes(32), file.salvageCost(bytes)));
    throw fault;
  }
  for (const slot of parsed.slots.filter(file.isPassword)) {
    const derived = await derive(kdf, password, Buffer.from(slot.salt, 'hex'), slot);
    const dataKey = unwrapWithDerived(parsed, slot, derived);
    if (dataKey) return finish(parsed, dataKey);
  }
  throw wrongPassword();
}

/**
 * Opens a vault file with the entropy of the 24 words.
 *
 * @throws Fault `other-words` (the words of another vault), `vault-damaged`, `vault-newer`, `vault-downgrade`
 */
export function openWithWords(bytes: Uint8Array, entropy: Uint8Array): Opened {
  const parsed = file.parseVault(bytes);
  for (const slot of parsed.slots.filter(file.isRecovery)) {
    const dataKey = unwrapWithWords(parsed, slot, entropy);
    if (dataKey) return finish(parsed, dataKey);
  }
  if (sealOf(entropy).toString('hex') === parsed.seal) throw file.damaged();
  throw new Fault(
    'other-words',
    'These 24 words are valid, but they belong to another vault than the one here. Nothing was changed. Type the words that were written down for this one, or open it with its password.',
  );
}

/** The same vault with one password slot for the new password. Every other slot stays, also kinds unknown to this version. */
export async function withPassword(opened: Opened, password: Uint8Array, kdf: Kdf, cost: Cost): Promise<VaultFile> {
  const { mac: _mac, ...unsigned } = opened.file;
  const slot = await wrapWithPassword({ header: unsigned, dataKey: opened.dataKey }, password, kdf, cost);
  const others = unsigned.slots.filter((other) => !file.isPassword(other));
  return withMac({ ...unsigned, slots: [slot, ...others] }, opened.dataKey);
}

/** The same vault, remembering that its words were shown. */
export function withWordsSeen({ file: { mac: _mac, ...unsigned }, dataKey }: Opened): VaultFile {
  return withMac({ ...unsigned, wordsSeen: true }, dataKey);
}

/** EVM accounts 0 … count-1. Derived one by one; no private key is kept. */
export const accountsOf = (entropy: Uint8Array, count: number) =>
  Array.from({ length: count }, (_, index) => {
    const path = accountPath(index);
    return { index, path, address: withKey(entropy, path, (key): Address => addressOf(key)) };
  });
