/** The one store of the window: who is here and awake, the settings, the place, and the work that goes on. */
import type { Settings } from '../../src-main/settings/door.ts';
import type { VaultStatus } from '../../src-main/vault/door.ts';
import { isFault } from '../../src-main/wire/index.ts';
import type { Core } from './doors.ts';
import type { Link, LinkState } from './link.ts';
import { home, placeHash, readPlace, type Place, type Room } from './route.ts';
import { openWork, type Work } from './work.svelte.ts';

export interface Session {
  readonly link: LinkState;
  /** Undefined until the core has answered for the first time. */
  readonly vault: VaultStatus | undefined;
  readonly settings: Settings | undefined;
  /** The daimon's name, for sentences. */
  readonly name: string;
  readonly place: Place;
  /** True from the first start until a model was chosen and said hello to. */
  readonly welcoming: boolean;
  /** False for the moment between waking and knowing what is here. */
  readonly settled: boolean;
  /** Jobs that go on, and the models that are here. */
  readonly work: Work;
  /** What the present room calls its page, such as a conversation's title; undefined: the room's own name. */
  readonly title: string | undefined;
  entitle(title: string | undefined): void;
  /** The person has been welcomed; the rooms open. */
  welcomed(): void;
  go(room: Room, within?: string): void;
  close(): void;
}

/** Follows the core for as long as the window is open; nothing personal stays after a lock. */
export function openSession({ link, window: view }: { link: Link; window: Window }): Session {
  const stop = new AbortController();
  const core: Core = link.core;
  let linkState = $state(link.state);
  let vault = $state.raw<VaultStatus>();
  let settings = $state.raw<Settings>();
  let place = $state.raw<Place>(readPlace(view.location.hash));
  let welcoming = $state(false);
  let title = $state<string>();
  let settled = $state(false);
  const work = openWork({ core, signal: stop.signal, onArrival: () => void adopt() });
  /** The first model that arrives answers, until the person chooses otherwise. */
  const adopt = async () => {
    const first = work.models.find(({ chat }) => chat);
    if (settings?.model !== null || !first) return;
    await core['settings.set']({ model: first.id }, stop.signal).catch((error: unknown) => {
      if (!isFault(error) && !stop.signal.aborted) throw error;
    });
  };

  const wake = async () => {
    const read = await work.begin();
    // Stopped half way through the welcome: the choice of a model still waits.
    if (read && !welcoming && work.models.length === 0 && settings?.model == null) welcoming = true;
    if (read) await adopt();
    settled = true;
  };
  const sleep = () => {
    work.clear();
    settled = false;
    title = undefined;
    place = home;
    view.history.replaceState(null, '', view.location.pathname + view.location.search);
  };

  const onVault = (next: VaultStatus) => {
    const before = vault?.state;
    if (next.state === 'none') welcoming = true;
    if (next.state === 'locked' && before === 'unlocked') {
      welcoming = false;
      sleep();
    }
    vault = next;
    if (next.state === 'unlocked' && before !== 'unlocked') void wake();
  };

  follow(link, stop.signal, (signal) => core['vault.watch']({}, signal), onVault);
  follow(
    link,
    stop.signal,
    (signal) => core['settings.watch']({}, signal),
    (next) => (settings = next),
  );
  const unwatch = link.watch((next) => {
    linkState = next;
    // Streams of work ended with the old wire.
    if (next === 'open' && vault?.state === 'unlocked') void work.begin();
  });
  const onHash = () => {
    const next = readPlace(view.location.hash);
    if (next.room !== place.room) title = undefined;
    place = next;
    // A place was asked for in the middle of the welcome, by what helps after a fault there.
    if (vault?.state === 'unlocked') welcoming = false;
  };
  view.addEventListener('hashchange', onHash, { signal: stop.signal });

  return {
    get link() {
      return linkState;
    },
    get vault() {
      return vault;
    },
    get settings() {
      return settings;
    },
    get name() {
      return vault?.name ?? 'daimon';
    },
    get place() {
      return place;
    },
    get welcoming() {
      return welcoming;
    },
    get settled() {
      return settled;
    },
    work,
    get title() {
      return title;
    },
    entitle(next) {
      title = next;
    },
    welcomed() {
      welcoming = false;
    },
    go(room, within) {
      view.location.hash = placeHash(room, within);
      onHash();
    },
    close() {
      unwatch();
      stop.abort();
    },
  };
}

/** Reads a stream of states for ever: begins again whenever the link is open again. */
function follow<T>(
  link: Link,
  signal: AbortSignal,
  ask: (signal: AbortSignal) => AsyncIterable<T>,
  on: (item: T) => void,
): void {
  let reading = false;
  const read = async () => {
    if (reading || link.state !== 'open') return;
    reading = true;
    try {
      for await (const item of ask(signal)) on(item);
    } catch (error) {
      // A lost wire comes back through the link; what else a state stream may fail with shows where it is asked for.
      if (!signal.aborted && !isFault(error)) throw error;
    } finally {
      reading = false;
    }
  };
  const unwatch = link.watch(() => void read());
  signal.addEventListener('abort', unwatch, { once: true });
  void read();
}
