/** Collects text that arrives faster than the screen needs it, and hands it on in frames that are not too close. */

/**
 * Milliseconds between two paintings: two of the engine's own frames. The first words are painted with the next frame.
 * After that fifteen a second read as smoothly as sixty, and a frame of a text that grows costs 4 to 6 ms of a core,
 * whatever is in it.
 */
const GAP = 66;
/**
 * What drawing may take of the main thread, and the longest gap: a list or paragraph of 100 kB costs 12 to 15 ms a frame,
 * so it is drawn less often instead (measured by bench/chat-paint.ts: 25 % of a core at a fixed gap).
 */
const SHARE = 0.06;
const LONGEST = 250;

export interface Painter {
  add(text: string): void;
  /** Hands on what waits, now. */
  flush(): void;
  /** Forgets what waits. */
  drop(): void;
}

export interface PainterOptions {
  readonly paint: (text: string) => void;
  readonly request?: (on: () => void) => number;
  readonly cancel?: (id: number) => void;
  readonly now?: () => number;
  readonly gap?: number;
  /** Runs a task when the frame has been laid out and drawn. */
  readonly after?: (on: () => void) => void;
}

export function openPainter({
  paint,
  request = (on) => requestAnimationFrame(on),
  cancel = (id) => cancelAnimationFrame(id),
  now = () => performance.now(),
  gap = GAP,
  after = (on) => void setTimeout(on),
}: PainterOptions): Painter {
  let waiting: string[] = [];
  let frame: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let painted = -Infinity;
  let rest = gap;
  const flush = () => {
    if (frame !== undefined) cancel(frame);
    clearTimeout(timer);
    frame = timer = undefined;
    if (waiting.length === 0) return;
    const text = waiting.join('');
    waiting = [];
    const began = (painted = now());
    paint(text);
    // The words change the page here; laying it out and drawing it follow before the next task.
    after(() => (rest = Math.min(LONGEST, Math.max(gap, (now() - began) / SHARE))));
  };
  const ask = () => {
    timer = undefined;
    frame = request(() => {
      frame = undefined;
      flush();
    });
  };
  return {
    add(text) {
      waiting.push(text);
      if (frame !== undefined || timer !== undefined) return;
      // A frame is up to 16 ms away when it is asked for.
      const wait = painted + rest - 16 - now();
      if (wait > 0) timer = setTimeout(ask, wait);
      else ask();
    },
    flush,
    drop() {
      waiting = [];
      flush();
    },
  };
}
