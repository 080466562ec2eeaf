/** Local stream socket carrier (`core.sock`, a named pipe on Windows): four bytes of length, then devalue text. */
import type { Socket } from 'node:net';
import { MAX_FRAME, type Wire } from '../frame.ts';
import { decodeFrame, encodeFrame } from '../text.ts';
import { makeEnd } from './end.ts';

const HEADER = 4;

export interface Splitter {
  push(chunk: Uint8Array): void;
  /**
   * The text of the next whole frame, if it is here.
   * @throws on a length over the limit, before a byte of that frame is kept, and on bytes that are no UTF-8
   */
  next(): string | undefined;
}

/** Cuts a byte stream into the texts of frames; chunks may end anywhere. */
export function makeSplitter(limit: number): Splitter {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let parts: Uint8Array[] = [];
  let held = 0;
  let length: number | undefined;

  /** The first `n` bytes of what is held; what follows them stays. */
  const take = (n: number): Buffer => {
    const all = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    parts = all.length > n ? [all.subarray(n)] : [];
    held -= n;
    return Buffer.from(all.buffer, all.byteOffset, n);
  };

  return {
    push(chunk) {
      parts.push(chunk);
      held += chunk.length;
    },
    next() {
      if (length === undefined) {
        if (held < HEADER) return undefined;
        length = take(HEADER).readUInt32BE(0);
        if (length > limit) throw new RangeError('A frame is over the limit.');
      }
      if (held < length) return undefined;
      const text = utf8.decode(take(length));
      length = undefined;
      return text;
    },
  };
}

/** @param socket connected; a frame over MAX_FRAME, or bytes that are no frame, end the connection */
export function lineWire(socket: Socket): Wire {
  const end = makeEnd();
  const refuse = () => {
    end.end();
    socket.destroy();
  };
  socket.once('close', () => end.end());
  // 'close' always follows; without a listener an ECONNRESET would end the process.
  socket.on('error', () => {});
  if (socket.destroyed) end.end();
  return {
    post(frame) {
      if (end.ended || !socket.writable) return;
      const text = encodeFrame(frame);
      const bytes = Buffer.allocUnsafe(HEADER + Buffer.byteLength(text));
      bytes.writeUInt32BE(bytes.length - HEADER, 0);
      bytes.write(text, HEADER);
      socket.write(bytes);
    },
    listen(onFrame, onClose) {
      end.listen(onFrame, onClose);
      const frames = makeSplitter(MAX_FRAME);
      // A stream flows from its first data listener on, so nothing has been lost.
      socket.on('data', (chunk: Buffer) => {
        frames.push(chunk);
        while (!end.ended) {
          let frame: unknown;
          try {
            const text = frames.next();
            if (text === undefined) return;
            frame = decodeFrame(text);
          } catch {
            return refuse();
          }
          end.deliver(frame);
        }
      });
      socket.once('end', () => {
        end.end();
        socket.end();
      });
    },
    close() {
      if (end.ended) return;
      end.end();
      // After what was posted has gone out.
      socket.destroySoon();
    },
  };
}
