/** The vault's room in the core: sleep and waking, the idle clock, and the signer's verbs passed on. It holds no key. */
import type { Host } from '../base/host.ts';
import type { Clock, Log } from '../base/ports.ts';
import { topic } from '../base/topic.ts';
import type { OpenedVault, SignerStatus } from '../signer/door.ts';
import { Fault, type Handlers } from '../wire/index.ts';
import type { VaultStatus, vaultDoor } from './door.ts';
import { lookAt } from './look.ts';
import { asLocked, signerLink } from './signer-link.ts';

/** What the core may have: sub-keys of the data key, and the database's cipher by the store's name for it. */
export interface UnlockedKeys {
  readonly db: Uint8Array;
  readonly files: Uint8Array;
  readonly cipher: 'aegis' | 'sqlcipher';
}
const CIPHERS = { 'aegis-256': 'aegis' } as const;

export interface VaultNeeds {
  readonly host: Host;
  readonly dataFolder: string;
  readonly log: Log;
  readonly clock: Clock;
  /** Opens what the keys open. Awaited; if it throws, the vault locks again and the error passes on. Keys are wiped after. */
  onUnlocked(keys: UnlockedKeys): Promise<void> | void;
  /** Closes it again. Awaited before the signer ends. */
  onLocked(): Promise<void> | void;
  /** Work that may go on behind the lock. */
  readonly jobs?: { allowed(): number; stopAll(): Promise<void> | void };
  /** Minutes without a verb of the person's until it locks; 0 = never. */
  idleMinutes(): number;
}

export interface Vault {
  readonly handlers: Handlers<typeof vaultDoor>;
  status(): VaultStatus;
  /** The person did something: the idle clock begins anew. */
  touch(): void;
  lock(): Promise<void>;
  close(): Promise<void>;
}

const IDLE_CHECK_MS = 5000;

export function openVault({
  host,
  dataFolder,
  log,
  clock,
  onUnlocked,
  onLocked,
  jobs,
  idleMinutes,
}: VaultNeeds): Vault {
  let state = lookAt(dataFolder);
  let touched = clock.now();
  const news = topic<VaultStatus>((_older, newer) => newer);
  const status = (): VaultStatus => ({ ...state, jobs: jobs?.allowed() ?? 0 });
  const become = (next: SignerStatus) => {
    state = next;
    news.publish(status());
  };
  const asleep = (): SignerStatus => (state.state === 'none' ? state : { ...state, state: 'locked' });

  /** Waking and sleeping one after the other: two unlocks at once open the rooms once. */
  let last: Promise<unknown> = Promise.resolve();
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next.catch(() => {});
    return next;
  };

  const signer = signerLink({
    host,
    dataFolder,
    died() {
      log.info('vault.signer-died');
      if (state.state === 'unlocked') void alone(goToSleep);
    },
  });
  const awake = () => {
    if (state.state === 'none') throw new Fault('no-vault', 'There is no vault here yet. Make one with vault.create.');
    if (state.state !== 'unlocked')
      throw new Fault('locked', 'daimon is asleep; nothing was done. Wake it with the password and ask again.');
    return signer.use();
  };
  const ask = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw asLocked(error);
    }
  };

  async function goToSleep(): Promise<void> {
    const was = state.state;
    become(asleep());
    // The rooms close even when one of them fails to: the keys must go in any case.
    try {
      if (was === 'unlocked') await onLocked();
    } catch (error) {
      log.unexpected(error, 'vault.lock');
    } finally {
      await signer.end();
    }
  }

  async function wakeUp({ status: opened, keys }: OpenedVault): Promise<void> {
    touched = clock.now();
    try {
      // Already awake: the password was checked, the rooms stand.
      if (state.state !== 'unlocked')
        await onUnlocked({ db: keys.db, files: keys.files, cipher: CIPHERS[keys.cipher] });
    } catch (error) {
      become({ ...opened, state: 'locked' });
      await signer.end();
      throw error;
    } finally {
      keys.db.fill(0);
      keys.files.fill(0);
    }
    // The signer may have died while the rooms opened; then nothing is awake.
    if (!signer.running) {
      become({ ...opened, state: 'unlocked' });
      await goToSleep();
      throw asLocked(new Fault('closed', ''));
    }
    become(opened);
    log.info('vault.unlocked');
  }

  const opening = (passwords: readonly Uint8Array[], work: () => Promise<OpenedVault>): Promise<VaultStatus> =>
    alone(async () => {
      try {
        await wakeUp(await ask(work()));
        return status();
      } finally {
        for (const password of passwords) password.fill(0);
      }
    });

  const lock = () => alone(goToSleep);

  const timer = setInterval(() => {
    const minutes = idleMinutes();
    if (state.state !== 'unlocked' || minutes === 0 || clock.now() - touched < minutes * 60_000) return;
    touched = clock.now();
    log.info('vault.idle-lock');
    void lock();
  }, IDLE_CHECK_MS);
  timer.unref();

  /** Passes a stream of the signer's on; leaving it withdraws the request. */
  async function* pass<T>(items: AsyncIterable<T>): AsyncIterable<T> {
    try {
      yield* items;
    } catch (error) {
      throw asLocked(error);
    }
  }

  const handlers: Handlers<typeof vaultDoor> = {
    'vault.status': () => status(),
    async *'vault.watch'(_input, signal) {
      const changes = news.listen(signal);
      yield status();
      yield* changes;
    },
    'vault.create': ({ name, password }) =>
      opening([password], () => signer.use()['signer.create']({ name, password })),
    'vault.unlock': ({ password }) => opening([password], () => signer.use()['signer.unlock']({ password })),
    'vault.lock': async ({ stopAll }) => {
      if (stopAll) await jobs?.stopAll();
      await lock();
      return status();
    },
    'vault.password': ({ old, password }) =>
      alone(async () => {
        try {
          become(await ask(awake()['signer.password']({ old, password })));
          return status();
        } finally {
          old.fill(0);
          password.fill(0);
        }
      }),
    'vault.accounts': ({ count }, signal) => ask(awake()['signer.accounts']({ count }, signal)),
    async *'vault.restore'({ name, password }, signal) {
      try {
        const items = signer.use()['signer.restore']({ ...(name && { name }), password }, signal);
        for await (const item of pass(items)) {
          if (item.kind === 'pending') yield item;
          else {
            await alone(() => wakeUp(item.opened));
            yield { kind: 'done' as const, status: status() };
          }
        }
      } finally {
        password.fill(0);
      }
    },
    async *'vault.words'(_input, signal) {
      for await (const item of pass(awake()['signer.words']({}, signal))) {
        if (item.kind === 'pending') yield item;
        else {
          if (state.state === 'unlocked') become(item.status);
          yield { kind: 'done' as const };
        }
      }
    },
    async *'vault.sign'(input, signal) {
      yield* pass(awake()['signer.sign'](input, signal));
    },
  };

  return {
    handlers,
    status,
    touch() {
      touched = clock.now();
    },
    lock,
    async close() {
      clearInterval(timer);
      await lock();
      news.end();
    },
  };
}
