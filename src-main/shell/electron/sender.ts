/** Who may speak to main: the main frame of one window, on our own origin, and nobody else. */
import type { Origin } from './origins.ts';
import type { IpcMainEvent, WebContents } from './parts.ts';

/** @param contents of the one window that this message may come from */
export function isFrom(
  { sender, senderFrame }: Pick<IpcMainEvent, 'sender' | 'senderFrame'>,
  contents: WebContents | undefined,
  origin: Origin,
): boolean {
  // A frame that is navigating or gone has no senderFrame; it is not ours any more.
  return sender === contents && senderFrame !== null && senderFrame.parent === null && senderFrame.origin === origin;
}
