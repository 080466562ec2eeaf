/** Electron's MessagePortMain, in its main process and in utility processes: an emitter whose messages come wrapped. */
import type { Wire } from '../frame.ts';
import { portWire } from './port.ts';

/** What is used of MessagePortMain; Node's own port differs in what it hands to a listener. */
export interface MainPort {
  postMessage(message: unknown): void;
  on(event: 'message', on: (event: { data: unknown }) => void): unknown;
  on(event: 'close', on: () => void): unknown;
  start(): void;
  close(): void;
}

/** @param port not yet started; the wire owns it from here on */
export const mainPortWire = (port: MainPort): Wire =>
  portWire({
    postMessage: (message) => port.postMessage(message),
    // It has no 'messageerror': the listener is kept and never called.
    addEventListener: (type: string, on: (event: { data: unknown }) => void) =>
      port.on(type as 'message', on) as undefined,
    start: () => port.start(),
    close: () => port.close(),
  });
