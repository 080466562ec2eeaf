/** The confirm window's one connection under the desktop shell: the same JSON, on a port whose far end is in the signer. */
import { Fault } from '../../src-main/wire/fault.ts';
import { nextPort } from '../core/next-port.ts';
import type { ConfirmClient } from './client.ts';

/** What the confirm window's preload gives; undefined in a browser. */
export interface ConfirmDesktop {
  connect(): void;
}
export const confirmDesktop = (view: Window = window): ConfirmDesktop | undefined =>
  (view as { daimonConfirm?: ConfirmDesktop }).daimonConfirm;

type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly fault: Pick<Fault, 'code' | 'message' | 'details'> };

const lost = () => new Fault('lost', 'The signer does not answer.');

/** @param opening the port; it proves this window, so that there is no key and no tab's secret */
export function openPortClient(opening: Promise<MessagePort>): ConfirmClient {
  const waiting = new Map<number, (reply: Reply | undefined) => void>();
  let next = 1;
  let closed = false;
  const opened = opening.then((port) => {
    port.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
      waiting.get(data.id)?.(data);
      waiting.delete(data.id);
    });
    port.addEventListener('close', () => {
      closed = true;
      for (const on of waiting.values()) on(undefined);
      waiting.clear();
    });
    port.start();
    return port;
  });
  return {
    async post(path, input, signal) {
      const port = await opened;
      signal?.throwIfAborted();
      if (closed) throw lost();
      const id = next++;
      const reply = await new Promise<Reply | undefined>((resolve, reject) => {
        const stop = () => {
          waiting.delete(id);
          port.postMessage({ t: 'stop', id });
          reject(signal!.reason as Error);
        };
        waiting.set(id, (value) => {
          signal?.removeEventListener('abort', stop);
          resolve(value);
        });
        signal?.addEventListener('abort', stop, { once: true });
        port.postMessage({ t: 'ask', id, path, body: JSON.stringify(input) });
      });
      if (!reply) throw lost();
      if (reply.ok) return reply.value as never;
      const { code, message, details } = reply.fault;
      throw new Fault(code, message, details ? { details } : {});
    },
  };
}

/** The client over the port that the shell hands in when asked. */
export function portClient(shell: ConfirmDesktop, view: Window = window): ConfirmClient {
  const port = nextPort('confirm-port', view);
  shell.connect();
  return openPortClient(port);
}
