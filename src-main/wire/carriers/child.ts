/** Child-process carrier: Node's IPC channel with advanced serialization, either end. */
import type { Wire } from '../frame.ts';

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
  return {
    post(frame) {
      // A child that has just died reports through 'disconnect'; the error of this one send adds nothing.
      if (channel.connected) channel.send?.(frame, () => {});
    },
    listen(onFrame, onClose) {
      channel.on('message', onFrame);
      channel.once('disconnect', onClose);
    },
    close() {
      if (channel.connected) channel.disconnect?.();
    },
  };
}
