/** Small pieces of work for when the window has nothing better to do, one a turn: a task never becomes long by them. */

type Work = () => void;
const waiting = new Set<Work>();
/** A window that never rests (an answer being painted) comes to it all the same. */
const PATIENCE_MS = 300;

function next(): void {
  const [first] = waiting;
  if (!first) return;
  waiting.delete(first);
  first();
  if (waiting.size > 0) ask();
}
const ask = () => requestIdleCallback(next, { timeout: PATIENCE_MS });

/** Oldest first. Returns the way to take the work back; for `$effect`. */
export function whenIdle(work: Work): () => void {
  waiting.add(work);
  if (waiting.size === 1) ask();
  return () => void waiting.delete(work);
}
