/** Bytes on their way to a parser: the core feeds, the parser asks, and little waits between the two. */
import { Fault } from '../wire/index.ts';

export interface Intake extends AsyncIterable<Uint8Array> {
  /** Takes a chunk; resolves when there is room for the next, with `enough` when the parser wants no more. */
  feed(bytes: Uint8Array, last: boolean): Promise<{ enough: boolean }>;
  /** Bytes that the parser has asked for and got. */
  readonly given: number;
  /** Nobody reads any more; with an error, whoever still does gets it. */
  end(error?: Error): void;
}

/** Chunks that wait: the parser never runs dry, and two MiB are all that is held. */
const WAITING = 2;

export function intake(): Intake {
  const chunks: Uint8Array[] = [];
  let given = 0;
  let complete = false;
  let over = false;
  let failed: Error | undefined;
  let wakeParser = () => {};
  let wakeFeeder = () => {};

  async function* read() {
    try {
      for (;;) {
        if (failed) throw failed;
        const chunk = chunks.shift();
        if (chunk) {
          given += chunk.length;
          wakeFeeder();
          yield chunk;
        } else if (complete || over) return;
        else await new Promise<void>((resolve) => (wakeParser = resolve));
      }
    } finally {
      over = true;
      chunks.length = 0;
      wakeFeeder();
    }
  }
  const reader = read();
  return {
    get given() {
      return given;
    },
    async feed(bytes, last) {
      if (complete) throw new Fault('bad-upload', 'Bytes came after the end of the file; it was not read.');
      if (over) return { enough: true };
      if (bytes.length > 0) chunks.push(bytes);
      complete = last;
      wakeParser();
      while (chunks.length >= WAITING && !over) await new Promise<void>((resolve) => (wakeFeeder = resolve));
      return { enough: over };
    },
    end(error) {
      failed = error;
      over = true;
      chunks.length = 0;
      wakeParser();
      wakeFeeder();
    },
    [Symbol.asyncIterator]: () => reader,
  };
}

/** All of it in one piece. @throws Fault `unreadable` when it is not exactly `size` bytes */
export async function collect(bytes: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const whole = new Uint8Array(size);
  let at = 0;
  for await (const chunk of bytes) {
    if (at + chunk.length > size) throw changed();
    whole.set(chunk, at);
    at += chunk.length;
  }
  if (at < size) throw changed();
  return whole;
}

const changed = () =>
  new Fault('unreadable', 'The file changed while it was read, so nothing of it was taken. Try again.');
