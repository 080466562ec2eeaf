/** The vault's verbs: create, restore, wake and lock; accounts; what is asked of the signer. */
import * as v from 'valibot';
import { call, schema, stream } from '../wire/index.ts';

export const status = v.object({
  state: v.picklist(['none', 'locked', 'unlocked']),
  /** In clear on disk, so that the lock screen can show it; Welcome says so. */
  name: v.optional(v.string()),
  /** The owner's X25519 public key; the seal is drawn from it. */
  seal: v.optional(schema.hex),
  /** Whether the 24 words were ever shown in the confirm window. */
  wordsSeen: v.optional(v.boolean()),
  /** Jobs that go on behind the lock. */
  jobs: v.number(),
});
export type VaultStatus = v.InferOutput<typeof status>;

export const name = v.pipe(
  v.string('is not text'),
  v.trim(),
  v.minLength(1, 'is empty'),
  v.maxLength(40, 'is longer than 40 characters'),
  v.regex(/^[^\p{Cc}\u202a-\u202e\u2066-\u2069]*$/u, 'has invisible control characters'),
);
/** UTF-8 bytes. Eight characters at least when it is chosen; any when it is tried. */
export const chosenPassword = v.pipe(
  schema.secret,
  v.check((bytes) => bytes.length >= 8, 'is shorter than 8 characters'),
);

/** Something waits in the confirm window. `digest` is what `--approve` repeats; `text` what the person would approve. */
export const pending = v.object({
  request: schema.id,
  digest: schema.hex,
  title: v.string(),
  text: v.string(),
  /** The 0600 file that opens the confirm window in a browser, or is read by the terminal; gone once used, or after 5 minutes. */
  open: v.optional(v.string()),
});
export type Pending = v.InferOutput<typeof pending>;

export const account = v.object({ index: v.number(), path: v.string(), address: schema.address });

export const vaultDoor = {
  'vault.status': call(
    'Whether there is a vault here, its name and seal, and whether it is awake.',
    schema.empty,
    status,
  ),
  'vault.watch': stream('The status now and whenever it changes.', schema.empty, status, (_older, newer) => newer),
  'vault.create': call(
    'Makes a new vault with new keys; the words are shown only in the confirm window.',
    v.strictObject({ name: v.optional(name, 'daimon'), password: chosenPassword }),
    status,
  ),
  'vault.restore': stream(
    'Brings the keys back from 24 words, which are asked for in the confirm window; with a vault here it sets a new password and keeps everything.',
    v.strictObject({ name: v.optional(name), password: chosenPassword }),
    v.variant('kind', [
      v.object({ kind: v.literal('pending'), pending }),
      v.object({ kind: v.literal('done'), status }),
    ]),
  ),
  'vault.unlock': call('Wakes daimon.', v.strictObject({ password: schema.secret }), status),
  'vault.lock': call(
    'Locks now; `stopAll` also ends the work that may go on behind the lock.',
    v.strictObject({ stopAll: v.optional(v.boolean(), false) }),
    status,
  ),
  'vault.password': call(
    'Changes the password.',
    v.strictObject({ old: schema.secret, password: chosenPassword }),
    status,
  ),
  'vault.accounts': call(
    'EVM accounts of this vault.',
    v.strictObject({ count: schema.limit(100, 5) }),
    v.object({ accounts: v.array(account), device: v.object({ key: schema.hex, certificate: schema.hex }) }),
  ),
  'vault.words': stream(
    'Shows the 24 words in the confirm window, and only there.',
    schema.empty,
    v.variant('kind', [v.object({ kind: v.literal('pending'), pending }), v.object({ kind: v.literal('done') })]),
  ),
  'vault.sign': stream(
    'Signs a message (EIP-191) once it was approved in the confirm window.',
    v.strictObject({
      message: schema.text(100_000),
      account: v.optional(v.pipe(schema.count, v.maxValue(99, 'is above 99')), 0),
    }),
    v.variant('kind', [
      v.object({ kind: v.literal('pending'), pending }),
      v.object({ kind: v.literal('done'), address: schema.address, signature: schema.hex, digest: schema.hex }),
    ]),
  ),
} as const;
