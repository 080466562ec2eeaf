/** The one store of the window: who is here and awake, the settings, the place, and the work that goes on. */
import type { Settings } from '../../src-main/settings/door.ts';
import type { VaultStatus } from '../../src-main/vault/door.ts';
import type { Model } from '../../src-main/engine/door.ts';
import { isFault } from '../../src-main/wire/index.ts';
import { openBringing, type Bringing } from './bringing.svelte.ts';
import { openConversations, type Conversations } from './conversations.svelte.ts';
import { desktop } from './desktop.ts';
import type { Core } from './doors.ts';
import type { Link, LinkState } from './link.ts';
import { askedPlace, home, placeHash, readPlace, type Place, type Room } from './route.ts';
import { wordsOf, type Hit } from './search.svelte.ts';
import { openWork, type Work } from './work.svelte.ts';

/** A message that was searched for, and the words of it that matched. */
export interface Sought {
  readonly message: string;
  readonly words: readonly string[];
}

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
  readonly conversations: Conversations;
  /** The export that is being brought in. */
  readonly bringing: Bringing;
  /** The machine itself went on with a better model: which, and which one answered before. */
  readonly handedOver: { readonly to: Model; readonly from: Model } | undefined;
  /** What a search led to last; a new object each time, also for the same message. */
  readonly sought: Sought | undefined;
  /** The conversation that begins next is to be a temporary one. */
  readonly temporary: boolean;
  /** What the present room calls its page, such as a conversation's title; undefined: the room's own name. */
  readonly title: string | undefined;
  entitle(title: string | undefined): void;
  /** The person has been welcomed; the rooms open. */
  welcomed(): void;
  go(room: Room, within?: string): void;
  /** A new conversation; a temporary one lives in memory only. */
  begin(options?: { temporary?: boolean }): void;
  /** Shows the message of a hit, on whichever branch it stands. Never rejects with a Fault. */
  reveal(hit: Pick<Hit, 'conversation' | 'message' | 'excerpt'>): Promise<void>;
  /** Lets a model answer from now on. Rejects with the Fault of settings that cannot be kept. */
  use(model: string): Promise<void>;
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
  let sought = $state.raw<Sought>();
  let temporary = $state(false);
  /** The model that this window itself asked for last; any other change of it was the machine's. */
  let asked: string | undefined;
  let changed = $state.raw<{ readonly from: string; readonly to: string }>();
  const conversations = openConversations({ core, signal: stop.signal });
  const work = openWork({ core, signal: stop.signal, onArrival: () => void adopt() });
  const bringing = openBringing({ core, signal: stop.signal, onjob: work.follow });
  /** The first model that arrives answers, until the person chooses otherwise. */
  const adopt = async () => {
    const first = work.models.find(({ chat }) => chat);
    if (settings?.model !== null || !first) return;
    asked = first.id;
    await core['settings.set']({ model: first.id }, stop.signal).catch((error: unknown) => {
      if (!isFault(error) && !stop.signal.aborted) throw error;
    });
  };

  const wake = async () => {
    conversations.begin();
    const read = await work.begin();
    // Stopped half way through the welcome: the choice of a model still waits. The one that finds by meaning is here anyway.
    const none = work.models.every(({ purpose }) => purpose === 'embed');
    if (read && !welcoming && none && settings?.model == null) welcoming = true;
    if (read) await adopt();
    settled = true;
  };
  const sleep = () => {
    work.clear();
    conversations.clear();
    bringing.clear();
    settled = temporary = false;
    title = sought = changed = undefined;
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
    (next) => {
      const from = settings?.model;
      settings = next;
      if (from && next.model && from !== next.model)
        changed = next.model === asked ? undefined : { from, to: next.model };
    },
  );
  const handedOver = $derived.by(() => {
    const to = work.models.find(({ id }) => id === changed?.to);
    const from = work.models.find(({ id }) => id === changed?.from);
    return to && from?.warmUp && work.arrived?.id === to.id && settings?.model === to.id ? { to, from } : undefined;
  });
  const unwatch = link.watch((next) => {
    linkState = next;
    // Streams of work ended with the old wire.
    if (next !== 'open' || vault?.state !== 'unlocked') return;
    void work.begin();
    conversations.begin();
  });
  const onHash = () => {
    const next = readPlace(view.location.hash);
    if (next.room !== place.room) title = undefined;
    if (next.room !== 'chat' || next.within) temporary = false;
    place = next;
    // A place was asked for in the middle of the welcome, by what helps after a fault there.
    if (vault?.state === 'unlocked') welcoming = false;
  };
  view.addEventListener('hashchange', onHash, { signal: stop.signal });
  const go = (room: Room, within?: string) => {
    view.location.hash = placeHash(room, within);
    onHash();
  };
  // What asks from outside may open a place, and nothing else; the welcome is not left for it.
  const unasked = desktop(view)?.onPlace((wanted) => {
    const to = askedPlace(wanted);
    if (to && !welcoming) go(to.room, to.within);
  });

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
    conversations,
    bringing,
    get handedOver() {
      return handedOver;
    },
    get sought() {
      return sought;
    },
    get temporary() {
      return temporary;
    },
    get title() {
      return title;
    },
    entitle(next) {
      title = next;
    },
    welcomed() {
      welcoming = false;
    },
    go,
    begin({ temporary: wanted = false } = {}) {
      go('chat');
      temporary = wanted;
    },
    async reveal({ conversation, message, excerpt }) {
      sought = { message, words: wordsOf(excerpt) };
      try {
        await core['assistant.choose']({ conversation, message }, stop.signal);
      } catch (error) {
        // Deleted meanwhile, or a lost wire: the place itself says so.
        if (!stop.signal.aborted && !isFault(error)) throw error;
      }
      go('chat', `${conversation}-${message}`);
    },
    async use(model) {
      asked = model;
      await core['settings.set']({ model }, stop.signal);
      changed = undefined;
      work.putAside();
    },
    close() {
      unwatch();
      unasked?.();
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
