/** vault.json, format 1: its schema with limits, parsing, and the text that goes to disk. */
import * as v from 'valibot';
import { Fault } from '../wire/fault.ts';
import { BOUNDS, DEFAULT_COST, judgeCost, type Cost } from './kdf.ts';
import type { Json } from './canonical.ts';

export const FORMAT = 1;
/** A file that daimon writes has about 2 KiB; unknown slots of later versions may add some. */
export const MAX_BYTES = 64 << 10;
const MAX_SLOTS = 16;

const hex = (bytes: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`)));
const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** 32 bytes under AES-256-GCM are 48. */
const sealed = hex(48);
const nonce = hex(12);
export const passwordSlot = v.strictObject({
  kind: v.literal('password'),
  kdf: v.literal('argon2id'),
  memoryKiB: natural,
  passes: natural,
  lanes: natural,
  salt: hex(32),
  nonce,
  wrap: sealed,
});
export type PasswordSlot = v.InferOutput<typeof passwordSlot>;
export const recoverySlot = v.strictObject({
  kind: v.literal('recovery'),
  kdf: v.literal('hkdf-sha256'),
  salt: hex(32),
  nonce,
  wrap: sealed,
});
export type RecoverySlot = v.InferOutput<typeof recoverySlot>;
/** A slot that a later version wrote; kept as it is, and under the MAC like everything else. */
export type UnknownSlot = { readonly kind: string } & { readonly [key: string]: Json };
const unknownSlot = v.custom<UnknownSlot>(
  (slot) =>
    typeof slot === 'object' &&
    slot !== null &&
    !Array.isArray(slot) &&
    Object.hasOwn(slot, 'kind') &&
    typeof (slot as UnknownSlot).kind === 'string' &&
    !['password', 'recovery'].includes((slot as UnknownSlot).kind),
);
export type Slot = PasswordSlot | RecoverySlot | UnknownSlot;

/** A seed and a certificate; longer ones may come. */
const sealedDevice = v.pipe(v.string(), v.maxLength(8192), v.regex(/^(?:[0-9a-f]{2}){48,}$/));

export const vaultFile = v.strictObject({
  format: v.literal(FORMAT),
  /** In clear, for the lock screen; so is the seal. */
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(40)),
  seal: hex(32),
  /** The cipher of daimon.db, so that a person may choose another later. */
  cipher: v.literal('aegis-256'),
  createdAt: natural,
  wordsSeen: v.boolean(),
  slots: v.pipe(v.array(v.union([passwordSlot, recoverySlot, unknownSlot])), v.maxLength(MAX_SLOTS)),
  root: v.strictObject({ nonce, sealed }),
  device: v.strictObject({ nonce, sealed: sealedDevice }),
  mac: hex(32),
});
export type VaultFile = v.InferOutput<typeof vaultFile>;
/** Everything that the MAC covers. */
export type Unsigned = Omit<VaultFile, 'mac'>;

export const damaged = (cause?: unknown) =>
  new Fault(
    'vault-damaged',
    'The file vault.json is damaged. Your conversations are untouched. The version before it lies beside it as vault.json.backup, and your 24 words open either: restore with them, or put the backup in its place.',
    { cause },
  );

export const isPassword = (slot: Slot): slot is PasswordSlot => slot.kind === 'password';
export const isRecovery = (slot: Slot): slot is RecoverySlot => slot.kind === 'recovery';

/**
 * Reads vault.json; checks everything that can be checked without a key.
 *
 * @throws Fault `vault-newer` (a later daimon wrote it), `vault-damaged`, `vault-downgrade` (a password slot cheaper than
 * daimon would ever write)
 */
export function parseVault(bytes: Uint8Array): VaultFile {
  if (bytes.length > MAX_BYTES) throw damaged();
  let raw: unknown;
  try {
    raw = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw damaged(cause);
  }
  const format = typeof raw === 'object' && raw !== null ? (raw as { format?: unknown }).format : undefined;
  if (typeof format === 'number' && Number.isSafeInteger(format) && format > FORMAT)
    throw new Fault(
      'vault-newer',
      'A newer daimon made this vault. Nothing was changed; open it with that version, or update this one.',
    );
  const parsed = v.safeParse(vaultFile, raw);
  if (!parsed.success) throw damaged();
  for (const slot of parsed.output.slots.filter(isPassword)) {
    const judged = judgeCost(slot);
    if (judged === 'below')
      throw new Fault(
        'vault-downgrade',
        `Someone lowered the work that guards this vault: ${slot.memoryKiB} KiB where ${BOUNDS.memoryKiB.min} is the least. Your password was not used with it; put vault.json.backup in its place or restore with your 24 words.`,
      );
    if (judged === 'outside') throw damaged();
  }
  return parsed.output;
}

/** The text on disk: readable, one line a field, a line feed at the end. */
export const writeVault = (file: VaultFile): Buffer => Buffer.from(`${JSON.stringify(file, null, 2)}\n`, 'utf8');

/**
 * The cost to pay for a file that cannot be read, so that damage and a wrong password take the same time: the file's own
 * where it can still be found in it, else the default.
 */
export function salvageCost(bytes: Uint8Array): Cost {
  const text = Buffer.from(bytes.subarray(0, MAX_BYTES)).toString('latin1');
  const find = (name: string) => Number(new RegExp(`"${name}"\\s*:\\s*(\\d{1,9})\\b`).exec(text)?.[1]);
  const cost = { memoryKiB: find('memoryKiB'), passes: find('passes'), lanes: find('lanes') };
  return judgeCost(cost) === 'fits' ? cost : DEFAULT_COST;
}
