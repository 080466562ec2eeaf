/** Which contents are in somebody's hands, so that a sweep takes none that is being kept or about to be pointed at. */

/** Between being told a content and pointing a file at it a caller does one short write. */
const GRACE_MS = 1000;

export type Custody = ReturnType<typeof custody>;

export function custody() {
  const kept = new Set<number>();
  const leaving = new Set<number>();
  const given = new Map<number, number>();
  let stops = 0;
  let waiting: (() => void)[] = [];
  return {
    /** Nothing new is written until what this gives is called. */
    stopKeeping(): () => void {
      stops++;
      return () => {
        if (--stops > 0) return;
        for (const go of waiting) go();
        waiting = [];
      };
    },
    /** Before each piece that is kept. */
    async mayKeep(): Promise<void> {
      while (stops > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    /** Being read and kept. */
    hold: (content: number) => void kept.add(content),
    letGo: (content: number) => void kept.delete(content),
    isHeld: (content: number) => kept.has(content),
    /** A caller has just been told of it. */
    given: (content: number) => void given.set(content, performance.now()),
    /** Milliseconds until it may be taken out, if no file points at it then. */
    graceOf(content: number): number {
      const at = given.get(content);
      if (at === undefined) return 0;
      const left = at + GRACE_MS - performance.now();
      if (left <= 0) given.delete(content);
      return Math.max(0, left);
    },
    /** Being taken out: nobody is told of it any more. */
    leave: (content: number) => void leaving.add(content),
    gone: (content: number) => void leaving.delete(content),
    isLeaving: (content: number) => leaving.has(content),
  };
}
