/** One value after another to whoever listens: the source of every `watch` and `follow` stream. */

export interface Topic<T> {
  publish(value: T): void;
  /** Values published from now on; a slow listener finds them joined by `merge`. Ends on abort and on `end`. */
  listen(signal: AbortSignal): AsyncIterable<T>;
  /** Ends every listener after what it has not yet read. */
  end(): void;
  readonly listeners: number;
}

/**
 * @param merge joins what a listener has not read with what is new; must always join (a view needs no history)
 */
export function topic<T>(merge: (older: T, newer: T) => T): Topic<T> {
  interface Listener {
    held: { value: T } | undefined;
    ended: boolean;
    wake: () => void;
  }
  const listeners = new Set<Listener>();
  return {
    get listeners() {
      return listeners.size;
    },
    publish(value) {
      for (const one of listeners) {
        one.held = { value: one.held ? merge(one.held.value, value) : value };
        one.wake();
      }
    },
    end() {
      for (const one of listeners) {
        one.ended = true;
        one.wake();
      }
    },
    listen(signal) {
      // Registered before the first read: nothing that is published between call and read is lost.
      const me: Listener = { held: undefined, ended: signal.aborted, wake: () => {} };
      const abort = () => {
        me.ended = true;
        me.held = undefined;
        listeners.delete(me);
        me.wake();
      };
      if (!signal.aborted) {
        listeners.add(me);
        signal.addEventListener('abort', abort, { once: true });
      }
      return (async function* () {
        try {
          for (;;) {
            while (!me.held && !me.ended) await new Promise<void>((resolve) => (me.wake = resolve));
            if (!me.held) return;
            const { value } = me.held;
            me.held = undefined;
            yield value;
          }
        } finally {
          listeners.delete(me);
          signal.removeEventListener('abort', abort);
        }
      })();
    },
  };
}
