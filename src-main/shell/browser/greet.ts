/** The first frame on a socket: a window says who it is, or the socket ends. Only then does it become a wire. */
import type { Duplex } from 'node:stream';
import * as devalue from 'devalue';
import type { WebSocket } from 'ws';
import type { Admission } from './keys.ts';

/** Bytes on the wire before the greeting is over: the frame of at most 1 KB, its header and mask. */
const MOST_BYTES = 1024;
const HEADER_BYTES = 8;
const PATIENCE_MS = 2_000;
/** An answer to a wrong key takes this long, always. */
const DELAY_MS = 250;
/** Policy violation (RFC 6455 §7.4.1); the window then says that a fresh address is needed. */
const REFUSED = 1008;

export interface GreetOptions<S> {
  readonly socket: WebSocket;
  /** The TCP connection under it, to count bytes before ws has put a message together. */
  readonly stream: Duplex & { readonly bytesRead?: number };
  admit(hello: Hello | undefined): Admission<S> | undefined;
  /** Called in the same tick as the first frame: nothing that follows it is lost. */
  onAdmitted(admission: Admission<S>): void;
}
export interface Hello {
  readonly key?: string;
  readonly tab?: string;
}

export function greet<S>({ socket, stream, admit, onAdmitted }: GreetOptions<S>): void {
  const start = stream.bytesRead ?? 0;
  const measure = () => {
    if ((stream.bytesRead ?? 0) - start > MOST_BYTES + HEADER_BYTES) refuse();
  };
  const timer = setTimeout(() => refuse(), PATIENCE_MS);
  const settle = () => {
    clearTimeout(timer);
    stream.off('data', measure);
    socket.off('message', first);
    socket.off('close', settle);
  };
  const refuse = () => {
    settle();
    socket.close(REFUSED);
    // Whoever does not answer the closing handshake is not waited for.
    setTimeout(() => socket.terminate(), DELAY_MS).unref();
  };
  const first = (data: Buffer, isBinary: boolean) => {
    settle();
    const admission = admit(isBinary || data.length > MOST_BYTES ? undefined : readHello(data));
    if (!admission) {
      // Whatever else it sends waits in its own buffers.
      socket.pause();
      setTimeout(() => {
        socket.resume();
        refuse();
      }, DELAY_MS);
      return;
    }
    socket.once('close', () => admission.left());
    socket.send(devalue.stringify({ t: 'welcome', tab: admission.tab }));
    onAdmitted(admission);
  };
  stream.on('data', measure);
  socket.on('message', first);
  socket.once('close', settle);
}

function readHello(data: Buffer): Hello | undefined {
  try {
    const hello: unknown = devalue.parse(data.toString('utf8'));
    if (typeof hello !== 'object' || hello === null || !('t' in hello) || hello.t !== 'hello') return undefined;
    if ('key' in hello && typeof hello.key === 'string') return { key: hello.key };
    return 'tab' in hello && typeof hello.tab === 'string' ? { tab: hello.tab } : undefined;
  } catch {
    return undefined;
  }
}
