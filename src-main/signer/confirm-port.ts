/** The confirm window of the desktop shell: the same JSON as over HTTP, on a port whose other end only that window has. */
import * as v from 'valibot';
import { schema } from '../wire/index.ts';
import type { MainPort } from '../wire/carriers/main-port.ts';
import { MAX_BODY, type Answering } from './confirm-answer.ts';

/** Asks under way at once; the window has one poll and one press of a button. */
const MOST = 8;

/** What the desktop shell does for the signer: it opens the confirm window, and hands in the port of each that opened. */
export interface Desk {
  open(): void;
  onPort(on: (port: MainPort) => void): void;
}

const ask = v.variant('t', [
  v.strictObject({ t: v.literal('ask'), id: schema.count, path: schema.text(32), body: schema.text(MAX_BODY) }),
  v.strictObject({ t: v.literal('stop'), id: schema.count }),
]);

/**
 * Serves one window until its port closes. The port is the proof of who asks, so there is no key to enter with: `tab` is
 * written into each body here. A message that our window never sends closes the port.
 */
export function serveConfirmPort({
  port,
  tab,
  answer,
  left,
}: {
  readonly port: MainPort;
  readonly tab: string;
  readonly answer: Answering;
  /** The window is gone. */
  readonly left: () => void;
}): { close(): void } {
  const running = new Map<number, AbortController>();
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    for (const one of running.values()) one.abort();
    running.clear();
    left();
  };
  const refuse = () => {
    port.close();
    end();
  };
  port.on('close', end);
  port.on('message', ({ data }) => {
    if (over) return;
    const parsed = v.safeParse(ask, data);
    if (!parsed.success) return refuse();
    const asked = parsed.output;
    if (asked.t === 'stop') return running.get(asked.id)?.abort();
    if (running.has(asked.id) || running.size >= MOST || asked.path === '/enter') return refuse();
    const stop = new AbortController();
    running.set(asked.id, stop);
    void answer(asked.path, withTab(asked.body, tab), stop.signal).then((reply) => {
      running.delete(asked.id);
      if (over) return;
      if (!reply) return refuse();
      port.postMessage({ id: asked.id, ...reply });
    });
  });
  port.start();
  return { close: refuse };
}

/** Text that is no object stays as it is: the answer then says what is wrong with it. */
function withTab(body: string, tab: string): string {
  try {
    const input: unknown = JSON.parse(body);
    return typeof input === 'object' && input !== null && !('tab' in input) ? JSON.stringify({ ...input, tab }) : body;
  } catch {
    return body;
  }
}
