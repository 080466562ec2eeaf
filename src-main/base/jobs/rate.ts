/** How fast a job goes: units per second over its last five seconds. */

const WINDOW_MS = 5_000;
/** A sample each 100 ms at most: 50 of them however often progress is reported. */
const STEP_MS = 100;
/** Below this span a rate says more about the scheduler than about the job. */
const LEAST_MS = 250;

export interface Rate {
  add(done: number, at: number): void;
  /** Units per second; undefined until there is enough to tell. */
  perSecond(): number | undefined;
  /** After a pause, or when a job counts anew, the past says nothing. */
  reset(): void;
}

export function rateMeter(): Rate {
  let samples: { done: number; at: number }[] = [];
  let last: { done: number; at: number } | undefined;
  return {
    add(done, at) {
      if (last && (done < last.done || at < last.at)) samples = [];
      last = { done, at };
      if (samples.length === 0 || at - samples.at(-1)!.at >= STEP_MS) samples.push(last);
      // The newest sample that is old enough stays as the start of the window.
      while (samples.length > 1 && at - samples[1]!.at >= WINDOW_MS) samples.shift();
    },
    perSecond() {
      const first = samples[0];
      if (!first || !last || last.at - first.at < LEAST_MS) return undefined;
      return ((last.done - first.done) * 1000) / (last.at - first.at);
    },
    reset() {
      samples = [];
      last = undefined;
    },
  };
}
