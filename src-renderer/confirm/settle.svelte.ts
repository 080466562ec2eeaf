/** When Approve may be pressed: half a second of this window's attention, and the last row has been seen. */
import { SETTLE_MS } from '../../src-main/signer/door.ts';

export interface Clocks {
  now(): number;
  /** Whether the window is in front and has the focus. */
  attentive(): boolean;
}
const real: Clocks = {
  now: () => performance.now(),
  attentive: () => document.visibilityState === 'visible' && document.hasFocus(),
};

/**
 * Counts unbroken attention: a window that has just come to the front under a click meant for another one stays shut.
 * Call it while a component is being made; `seen` is told by the last row.
 */
export function settling({ now, attentive }: Clocks = real) {
  let since: number | undefined;
  let focusedMs = $state(0);
  let sawLast = $state(false);

  $effect(() => {
    const look = () => {
      if (!attentive()) {
        since = undefined;
        focusedMs = 0;
        return;
      }
      since ??= now();
      // No need to count on once it is open.
      if (focusedMs < SETTLE_MS) focusedMs = Math.round(now() - since);
    };
    const timer = setInterval(look, 50);
    for (const event of ['focus', 'blur', 'visibilitychange']) window.addEventListener(event, look);
    look();
    return () => {
      clearInterval(timer);
      for (const event of ['focus', 'blur', 'visibilitychange']) window.removeEventListener(event, look);
    };
  });

  return {
    get focusedMs() {
      return focusedMs;
    },
    get sawLast() {
      return sawLast;
    },
    get open() {
      return sawLast && focusedMs >= SETTLE_MS;
    },
    /** An attachment for the last row: seen once three quarters of it are in view. */
    lastRow: (row: HTMLElement) => {
      const observer = new IntersectionObserver(
        (entries) => {
          if (entries.some((entry) => entry.isIntersecting)) sawLast = true;
        },
        { threshold: 0.75 },
      );
      observer.observe(row);
      return () => observer.disconnect();
    },
  };
}
export type Settling = ReturnType<typeof settling>;
