/** The six frames that travel on every carrier, their limits, and the wire that carriers give. */
import type { Details } from './fault.ts';

export type Frame =
  | { t: 'ask'; id: number; verb: string; input: unknown; credit?: number }
  | { t: 'item'; id: number; value: unknown }
  | { t: 'done'; id: number; value?: unknown }
  | { t: 'fail'; id: number; code: string; message: string; details?: Details }
  | { t: 'stop'; id: number }
  | { t: 'more'; id: number; n: number };

/** What a carrier gives: frames out, frames in, one end. */
export interface Wire {
  /**
   * Sends a frame; silently nothing once the wire is closed. Throws when this frame cannot be encoded (a function in
   * it, `too-large`); the wire lives on.
   */
  post(frame: Frame): void;
  /**
   * Called once; frames that came earlier are delivered then. `onClose` fires exactly once, whichever side closes, and
   * no frame follows it.
   * @throws Error when called twice
   */
  listen(onFrame: (frame: unknown) => void, onClose: () => void): void;
  /** Ends this side at once (`onClose` fires before it returns) and lets the far side know. */
  close(): void;
}

/** Bytes of one encoded frame; a message of 1 MB with its envelope fits, a flood does not. */
export const MAX_FRAME = 8 << 20;
/** Items a stream may be ahead of its reader. */
export const CREDIT = 64;
/** Verbs that one wire may have under way at once. */
export const MAX_PENDING = 1024;
