/** The life that every carrier's wire has: listened to once, ended once, nothing lost before and nothing told after. */

export interface End {
  readonly ended: boolean;
  /** Hands a frame on, or keeps it until somebody listens. */
  deliver(frame: unknown): void;
  /** Ends the wire; later calls do nothing. */
  end(): void;
  listen(onFrame: (frame: unknown) => void, onClose: () => void): void;
}

export function makeEnd(): End {
  let ended = false;
  let early: unknown[] = [];
  let listener: { onFrame(frame: unknown): void; onClose(): void } | undefined;
  return {
    get ended() {
      return ended;
    },
    deliver(frame) {
      if (ended) return;
      if (listener) listener.onFrame(frame);
      else early.push(frame);
    },
    end() {
      if (ended) return;
      ended = true;
      early = [];
      listener?.onClose();
    },
    listen(onFrame, onClose) {
      if (listener) throw new Error('A wire has one listener; this one is taken.');
      listener = { onFrame, onClose };
      // Later, so that the listener has finished setting itself up when it hears of the end.
      if (ended) return queueMicrotask(onClose);
      const waiting = early;
      early = [];
      for (const frame of waiting) this.deliver(frame);
    },
  };
}
