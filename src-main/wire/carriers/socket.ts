/** WebSocket carrier (browser shell): one frame a text message, at most MAX_FRAME bytes. */
import { MAX_FRAME, type Wire } from '../frame.ts';
import { decodeFrame, encodeFrame, isLonger } from '../text.ts';
import { makeEnd } from './end.ts';

/** What the browser's WebSocket and the ws package's have in common. */
export interface SocketLike {
  send(data: string): void;
  close(code?: number): void;
  addEventListener(type: 'message', on: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', on: () => void): void;
}

/** Policy violation (RFC 6455 §7.4.1). */
const REFUSED = 1008;

/**
 * @param socket open; a message that is no text, no devalue or over MAX_FRAME ends the connection with 1008. A server
 *   also gives `maxPayload: MAX_FRAME` to ws, which then refuses before buffering.
 */
export function socketWire(socket: SocketLike): Wire {
  const end = makeEnd();
  const close = (code: number) => {
    if (end.ended) return;
    // The closing handshake may take as long as the far side likes: this side ends now.
    end.end();
    socket.close(code);
  };
  socket.addEventListener('message', ({ data }) => {
    if (end.ended) return;
    let frame: unknown;
    try {
      if (typeof data !== 'string' || isLonger(data, MAX_FRAME)) return close(REFUSED);
      frame = decodeFrame(data);
    } catch {
      return close(REFUSED);
    }
    end.deliver(frame);
  });
  socket.addEventListener('close', () => end.end());
  return {
    post(frame) {
      if (!end.ended) socket.send(encodeFrame(frame));
    },
    listen: (onFrame, onClose) => end.listen(onFrame, onClose),
    close: () => close(1000),
  };
}
