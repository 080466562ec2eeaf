/** Notices an engine process that is alive and does nothing any more. */

export interface PulseOptions {
  /** Settles when the process has answered. */
  readonly beat: () => Promise<unknown>;
  /** Whether anybody waits for the process. */
  readonly wanted: () => boolean;
  /** Called once, when the process has been silent for `patience` beats in a row. */
  readonly onSilence: () => void;
  readonly everyMs?: number;
  readonly patience?: number;
  /** Milliseconds on a clock that only goes forward. */
  readonly now?: () => number;
}

/**
 * Loading and computing happen beside the event loop of the process, so that it answers within milliseconds also while
 * a model of 20 GB is read. What happens on it is what a file makes it do: rendering its chat template (`{% for i in
 * range(10**9) %}` is a valid one, and native code cannot be interrupted) and cutting texts by its vocabulary (1 MB
 * takes about a second). Half a minute without an answer is none of those in an honest file.
 *
 * Beats are counted, not seconds, and one that comes late itself (the machine slept, or the watcher was stopped) says
 * nothing of the other side: the count begins anew.
 *
 * @returns ends the watch
 */
export function watchPulse({
  beat,
  wanted,
  onSilence,
  everyMs = 5000,
  patience = 6,
  now = () => performance.now(),
}: PulseOptions): () => void {
  let waiting = false;
  let missed = 0;
  let last = now();
  const timer = setInterval(() => {
    const slept = now() - last > 2 * everyMs;
    last = now();
    if (!waiting) {
      missed = 0;
      if (!wanted()) return;
      waiting = true;
      const answered = () => void (waiting = false);
      // A process that is gone is not silent: its supervisor learns of it from the wire.
      beat().then(answered, answered);
    } else if (slept) missed = 0;
    else if (++missed >= patience) {
      clearInterval(timer);
      onSilence();
    }
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
