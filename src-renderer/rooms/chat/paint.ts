/** Collects text that arrives faster than the screen needs it, and hands it on in frames that are not too close. */

/**
 * Milliseconds between two paintings: two of the engine's own frames. The first words are painted with the next frame.
 * After that fifteen a second read as smoothly as sixty, and a frame of a text that grows costs 4 to 6 ms of a core,
 * whatever is in it.
 */
const GAP = 66;

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
}

export function openPainter({
  paint,
  request = (on) => requestAnimationFrame(on),
  cancel = (id) => cancelAnimationFrame(id),
  now = () => performance.now(),
  gap = GAP,
}: PainterOptions): Painter {
  let waiting: string[] = [];
  let frame: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let painted = -Infinity;
  const flush = () => {
    if (frame !== undefined) cancel(frame);
    clearTimeout(timer);
    frame = timer = undefined;
    if (waiting.length === 0) return;
    const text = waiting.join('');
    waiting = [];
    painted = now();
    paint(text);
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
      const wait = painted + gap - 16 - now();
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
