/** The wire from a child process to whoever started it: a port that Electron's main hands in, or Node's IPC channel. */
import type { Wire } from '../frame.ts';
import { childWire } from './child.ts';
import { mainPortWire, type MainPort } from './main-port.ts';

/** What is used of `process.parentPort`, which Electron gives to utility processes only. */
export interface ParentPort {
  on(event: 'message', on: (event: { data: unknown; ports: readonly MainPort[] }) => void): unknown;
  postMessage(message: unknown): void;
}

/** Undefined in a process that Node forked. */
export const parentPort = (): ParentPort | undefined => (process as { parentPort?: ParentPort }).parentPort;

/**
 * Tells of each port that main hands in under `name`; Electron keeps messages back until the first listener, so the
 * first call must be made before anything is awaited that takes longer than a tick.
 */
export function onPort(parent: ParentPort, name: string, on: (port: MainPort, data: unknown) => void): void {
  parent.on('message', ({ data, ports: [port] }) => {
    if (port && isNamed(data, name)) on(port, data);
  });
}

const isNamed = (data: unknown, name: string) =>
  typeof data === 'object' && data !== null && 't' in data && data.t === name;

/** @returns the one wire that a process serves; it ends with the process at its far side */
export function parentWire(): Promise<Wire> {
  const parent = parentPort();
  if (!parent) return Promise.resolve(childWire(process));
  return new Promise((resolve) => onPort(parent, 'wire', (port) => resolve(mainPortWire(port))));
}
