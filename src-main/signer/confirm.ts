/** The confirm window: its two ways in (a browser over loopback, the desktop shell's window over a port), open and close. */
import { openInBrowser } from './browser.ts';
import { answering } from './confirm-answer.ts';
import { serveConfirmPort, type Desk } from './confirm-port.ts';
import { makePosts, withPassword, type PostsNeeds } from './confirm-posts.ts';
import { serveConfirm, type ConfirmServer } from './confirm-server.ts';
import { openEntries } from './entries.ts';
import { openPageFiles } from './page-files.ts';
import type { Waiting } from './requests.ts';
import { openTabs } from './tabs.ts';

export interface ConfirmNeeds extends Omit<PostsNeeds, 'entries' | 'tabs'> {
  readonly dataFolder: string;
  /** The built window (dist/window). */
  readonly windowFolder: string;
  unexpected(error: unknown): void;
  /** Opens the redirect file; replaced in tests. */
  readonly open?: (file: string) => Promise<boolean>;
  /** The desktop shell, where there is one: it shows the window, and no browser is opened. */
  readonly desk?: Desk | undefined;
}
export type Confirm = ReturnType<typeof openConfirmWindow>;

/** Nothing is served to a browser where the desktop shell has the pages. */
const noPages = () => Promise.resolve(undefined);

export function openConfirmWindow(needs: ConfirmNeeds) {
  const { requests, clock, desk, open = openInBrowser } = needs;
  const unexpected = (error: unknown) => needs.unexpected(error);
  const entries = openEntries({ folder: needs.dataFolder });
  const tabs = openTabs({ clock });
  const ports = new Set<{ close(): void }>();
  const posts = makePosts({ ...needs, entries, tabs });
  let server: Promise<ConfirmServer> | undefined;

  const start = async () =>
    serveConfirm({
      answer: answering({ posts: desk ? withPassword(posts) : posts, unexpected }),
      page: desk ? noPages : await openPageFiles(needs.windowFolder),
      unexpected,
    });
  desk?.onPort((port) => {
    const tab = tabs.enter();
    const served = serveConfirmPort({
      port,
      tab,
      answer: answering({ posts, unexpected }),
      left() {
        ports.delete(served);
        tabs.leave(tab);
        // Whoever closes the last window has said no: nobody could be shown what waits.
        if (ports.size === 0) requests.refuseWaiting();
      },
    });
    ports.add(served);
  });

  return {
    /**
     * Brings a request before the person: makes its redirect file, and opens a browser unless a confirm window is open
     * already or there is no display. Returns the file's path.
     *
     * @throws Fault `confirm-missing`
     */
    async show(waiting: Waiting): Promise<string> {
      server ??= start();
      const { origin } = await server.catch((error: unknown) => {
        server = undefined;
        throw error;
      });
      const file = await entries.make(origin, waiting.id);
      if (desk) desk.open();
      else if (!tabs.alive()) await open(file);
      return file;
    },
    forget: (waiting: Waiting) => entries.forget(waiting.id),
    sweep: () => entries.sweep(),
    async close(): Promise<void> {
      tabs.clear();
      for (const port of [...ports]) port.close();
      await entries.close();
      await (await server?.catch(() => undefined))?.close();
    },
  };
}
