/** WebSocket carrier (browser shell): frames as devalue text, so bytes, bigint and Map survive. */
import * as devalue from 'devalue';
import { MAX_FRAME, type Frame, type Wire } from '../frame.ts';

/** What the browser's WebSocket and the ws package's have in common. */
export interface SocketLike {
  send(data: string): void;
  close(code?: number): void;
  addEventListener(type: 'message', on: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', on: () => void): void;
}

/** Encodes a frame; one that is too large becomes a failure of its own verb instead of ending the connection. */
export function encode(frame: Frame): string {
  const text = devalue.stringify(frame);
  if (text.length <= MAX_FRAME) return text;
  return devalue.stringify({
    t: 'fail',
    id: frame.id,
    code: 'too-large',
    message: 'The answer is larger than one message may be; ask for less at a time.',
  } satisfies Frame);
}

/** @param socket open; messages larger than MAX_FRAME or not devalue text end the connection */
export function socketWire(socket: SocketLike): Wire {
  let open = true;
  return {
    post(frame) {
      if (open) socket.send(encode(frame));
    },
    listen(onFrame, onClose) {
      socket.addEventListener('message', ({ data }) => {
        let frame: unknown;
        try {
          if (typeof data !== 'string' || data.length > MAX_FRAME) throw new Error('not a frame');
          frame = devalue.parse(data);
        } catch {
          return socket.close(1008);
        }
        onFrame(frame);
      });
      socket.addEventListener('close', () => {
        if (!open) return;
        open = false;
        onClose();
      });
    },
    close() {
      socket.close();
    },
  };
}
