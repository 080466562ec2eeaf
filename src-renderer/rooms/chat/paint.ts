/** Collects text that arrives faster than the screen, and hands it on at most once a frame. */

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
}

export function openPainter({
  paint,
  request = (on) => requestAnimationFrame(on),
  cancel = (id) => cancelAnimationFrame(id),
}: PainterOptions): Painter {
  let waiting: string[] = [];
  let frame: number | undefined;
  const flush = () => {
    if (frame !== undefined) cancel(frame);
    frame = undefined;
    if (waiting.length === 0) return;
    const text = waiting.join('');
    waiting = [];
    paint(text);
  };
  return {
    add(text) {
      waiting.push(text);
      frame ??= request(() => {
        frame = undefined;
        flush();
      });
    },
    flush,
    drop() {
      waiting = [];
      flush();
    },
  };
}
