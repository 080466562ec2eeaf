/** What lets a window in: single-use keys from the address, and each tab's own secret for coming back. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/ports.ts';

const MINUTE = 60_000;
/** An address waits this long to be opened. */
const KEY_LASTS = 5 * MINUTE;
/** A tab that was closed or asleep may come back for this long. */
const TAB_LASTS = 12 * 60 * MINUTE;
/** Beyond these the oldest is forgotten; nobody opens that many. */
const MOST_KEYS = 16;
const MOST_TABS = 64;
/** Wrong presentations in a row before everything is refused for a while. */
const MOST_FAILURES = 10;
const REFUSED_FOR = 30_000;

interface Entry<S> {
  readonly hash: Buffer;
  /** Undefined while the tab is connected. */
  expires: number | undefined;
  readonly session: S;
}
/** A tab that was let in. */
export interface Admission<S> {
  /** The secret for the next time; the one before it is worthless now. */
  readonly tab: string;
  readonly session: S;
  /** The connection has ended: from now on its secret ages. */
  left(): void;
}

export interface KeysOptions<S> {
  readonly clock: Clock;
  /** What is remembered about a tab over its reconnects. */
  readonly newSession: () => S;
}

/**
 * Only hashes are kept, and compared in constant time over all of them: neither a copy of this memory nor a stopwatch
 * tells a secret. 256 random bits cannot be guessed; the limit on failures stops whoever tries from keeping us busy.
 */
export function makeKeys<S>({ clock, newSession }: KeysOptions<S>) {
  let keys: Entry<undefined>[] = [];
  let tabs: Entry<S>[] = [];
  let failures = 0;
  let refusedUntil = 0;

  const make = <T>(list: Entry<T>[], most: number, session: T, expires?: number) => {
    const secret = randomBytes(32).toString('base64url');
    const entry: Entry<T> = { hash: digest(secret), expires, session };
    // Connected tabs stay; of the others the oldest go.
    while (list.length >= most) {
      const oldest = list.findIndex((one) => one.expires !== undefined);
      list.splice(Math.max(oldest, 0), 1);
    }
    list.push(entry);
    return { secret, entry };
  };
  const isFresh = ({ expires }: Entry<unknown>) => expires === undefined || clock.now() < expires;
  const take = <T>(list: Entry<T>[], secret: string): Entry<T> | undefined => {
    const hash = digest(secret);
    let found = -1;
    for (const [i, entry] of list.entries()) if (timingSafeEqual(entry.hash, hash)) found = i;
    return found < 0 ? undefined : list.splice(found, 1)[0];
  };
  const admit = (session: S): Admission<S> => {
    failures = 0;
    const { secret, entry } = make(tabs, MOST_TABS, session);
    return { tab: secret, session, left: () => (entry.expires = clock.now() + TAB_LASTS) };
  };

  return {
    /** A new single-use key, 256 bits in base64url. */
    freshKey(): string {
      keys = keys.filter(isFresh);
      return make(keys, MOST_KEYS, undefined, clock.now() + KEY_LASTS).secret;
    },
    /** True while everything is refused because too much was wrong. */
    refusing: () => clock.now() < refusedUntil,
    /** Lets a tab in, once for each secret; undefined counts as a failure. */
    admit(hello: { readonly key?: string; readonly tab?: string } | undefined): Admission<S> | undefined {
      keys = keys.filter(isFresh);
      tabs = tabs.filter(isFresh);
      if (clock.now() >= refusedUntil) {
        if (hello?.key !== undefined && take(keys, hello.key)) return admit(newSession());
        const known = hello?.tab === undefined ? undefined : take(tabs, hello.tab);
        if (known) return admit(known.session);
      }
      if (++failures >= MOST_FAILURES) {
        failures = 0;
        refusedUntil = clock.now() + REFUSED_FOR;
      }
      return undefined;
    },
  };
}

const digest = (secret: string) => createHash('sha256').update(secret).digest();
