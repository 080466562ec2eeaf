/** Work that is done at once while a frame has time for it, shared by all that draw in that frame. */

const EACH_FRAME = 8;
let spent = 0;
let asked = false;

/** Does `work` if this frame's milliseconds are not spent; false when they are. */
export function spend(work: () => void): boolean {
  if (spent >= EACH_FRAME) return false;
  if (!asked) {
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      spent = 0;
    });
  }
  const begun = performance.now();
  work();
  spent += performance.now() - begun;
  return true;
}
