/** When the system says that its person is gone: it goes to sleep, or its screen is locked. */
import type { Electron } from './parts.ts';

const LOOK_MS = 5_000;
/** Only whether it is locked is asked; the threshold of idleness does not matter then. */
const ANY_IDLENESS = 60;

export interface LockingNeeds {
  readonly electron: Pick<Electron, 'powerMonitor'>;
  readonly platform: NodeJS.Platform;
  readonly lock: () => void;
  readonly every?: number;
}

/** @returns ends it */
export function lockWithSystem({
  electron: { powerMonitor },
  platform,
  lock,
  every = LOOK_MS,
}: LockingNeeds): () => void {
  powerMonitor.on('suspend', lock);
  powerMonitor.on('lock-screen', lock);
  if (platform !== 'linux') return () => {};
  // Electron tells of a locked screen on macOS and Windows alone; elsewhere it must be asked, where the system answers.
  let was = false;
  const timer = setInterval(() => {
    const locked = powerMonitor.getSystemIdleState(ANY_IDLENESS) === 'locked';
    if (locked && !was) lock();
    was = locked;
  }, every);
  timer.unref();
  return () => clearInterval(timer);
}
