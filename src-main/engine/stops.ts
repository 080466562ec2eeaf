/** Finds stop strings in text that arrives in pieces, and never shows any part of one. */

export interface Stops {
  /** Takes the next piece; returns what may be shown now. */
  push(text: string): string;
  /** What was held back because it might have become a stop string. */
  rest(): string;
  /** A whole stop string has arrived; everything from it on is dropped. */
  readonly hit: boolean;
}

/**
 * @param strings stop strings; empty ones are ignored
 */
export function openStops(strings: readonly string[]): Stops {
  const stops = strings.filter((stop) => stop.length > 0);
  let held = '';
  let hit = false;

  /** Length of the longest end of `text` that begins a stop string. */
  const open = (text: string) => {
    let most = 0;
    for (const stop of stops)
      for (let n = Math.min(stop.length - 1, text.length); n > most; n--)
        if (text.endsWith(stop.slice(0, n))) {
          most = n;
          break;
        }
    return most;
  };

  return {
    push(piece) {
      if (hit) return '';
      if (stops.length === 0) return piece;
      const text = held + piece;
      let first = -1;
      for (const stop of stops) {
        const at = text.indexOf(stop);
        if (at >= 0 && (first < 0 || at < first)) first = at;
      }
      if (first >= 0) {
        hit = true;
        held = '';
        return text.slice(0, first);
      }
      const keep = open(text);
      held = keep > 0 ? text.slice(text.length - keep) : '';
      return keep > 0 ? text.slice(0, text.length - keep) : text;
    },
    rest() {
      const text = held;
      held = '';
      return text;
    },
    get hit() {
      return hit;
    },
  };
}
