/** Everything open at the moment, under the one switch: refuses when it is on, and cuts at once what is open. */
import type { Socket } from 'node:net';
import { Fault } from '../../wire/index.ts';
import type { ConnectionRecord, OpenEntry } from './record.ts';
import { bare, type Route, type Target } from './route.ts';

export interface Line {
  readonly socket: Socket;
  /** Aborts with the caller's reason, `dial-cut` when the switch is turned, `dial-failed` at close. */
  readonly signal: AbortSignal;
  /** Ends the connection and its entry. Only the first call counts. */
  end(outcome: 'done' | 'failed'): void;
}
export interface Guard {
  /**
   * Records, then connects.
   *
   * @throws Fault `dial-cut` (recorded as refused, before the name is looked up), `dial-failed`; the signal's reason
   */
  open(target: Target, shown: string, reason: string, signal?: AbortSignal): Promise<Line>;
  /** Ends everything that is open. */
  cutAll(why: () => Fault): void;
}

export const cutFault = () =>
  new Fault(
    'dial-cut',
    'Nothing was sent: every connection to the outside is cut by your switch. Allow connections under Settings, What left this machine, then try again.',
  );
export const failedFault = (host: string, cause?: unknown) => {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return new Fault(
    'dial-failed',
    `${host} could not be reached${typeof code === 'string' ? ` (${code})` : ''}. Nothing here was lost. Look at the connection, then try again.`,
    { cause },
  );
};

/** A host as the record shows it: with its port where that is not the usual one. */
export const shownHost = (url: URL): string => (url.port ? `${url.hostname}:${url.port}` : url.hostname);
export const targetOf = (url: URL): Target => ({
  host: bare(url.hostname),
  port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
});

export function openGuard(record: ConnectionRecord, route: Route, isCut: () => boolean): Guard {
  const open = new Set<AbortController>();
  return {
    async open(target, shown, reason, signal) {
      signal?.throwIfAborted();
      if (isCut()) {
        record.refused(shown, reason);
        throw cutFault();
      }
      const entry: OpenEntry = record.open(shown, reason);
      const stop = new AbortController();
      const all = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
      open.add(stop);
      let raw: Socket | undefined;
      const end = (outcome: 'done' | 'failed') => {
        open.delete(stop);
        entry.end(outcome);
        raw?.destroy();
      };
      try {
        const socket = await route.open(target, all, (made) => {
          raw = made;
          // The counts stay readable after the socket is gone.
          entry.count(() => ({ bytesOut: made.bytesWritten, bytesIn: made.bytesRead }));
        });
        socket.on('error', () => end('failed'));
        all.addEventListener('abort', () => end('failed'), { once: true });
        if (all.aborted) throw all.reason;
        return { socket, signal: all, end };
      } catch (error) {
        end('failed');
        throw all.aborted ? all.reason : failedFault(shown, error);
      }
    },
    cutAll(why) {
      for (const stop of [...open]) stop.abort(why());
    },
  };
}
