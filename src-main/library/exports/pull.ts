/** Bytes of a stream on demand: exactly so many, at most so many, past so many; what was taken too far can be put back. */

export type Pull = ReturnType<typeof pullFrom>;

export function pullFrom(chunks: AsyncIterable<Uint8Array>) {
  const source = chunks[Symbol.asyncIterator]();
  let held = new Uint8Array(0);
  let read = 0;

  /** Makes sure that something is held; false at the end of the stream. */
  const fill = async (): Promise<boolean> => {
    while (held.length === 0) {
      const next = await source.next();
      if (next.done) return false;
      held = bytesOf(next.value);
      read += held.length;
    }
    return true;
  };

  return {
    /** Bytes that came from the stream so far, those put back included. */
    get read() {
      return read;
    },
    /** The next 1 to `most` bytes, as they come; undefined at the end. */
    async some(most = Infinity): Promise<Uint8Array | undefined> {
      if (!(await fill())) return undefined;
      const piece = held.subarray(0, Math.min(most, held.length));
      held = held.subarray(piece.length);
      return piece;
    },
    /** Exactly `count` bytes (a header's few), or what is left when the stream ends before. */
    async exactly(count: number): Promise<Uint8Array> {
      if (held.length < count) {
        const whole = new Uint8Array(count);
        let at = 0;
        while (at < count && (await fill())) {
          const part = held.subarray(0, count - at);
          whole.set(part, at);
          at += part.length;
          held = held.subarray(part.length);
        }
        return whole.subarray(0, at);
      }
      const piece = held.subarray(0, count);
      held = held.subarray(count);
      return piece;
    },
    /** @returns false when the stream ends before */
    async skip(count: number): Promise<boolean> {
      let left = count;
      while (left > 0) {
        if (!(await fill())) return false;
        const step = Math.min(left, held.length);
        held = held.subarray(step);
        left -= step;
      }
      return true;
    },
    /** Puts bytes back before everything that is still to come. */
    putBack(bytes: Uint8Array) {
      if (bytes.length === 0) return;
      const joined = new Uint8Array(bytes.length + held.length);
      joined.set(bytes);
      joined.set(held, bytes.length);
      held = joined;
    },
    /** Everything that is still to come. */
    async *rest(): AsyncGenerator<Uint8Array> {
      while (await fill()) {
        const piece = held;
        held = new Uint8Array(0);
        yield piece;
      }
    },
    /** Lets the stream go; nothing more is asked of it. */
    async close() {
      held = new Uint8Array(0);
      await source.return?.();
    },
  };
}

/** A plain view, so that no subclass (such as a Buffer of a shared pool) changes what `subarray` means. */
const bytesOf = (chunk: Uint8Array) => new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength);
