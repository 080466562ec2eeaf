/**
 * Child-process carrier: Node's IPC channel, either end. The fork must say `serialization: 'advanced'`, or bytes and
 * bigint do not survive.
 *
 * There is no size limit: children are our own code, started by our shell over a pipe that nobody else can reach, and
 * Node has buffered and decoded a message before we see it. What a child reads from strangers is bounded in the child.
 */
import type { Wire } from '../frame.ts';
import { makeEnd } from './end.ts';

/** What ChildProcess and process have in common once an IPC channel is there. */
export interface Channel {
  send?(message: unknown, done: (error: Error | null) => void): boolean;
  on(event: 'message', on: (message: unknown) => void): unknown;
  once(event: 'disconnect', on: () => void): unknown;
  disconnect?(): void;
  readonly connected?: boolean;
}

/** @param channel a forked child, or `process` inside one */
export function childWire(channel: Channel): Wire {
  const end = makeEnd();
  channel.once('disconnect', () => end.end());
  if (!channel.connected) end.end();
  return {
    post(frame) {
      // A child that has just died reports through 'disconnect'; the error of this one send adds nothing.
      if (!end.ended && channel.connected) channel.send?.(frame, () => {});
    },
    listen(onFrame, onClose) {
      end.listen(onFrame, onClose);
      // Only now: Node keeps messages back until the first listener.
      channel.on('message', (message) => end.deliver(message));
    },
    close() {
      end.end();
      if (channel.connected) channel.disconnect?.();
    },
  };
}
