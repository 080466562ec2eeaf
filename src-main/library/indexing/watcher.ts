/** Tells when something in a folder changes, through @parcel/watcher. Nothing is kept on disk: snapshots would lie there in clear. */
import type { BackendType } from '@parcel/watcher';

export interface Watch {
  close(): Promise<void>;
}
/** What changed: a file or a folder, by its path. `created` may be a folder that came with all that is in it. */
export interface Change {
  readonly path: string;
  readonly created: boolean;
}
export interface Watcher {
  /**
   * @param changed some milliseconds after the change; what happens together comes together
   * @param lost when changes were missed or the folder cannot be watched any longer
   * @throws whatever the system says when it cannot watch (Linux: too many folders for inotify)
   */
  watch(
    folder: string,
    heard: { changed(changes: readonly Change[]): void; lost(): void },
    ignore: readonly string[],
  ): Promise<Watch>;
}

/**
 * Said by name: left to choose, the library asks for Watchman first, a service of its own that writes the folders it
 * watches, and what changed in them, to its state and its log in clear.
 */
const BACKENDS: Partial<Record<NodeJS.Platform, BackendType>> = {
  linux: 'inotify',
  darwin: 'fs-events',
  win32: 'windows',
};

export function openWatcher(): Watcher {
  return {
    async watch(folder, { changed, lost }, ignore) {
      const backend = BACKENDS[process.platform];
      if (!backend) throw new Error('This system cannot tell of changes.');
      const { subscribe } = (await import('@parcel/watcher')).default;
      const subscription = await subscribe(
        folder,
        (error, events) => {
          if (error) lost();
          else changed(events.map(({ path, type }) => ({ path, created: type === 'create' })));
        },
        { backend, ignore: [...ignore] },
      );
      return { close: () => subscription.unsubscribe() };
    },
  };
}
