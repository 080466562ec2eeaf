/** The signer: holds data key and root while the vault is open, and lets every request wait for the person. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/ports.ts';
import { Fault, isFault, type Handlers } from '../wire/index.ts';
import { openConfirmWindow, type ConfirmNeeds } from './confirm.ts';
import { vaultDisk, type VaultDisk } from './disk.ts';
import type { OpenedVault, SignerStatus, signerDoor } from './door.ts';
import { addressOf, messageDigest, signMessage } from './ethereum.ts';
import { tuneCost, type Kdf } from './kdf.ts';
import { accountPath, withKey } from './keytree.ts';
import { entropyOf, wordsOf } from './mnemonic.ts';
import { openRequests, type Given } from './requests.ts';
import { wipe } from './sealing.ts';
import { restoreDraft, signDraft, wordsDraft, type Draft } from './sheets.ts';
import * as codec from './vault-codec.ts';
import { parseVault, writeVault, type VaultFile } from './vault-file.ts';

export interface SignerNeeds {
  readonly dataFolder: string;
  readonly windowFolder: string;
  readonly kdf: Kdf;
  readonly clock: Clock;
  readonly unexpected: (error: unknown) => void;
  readonly disk?: VaultDisk;
  readonly open?: ConfirmNeeds['open'];
  readonly desk?: ConfirmNeeds['desk'];
}
export interface Signer {
  readonly handlers: Handlers<typeof signerDoor>;
  /** Removes what a killed signer left in the data folder. */
  sweep(): Promise<void>;
  /** Wipes what it holds and closes the confirm window. */
  close(): Promise<void>;
}

const noVault = () =>
  new Fault('no-vault', 'There is no vault here yet. Make one with vault.create, or restore one with vault.restore.');
const onlyBackup = () =>
  new Fault(
    'vault-only-backup',
    'The file vault.json is gone, but vault.json.backup is here. Nothing was changed. Rename a copy of the backup to vault.json and wake daimon with your password, or restore with your 24 words.',
  );
const locked = () => new Fault('locked', 'daimon is asleep; nothing was done. Wake it with the password.');

export function openSigner({
  dataFolder,
  windowFolder,
  kdf,
  clock,
  unexpected,
  open,
  desk,
  disk = vaultDisk(dataFolder),
}: SignerNeeds): Signer {
  let held: codec.Opened | undefined;
  const requests = openRequests({ clock });

  /** One change at a time: two passwords changed at once must leave one of the two. */
  let last: Promise<unknown> = Promise.resolve();
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next.catch(() => {});
    return next;
  };

  const statusOf = ({ name, seal, wordsSeen }: VaultFile): SignerStatus =>
    ({ state: 'unlocked', name, seal: `0x${seal}`, wordsSeen }) as SignerStatus;
  const hold = (opened: codec.Opened): OpenedVault => {
    if (held && held !== opened) wipe(held.dataKey, held.entropy);
    held = opened;
    return { status: statusOf(opened.file), keys: { ...codec.coreKeys(opened.dataKey), cipher: opened.file.cipher } };
  };
  const awake = () => {
    if (!held) throw locked();
    return held;
  };
  const read = async () => {
    const bytes = await disk.read();
    if (!bytes) throw (await disk.readBackup()) ? onlyBackup() : noVault();
    return bytes;
  };
  const write = (file: VaultFile) => disk.write(writeVault(file), isVault);
  const withOpened = async <T>(password: Uint8Array, use: (opened: codec.Opened) => Promise<T>) => {
    const opened = await codec.openWithPassword(await read(), password, kdf);
    try {
      return await use(opened);
    } finally {
      wipe(opened.dataKey, opened.entropy);
    }
  };

  const confirm = openConfirmWindow({
    requests,
    clock,
    dataFolder,
    windowFolder,
    unexpected,
    ...(open && { open }),
    desk,
    checkPassword: (password) => alone(() => withOpened(password, async () => {})),
    words: (password) =>
      alone(() =>
        withOpened(password, async (opened) => {
          const { name, createdAt, wordsSeen } = opened.file;
          if (!wordsSeen) {
            const file = codec.withWordsSeen(opened);
            await write(file);
            if (held) held = { ...held, file };
          }
          return { words: wordsOf(opened.entropy), name, createdAt };
        }),
      ),
  });

  /** Lets a draft wait and yields twice: that it waits, and what came of it. */
  async function* ask<T>(draft: Draft, perform: (given: Given) => Promise<T>, signal: AbortSignal) {
    const { waiting, outcome } = requests.add(draft, perform, signal);
    try {
      const file = await confirm.show(waiting);
      const { id, digest, sheet, text } = waiting;
      yield { kind: 'pending' as const, pending: { request: id, digest, title: sheet.title, text, open: file } };
      yield await outcome;
    } finally {
      // Left early (the caller went away, the window is missing): it must not wait on screen.
      if (requests.has(waiting.id)) requests.refuse(waiting.id);
      await confirm.forget(waiting);
    }
  }

  /** Opens what is here with the words (the backup, where vault.json is damaged), or makes a vault around them. */
  async function restored(entropy: Buffer, name: string | undefined, password: Uint8Array): Promise<codec.Opened> {
    const [current, backup] = [await disk.read(), await disk.readBackup()];
    if (!current && !backup) {
      const cost = await tuneCost(kdf);
      const now = clock.now();
      return codec.makeVault({ name: name ?? 'daimon', entropy, password, kdf, cost, now, wordsSeen: true });
    }
    let opened: codec.Opened;
    try {
      opened = codec.openWithWords(current ?? backup!, entropy);
    } catch (error) {
      if (!isFault(error, 'vault-damaged') || !current || !backup) throw error;
      opened = codec.openWithWords(backup, entropy);
    }
    const changed = { ...opened, file: await codec.withPassword(opened, password, kdf, await tuneCost(kdf)) };
    return { ...changed, file: codec.withWordsSeen(changed) };
  }

  const handlers: Handlers<typeof signerDoor> = {
    'signer.create': ({ name, password }) =>
      alone(async () => {
        if (await disk.read())
          throw new Fault(
            'vault-exists',
            'There is a vault here already; nothing was changed. Wake it with its password, or restore it with its 24 words.',
          );
        if (await disk.readBackup()) throw onlyBackup();
        const cost = await tuneCost(kdf);
        const entropy = randomBytes(32);
        const now = clock.now();
        const opened = await codec.makeVault({ name, entropy, password, kdf, cost, now, wordsSeen: false });
        wipe(password);
        await write(opened.file);
        return hold(opened);
      }),
    'signer.unlock': ({ password }) =>
      alone(async () => {
        const opened = await codec.openWithPassword(await read(), password, kdf);
        wipe(password);
        return hold(opened);
      }),
    'signer.password': ({ old, password }) =>
      alone(async () => {
        awake();
        const opened = await codec.openWithPassword(await read(), old, kdf);
        const file = await codec.withPassword(opened, password, kdf, await tuneCost(kdf));
        wipe(old, password);
        await write(file);
        return hold({ ...opened, file }).status;
      }),
    'signer.accounts': ({ count }) => {
      const opened = awake();
      return { accounts: codec.accountsOf(opened.entropy, count), device: codec.deviceOf(opened) };
    },
    async *'signer.restore'({ name, password }, signal) {
      const here = await disk.read();
      const draft = restoreDraft({ name: here && nameOf(here) });
      const perform = ({ phrase }: Given) =>
        alone(async () => {
          const entropy = entropyOf(phrase!);
          try {
            const opened = await restored(entropy, name, password);
            await write(opened.file);
            return { kind: 'done' as const, opened: hold({ ...opened, entropy: Buffer.from(opened.entropy) }) };
          } finally {
            wipe(entropy);
          }
        });
      try {
        yield* ask(draft, perform, signal);
      } finally {
        wipe(password);
      }
    },
    async *'signer.words'(_input, signal) {
      const { seal, name } = awake().file;
      const perform = async () => ({ kind: 'done' as const, status: statusOf(awake().file) });
      yield* ask(wordsDraft({ seal, name }), perform, signal);
    },
    async *'signer.sign'({ message, account }, signal) {
      // A lone surrogate is signed as U+FFFD: what is read would not be what is signed.
      if (!message.isWellFormed())
        throw new Fault('bad-message', 'The message holds half a character and cannot be signed; nothing was done.');
      const { entropy, file } = awake();
      const address = withKey(entropy, accountPath(account), addressOf);
      const perform = async () => {
        const signature = withKey(awake().entropy, accountPath(account), (key) => signMessage(message, key));
        return { kind: 'done' as const, address, signature, digest: messageDigest(message) };
      };
      yield* ask(signDraft({ message, account, address, name: file.name }), perform, signal);
    },
  };

  return {
    handlers,
    sweep: () => confirm.sweep(),
    async close() {
      if (held) wipe(held.dataKey, held.entropy);
      held = undefined;
      await confirm.close();
    },
  };
}

/** A damaged file is never worth keeping as the backup: the one before it may be the only good one. */
const isVault = (bytes: Uint8Array): boolean => {
  try {
    parseVault(bytes);
    return true;
  } catch (error) {
    return isFault(error, 'vault-newer');
  }
};
const nameOf = (bytes: Uint8Array): string | undefined => {
  try {
    return parseVault(bytes).name;
  } catch {
    return undefined;
  }
};
