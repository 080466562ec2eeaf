/** What the signer answers the core on its wire, and what it draws in the confirm window. Inside the house only. */
import * as v from 'valibot';
import { account, chosenPassword, name, pending, status as vaultStatus } from '../vault/door.ts';
import { call, schema, stream } from '../wire/index.ts';

export const status = v.omit(vaultStatus, ['jobs']);
export type SignerStatus = v.InferOutput<typeof status>;

const key32 = v.custom<Uint8Array>((bytes) => bytes instanceof Uint8Array && bytes.length === 32);
/** Sub-keys of the data key, one per label of a closed list; the data key itself never crosses. */
export const coreKeys = v.object({
  db: key32,
  files: key32,
  /** The cipher of the database, as vault.json names it. */
  cipher: v.literal('aegis-256'),
});
export type CoreKeys = v.InferOutput<typeof coreKeys>;
const opened = v.object({ status, keys: coreKeys });
export type OpenedVault = v.InferOutput<typeof opened>;

const waits = v.object({ kind: v.literal('pending'), pending });

export const signerDoor = {
  'signer.create': call(
    'Makes a vault with new words and opens it.',
    v.strictObject({ name, password: chosenPassword }),
    opened,
  ),
  'signer.unlock': call('Opens the vault.', v.strictObject({ password: schema.secret }), opened),
  'signer.password': call(
    'Wraps the data key anew.',
    v.strictObject({ old: schema.secret, password: chosenPassword }),
    status,
  ),
  'signer.accounts': call(
    'EVM accounts and the certified device key.',
    v.strictObject({ count: v.pipe(schema.count, v.maxValue(100)) }),
    v.object({ accounts: v.array(account), device: v.object({ key: schema.hex, certificate: schema.hex }) }),
  ),
  'signer.restore': stream(
    'Asks for the 24 words in the confirm window, then opens the vault with a new password.',
    v.strictObject({ name: v.optional(name), password: chosenPassword }),
    v.variant('kind', [waits, v.object({ kind: v.literal('done'), opened })]),
  ),
  'signer.words': stream(
    'Shows the 24 words in the confirm window.',
    schema.empty,
    v.variant('kind', [waits, v.object({ kind: v.literal('done'), status })]),
  ),
  'signer.sign': stream(
    'Signs a message (EIP-191) once it was approved.',
    v.strictObject({ message: schema.text(100_000), account: v.pipe(schema.count, v.maxValue(99)) }),
    v.variant('kind', [
      waits,
      v.object({ kind: v.literal('done'), address: schema.address, signature: schema.hex, digest: schema.hex }),
    ]),
  ),
} as const;

/** A stretch of an untrusted message; `hidden` names a character that would not be seen. */
export interface Segment {
  readonly text: string;
  readonly hidden?: string;
}
export interface Row {
  readonly term: string;
  readonly text: string;
  readonly small?: string;
  /** 'no' draws the warning sign: it cannot be undone. */
  readonly warn?: string;
}
/** All that the confirm window draws of a request; computed here from the bytes that would be signed. */
export interface Sheet {
  readonly kind: 'sign' | 'words' | 'restore';
  readonly where: { readonly strong: string; readonly rest: string };
  readonly title: string;
  readonly lede: string;
  readonly rows: readonly Row[];
  readonly message?: readonly Segment[];
  /** What the approving button says. */
  readonly approve: string;
}

/** The confirm window's requests (JSON over POST) and answers. Secrets are base64 of their UTF-8 bytes. */
const key = v.pipe(v.string(), v.regex(/^[\w-]{43}$/));
const base64 = v.pipe(v.string(), v.maxLength(2048), v.base64());
const one = { tab: key, request: schema.id };
const exact = { ...one, digest: schema.hex };
export const confirmPosts = {
  '/enter': v.strictObject({ key }),
  '/pending': v.strictObject({ tab: key, seen: schema.count }),
  '/approve': v.strictObject({
    ...exact,
    /** From a terminal: the password instead of the two rules of the window. */
    password: v.optional(base64),
    focusedMs: v.optional(schema.count),
    sawLast: v.optional(v.boolean()),
  }),
  '/refuse': v.strictObject(one),
  '/words': v.strictObject({ ...exact, password: base64 }),
  '/restore': v.strictObject({ ...exact, phrase: base64 }),
} as const;
export type ConfirmPath = keyof typeof confirmPosts;
export type ConfirmInput<P extends ConfirmPath> = v.InferInput<(typeof confirmPosts)[P]>;

export interface Shown {
  readonly id: string;
  readonly digest: string;
  readonly sheet: Sheet;
  /** Milliseconds until it expires. */
  readonly left: number;
}
export interface ConfirmAnswers {
  /** The request that this key was made for, and its digest. */
  '/enter': { readonly tab: string; readonly request: string; readonly digest: string };
  '/pending': { readonly version: number; readonly waiting: number; readonly shown: Shown | null };
  '/approve': Record<string, never>;
  '/refuse': Record<string, never>;
  '/words': { readonly words: readonly string[]; readonly name: string; readonly createdAt: number };
  '/restore': Record<string, never>;
}
/** How long Approve stays shut after the request came to the eye: a click meant for something else must not land. */
export const SETTLE_MS = 500;
