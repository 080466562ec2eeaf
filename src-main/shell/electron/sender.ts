/** Who may speak to main: the main frame of one window, on our own origin, and nobody else. */
import type { Origin } from './origins.ts';

/** What is looked at of Electron's IpcMainEvent. */
interface Sent {
  readonly sender: object;
  readonly senderFrame: { readonly parent: object | null; readonly origin: string } | null;
}

/** @param contents of the one window that this message may come from */
export function isFrom({ sender, senderFrame }: Sent, contents: object | undefined, origin: Origin): boolean {
  // A frame that is navigating or gone has no senderFrame; it is not ours any more.
  return sender === contents && senderFrame !== null && senderFrame.parent === null && senderFrame.origin === origin;
}
