/** A value that many follow: each sees it now and whenever it changes; a slow follower skips to the newest. (A topic has events and no value.) */

export interface Latest<T> {
  get(): T;
  set(value: T): void;
  /** Followers see what was set before, then their loops end. Later followers see the last value once. */
  end(): void;
  /** Ends quietly when `signal` aborts: leaving is no error. */
  follow(signal?: AbortSignal): AsyncGenerator<T, void, undefined>;
}

export function latest<T>(first: T): Latest<T> {
  let value = first;
  let version = 0;
  let ended = false;
  const waiting = new Set<() => void>();
  const wakeAll = () => {
    for (const wake of waiting) wake();
    waiting.clear();
  };
  return {
    get: () => value,
    set(next) {
      if (ended) throw new Error('This value has ended; it cannot change any more.');
      value = next;
      version++;
      wakeAll();
    },
    end() {
      ended = true;
      wakeAll();
    },
    async *follow(signal) {
      let wake = () => {};
      const leave = () => wake();
      signal?.addEventListener('abort', leave, { once: true });
      try {
        for (let seen = -1; !signal?.aborted;) {
          if (seen !== version) {
            seen = version;
            yield value;
          } else if (ended) return;
          else await new Promise<void>((resolve) => waiting.add((wake = resolve)));
        }
      } finally {
        waiting.delete(wake);
        signal?.removeEventListener('abort', leave);
      }
    },
  };
}
