/** The browser's carrier: presents the single-use key, keeps the tab's secret for reconnects, and never gives up calmly. */
import * as devalue from 'devalue';
import { socketWire } from '../../src-main/wire/carriers/socket.ts';
import { relay, type Link } from './link.ts';

const TAB = 'daimon.tab';
/** No answer to the first frame within this time counts as a lost connection. */
const PATIENCE_MS = 10_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

export interface SocketOptions {
  /** `ws://host:port/core` */
  readonly address: string;
  /** The single-use key of the address, when this page was opened with one. */
  readonly key: string | undefined;
  /** Holds the tab's secret; it ends with the tab. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly open?: (address: string) => WebSocket;
  readonly firstWait?: number;
}

/**
 * Takes the single-use key out of `#key=…`, and out of the address bar and its history.
 *
 * A key left in the fragment would be copied with the address, and would stay in the browser's history.
 */
export function takeKey(location: Location, history: History): string | undefined {
  const key = /^#key=([\w-]+)$/.exec(location.hash)?.[1];
  if (key) history.replaceState(null, '', location.pathname + location.search);
  return key;
}

/** Connects, and connects again whenever the connection ends, until the key or the tab's secret is refused. */
export function socketLink({
  address,
  key,
  storage,
  open = (to) => new WebSocket(to),
  firstWait = FIRST_WAIT_MS,
}: SocketOptions): Link {
  const link = relay();
  let unused = key;
  let wait = firstWait;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let trying = false;

  const again = () => {
    link.turn('lost');
    clearTimeout(timer);
    timer = setTimeout(begin, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  };

  const begin = () => {
    clearTimeout(timer);
    if (trying) return;
    const tab = storage.getItem(TAB);
    if (!unused && !tab) return link.turn('refused');
    trying = true;
    const socket = open(address);
    const patience = setTimeout(() => socket.close(), PATIENCE_MS);
    const hello = unused ? { t: 'hello', key: unused } : { t: 'hello', tab };
    let welcomed = false;
    let said = false;

    socket.addEventListener('open', () => {
      said = true;
      socket.send(devalue.stringify(hello));
    });
    const first = ({ data }: MessageEvent) => {
      const next = readWelcome(data);
      if (!next) return socket.close();
      clearTimeout(patience);
      socket.removeEventListener('message', first);
      welcomed = true;
      unused = undefined;
      wait = firstWait;
      storage.setItem(TAB, next);
      link.use(socketWire(socket as unknown as Parameters<typeof socketWire>[0]));
    };
    socket.addEventListener('message', first);
    socket.addEventListener('close', ({ code }) => {
      clearTimeout(patience);
      trying = false;
      // 1008 (policy) or a code of our own in answer to the first frame: the core is there and does not want this key.
      if (said && !welcomed && (code === 1008 || code >= 4000)) {
        // A used address opened again in a tab that was let in before: the tab's own secret may still stand.
        if (unused) unused = undefined;
        else storage.removeItem(TAB);
        return begin();
      }
      again();
    });
  };

  // Someone who comes back to the tab, or whose machine wakes, should not have to wait for the timer.
  const hurry = () => {
    if (link.state === 'lost' && document.visibilityState === 'visible') begin();
  };
  document.addEventListener('visibilitychange', hurry);
  addEventListener('online', hurry);
  begin();
  return link;
}

function readWelcome(data: unknown): string | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const frame: unknown = devalue.parse(data);
    if (typeof frame !== 'object' || frame === null || !('t' in frame) || frame.t !== 'welcome') return undefined;
    return 'tab' in frame && typeof frame.tab === 'string' ? frame.tab : undefined;
  } catch {
    return undefined;
  }
}
