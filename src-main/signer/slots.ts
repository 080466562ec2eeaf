/** Key slots: each wraps the one data key under a key of its own, bound to the header and to the slot's parameters. */
import { randomBytes } from 'node:crypto';
import { canonical, type Json } from './canonical.ts';
import { derive, type Cost, type Kdf } from './kdf.ts';
import { recoveryKey } from './keytree.ts';
import { seal, subKey, unseal, wipe } from './sealing.ts';
import type { PasswordSlot, RecoverySlot, Unsigned } from './vault-file.ts';

/** The part of the header that never changes; name and wordsSeen may, and are covered by the MAC. */
export type Header = Pick<Unsigned, 'format' | 'seal' | 'cipher' | 'createdAt'>;

/** Associated data: a slot moved to another vault, or with another cost written over it, does not open. */
const bound = ({ format, seal: sealKey, cipher, createdAt }: Header, slot: { readonly [key: string]: Json }) => {
  const { nonce: _nonce, wrap: _wrap, ...parameters } = slot;
  return canonical({ header: { format, seal: sealKey, cipher, createdAt }, slot: parameters });
};

const PASSWORD_LABEL = 'daimon/vault/slot/password/0';
const bytes = (hex: string) => Buffer.from(hex, 'hex');

interface Wrapping {
  readonly header: Header;
  readonly dataKey: Uint8Array;
}

/** A password slot around the data key, with a fresh salt. */
export async function wrapWithPassword(
  { header, dataKey }: Wrapping,
  password: Uint8Array,
  kdf: Kdf,
  cost: Cost,
): Promise<PasswordSlot> {
  const salt = randomBytes(32);
  const { memoryKiB, passes, lanes } = cost;
  const parameters = {
    kind: 'password',
    kdf: 'argon2id',
    memoryKiB,
    passes,
    lanes,
    salt: salt.toString('hex'),
  } as const;
  const derived = await derive(kdf, password, salt, cost);
  const key = subKey(derived, PASSWORD_LABEL);
  const { nonce, sealed } = seal(key, dataKey, bound(header, parameters));
  wipe(derived, key);
  return { ...parameters, nonce: nonce.toString('hex'), wrap: sealed.toString('hex') };
}

/** A slot that the 24 words open. */
export function wrapWithWords({ header, dataKey }: Wrapping, entropy: Uint8Array): RecoverySlot {
  const salt = randomBytes(32);
  const parameters = { kind: 'recovery', kdf: 'hkdf-sha256', salt: salt.toString('hex') } as const;
  const key = recoveryKey(entropy, salt);
  const { nonce, sealed } = seal(key, dataKey, bound(header, parameters));
  wipe(key);
  return { ...parameters, nonce: nonce.toString('hex'), wrap: sealed.toString('hex') };
}

/** The data key behind what the KDF made of a password, or undefined. Wipes `derived`. */
export function unwrapWithDerived(header: Header, slot: PasswordSlot, derived: Buffer): Buffer | undefined {
  const key = subKey(derived, PASSWORD_LABEL);
  const dataKey = unseal(key, { nonce: bytes(slot.nonce), sealed: bytes(slot.wrap) }, bound(header, slot));
  wipe(derived, key);
  return dataKey;
}

/** The data key behind the 24 words, or undefined. */
export function unwrapWithWords(header: Header, slot: RecoverySlot, entropy: Uint8Array): Buffer | undefined {
  const key = recoveryKey(entropy, bytes(slot.salt));
  const dataKey = unseal(key, { nonce: bytes(slot.nonce), sealed: bytes(slot.wrap) }, bound(header, slot));
  wipe(key);
  return dataKey;
}
