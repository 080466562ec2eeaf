/** Writes the answer under way onto the page: at most once a frame, and with its speed once there is a second to measure. */
import { openPainter } from './paint.ts';

export interface Pen {
  /** Words a second; undefined before the first second is over. */
  readonly rate: number | undefined;
  /** A new stream begins: it tells everything again, and until then `text` stands. */
  begin(text: string): void;
  add(text: string): void;
  /** Writes what waits for a frame, now. */
  flush(): void;
  /** Forgets what waits: the whole text has come. */
  drop(): void;
  rest(): void;
}

export interface PenOptions {
  readonly write: (text: string) => void;
  readonly now: () => number;
}

export function openPen({ write, now }: PenOptions): Pen {
  let rate = $state<number>();
  let text = '';
  let fresh = false;
  let began = 0;
  let words = 0;

  const painter = openPainter({
    paint(added) {
      if (fresh) {
        text = '';
        fresh = false;
      }
      text += added;
      const time = now();
      if (began === 0) began = time;
      words += added.match(/\s+/g)?.length ?? 0;
      if (time - began >= 1000) rate = (words * 1000) / (time - began);
      write(text);
    },
  });

  return {
    get rate() {
      return rate;
    },
    begin(so) {
      text = so;
      fresh = true;
    },
    add: (added) => painter.add(added),
    flush: () => painter.flush(),
    drop: () => painter.drop(),
    rest() {
      began = words = 0;
      rate = undefined;
    },
  };
}
