/** The dialler: the only way out of this machine, recorded, under one switch. */
import type { Handlers } from '../../wire/index.ts';
import { Fault } from '../../wire/index.ts';
import type { baseDoor } from '../door.ts';
import type { Clock, Dial, Log, Store } from '../ports.ts';
import { openFetch } from './fetch.ts';
import { cutFault, openGuard } from './guard.ts';
import { openProxy } from './proxy.ts';
import { connectionRecord } from './record.ts';
import { systemRoute } from './route.ts';
import { migrations } from './schema.ts';

export interface OpenDialOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: {
    cut(): boolean;
    setCut(on: boolean): void;
    /** Yields whenever settings change: the switch may also be turned there. */
    watch?(signal: AbortSignal): AsyncIterable<unknown>;
  };
  /** Where HTTPS_PROXY and NO_PROXY are read from; the process's environment unless told otherwise. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** For tests: certificates to trust instead of the system's. */
  readonly ca?: string | Buffer;
  /** For tests: the proxy also leads to servers on this machine. */
  readonly allowLoopback?: boolean;
}

export interface OpenDial {
  readonly dial: Dial;
  readonly handlers: Pick<Handlers<typeof baseDoor>, 'dial.record' | 'dial.cut'>;
  close(): Promise<void>;
}

/**
 * Opens the dialler.
 *
 * The byte counts are those of the socket: everything between TCP and us, so TLS, HTTP heads and bodies, and the
 * request to the system's proxy where there is one; TCP and IP heads and the resolver's own question for an address are
 * not in them. Connections of the browser that shows the window, and of set-up, do not pass here.
 */
export async function openDial(options: OpenDialOptions): Promise<OpenDial> {
  const { store, clock, log, settings, env = process.env, ca, allowLoopback } = options;
  await store.migrate('dial', migrations);
  const record = connectionRecord(store, clock, log);
  const guard = openGuard(record, systemRoute(env), () => settings.cut());
  const proxies = new Set<{ close(): Promise<void> }>();
  const closing = new AbortController();
  const obey = () => {
    if (settings.cut()) guard.cutAll(cutFault);
  };
  const watching = (async () => {
    for await (const _ of settings.watch?.(closing.signal) ?? []) obey();
  })();

  return {
    dial: {
      fetch: openFetch({ guard, ...(ca !== undefined && { ca }) }),
      async proxy(reason) {
        const proxy = await openProxy({ guard, reason, ...(allowLoopback !== undefined && { allowLoopback }) });
        proxies.add(proxy);
        return {
          url: proxy.url,
          async close() {
            proxies.delete(proxy);
            await proxy.close();
          },
        };
      },
    },
    handlers: {
      'dial.record': ({ limit, before }) => ({ cut: settings.cut(), connections: record.list(limit, before) }),
      'dial.cut'({ on }) {
        settings.setCut(on);
        obey();
        return { cut: settings.cut() };
      },
    },
    async close() {
      closing.abort();
      guard.cutAll(() => new Fault('dial-failed', 'daimon was closed before this had ended. Nothing here was lost.'));
      await Promise.all([...proxies].map((proxy) => proxy.close()));
      await watching;
      record.close();
    },
  };
}
