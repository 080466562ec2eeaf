/** Opens things in order and closes them in reverse, even when one of them fails to close. */

/** Something with a life: `close` ends it and is called once. */
export interface Closable {
  close(): Promise<void> | void;
}

export interface Lifecycle extends AsyncDisposable {
  /** Keeps `thing`, to be closed before everything that was added earlier; hands it back. */
  add<T extends Closable>(thing: T): T;
  /**
   * Closes everything, newest first, each after the one before has ended. A second call waits for the first.
   *
   * @throws the one error, or an AggregateError of all, after everything had its turn
   */
  close(): Promise<void>;
}

/**
 * ```ts
 * await using life = lifecycle();
 * const store = life.add(await openStore(…));
 * const jobs = life.add(openJobs({ store, … }));
 * ```
 */
export function lifecycle(): Lifecycle {
  const things: Closable[] = [];
  let closing: Promise<void> | undefined;
  const closeAll = async () => {
    const errors: unknown[] = [];
    for (let thing = things.pop(); thing; thing = things.pop()) {
      try {
        await thing.close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, `${errors.length} parts did not close cleanly.`);
  };
  const close = () => (closing ??= closeAll());
  return {
    add(thing) {
      if (closing) throw new Error('This lifecycle is closing; nothing may be opened on it any more.');
      things.push(thing);
      return thing;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
