/** Work that can wait: one small task at a time, in the order asked for, whenever the window has nothing else to do. */

type Task = () => void;
const waiting = new Set<Task>();
let asked = false;

/** Half a frame: what has begun must not make the next frame late. */
const BUDGET = 8;

function run(): void {
  asked = false;
  const begun = performance.now();
  for (const task of waiting) {
    waiting.delete(task);
    task();
    if (performance.now() - begun >= BUDGET) break;
  }
  if (waiting.size > 0) ask();
}

function ask(): void {
  if (asked) return;
  asked = true;
  // At last after half a second: a busy window may have no idle moment.
  requestIdleCallback(run, { timeout: 500 });
}

/** Runs `task` when idle; gives what takes it back. */
export function whenIdle(task: Task): () => void {
  const own = () => task();
  waiting.add(own);
  ask();
  return () => void waiting.delete(own);
}
