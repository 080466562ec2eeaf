/** The permanent tree of keys under the 24 words (docs/decisions/keys.md): the one importer of @scure/bip32. */
import { createHmac, createPrivateKey, createPublicKey, hkdfSync } from 'node:crypto';
import { HDKey } from '@scure/bip32';
import { seedOf } from './mnemonic.ts';
import { subKey, wipe } from './sealing.ts';

/** BIP-44, coin 60: the path that every EVM wallet uses, so that the words open the same accounts anywhere. */
export const accountPath = (index: number) => `m/44'/60'/0'/0/${index}`;
/** BIP-85, HEX application, 64 bytes, index 0. */
export const OWNER_PATH = "m/83696968'/128169'/64'/0'";

/** What the owner's keys are made for. Labels are permanent: another label is another key. */
export const OWNER_LABELS = {
  /** Private key of the owner's inbox, X25519 (RFC 7748); the seal is drawn from its public key. */
  x25519: 'daimon/x25519/0',
  /** Seed of watermark keys. */
  watermark: 'daimon/watermark/0',
  /** Seed of the private C2PA authority. */
  c2pa: 'daimon/c2pa/0',
} as const;
export type OwnerKey = keyof typeof OWNER_LABELS;

const RECOVERY_LABEL = 'daimon/vault/recovery/0';

/** Runs `use` with the 32-byte private key at a BIP-32 path; every key on the way is wiped. */
export function withKey<T>(entropy: Uint8Array, path: string, use: (privateKey: Uint8Array) => T): T {
  const seed = seedOf(entropy);
  const master = HDKey.fromMasterSeed(seed);
  wipe(seed);
  const child = master.derive(path);
  try {
    return use(child.privateKey!);
  } finally {
    child.wipePrivateData();
    master.wipePrivateData();
  }
}

/** BIP-85: HMAC-SHA512 of the derived private key, keyed "bip-entropy-from-k"; the HEX application keeps all 64 bytes. */
export const bip85 = (privateKey: Uint8Array): Buffer =>
  createHmac('sha512', 'bip-entropy-from-k').update(privateKey).digest();

/** One of the owner's keys, 32 bytes: HKDF-SHA256 of the BIP-85 owner secret with the key's label. */
export function ownerKey(entropy: Uint8Array, key: OwnerKey): Buffer {
  const secret = withKey(entropy, OWNER_PATH, bip85);
  const made = subKey(secret, OWNER_LABELS[key]);
  wipe(secret);
  return made;
}

/** The key of the recovery slot: from the words' entropy itself, so that opening it needs no other file. */
export function recoveryKey(entropy: Uint8Array, salt: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', entropy, salt, RECOVERY_LABEL, 32));
}

/** PKCS #8 in front of a raw 32-byte X25519 private key (RFC 8410). */
const X25519_PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** The X25519 public key (32 bytes) of a raw private key. */
export function x25519Public(privateKey: Uint8Array): Buffer {
  const der = Buffer.concat([X25519_PKCS8, privateKey]);
  const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  wipe(der);
  return Buffer.from(key.export({ format: 'jwk' }).x!, 'base64url');
}

/** The public key that the owner's seal is drawn from. */
export function sealOf(entropy: Uint8Array): Buffer {
  const secret = ownerKey(entropy, 'x25519');
  const made = x25519Public(secret);
  wipe(secret);
  return made;
}
