/** The confirm window's rules: who has come in, what they are shown, and when Approve counts. */
import { createHash } from 'node:crypto';
import type { Clock } from '../base/ports.ts';
import { Fault } from '../wire/index.ts';
import { openInBrowser } from './browser.ts';
import { newSecret, serveConfirm, type ConfirmServer } from './confirm-server.ts';
import { SETTLE_MS, type ConfirmAnswers } from './door.ts';
import { openEntries } from './entries.ts';
import { openPageFiles } from './page-files.ts';
import type { Requests, Waiting } from './requests.ts';

/** Shorter than what proxies and browsers give up on. */
const POLL_MS = 25_000;
/** A tab that asked within this time is open and will draw the next request by itself. */
const ALIVE_MS = 30_000;

export interface ConfirmNeeds {
  readonly requests: Requests;
  readonly clock: Clock;
  readonly dataFolder: string;
  /** The built window (dist/window). */
  readonly windowFolder: string;
  /** Resolves when this is the password; throws `wrong-password` else. */
  checkPassword(password: Uint8Array): Promise<void>;
  /** The words, for the window only. */
  words(password: Uint8Array): Promise<ConfirmAnswers['/words']>;
  unexpected(error: unknown): void;
  /** Opens the redirect file; replaced in tests. */
  readonly open?: (file: string) => Promise<boolean>;
}
export type Confirm = ReturnType<typeof openConfirmWindow>;

const mark = (secret: string) => createHash('sha256').update(secret).digest('hex');
const bytes = (base64: string) => Buffer.from(base64, 'base64');

export function openConfirmWindow(needs: ConfirmNeeds) {
  const { requests, clock, open = openInBrowser } = needs;
  const entries = openEntries({ folder: needs.dataFolder });
  /** Tabs by the hash of their secret, with the time they last asked. */
  const tabs = new Map<string, number>();
  let server: Promise<ConfirmServer> | undefined;

  const inside = (tab: string) => {
    const hash = mark(tab);
    if (!tabs.has(hash))
      throw new Fault('tab-unknown', 'This window is no longer known to the signer. Begin again where you were asked.');
    tabs.set(hash, clock.now());
  };
  /** The digest is repeated so that an approval can only mean what was on screen. */
  const exact = (id: string, digest: string): Waiting => {
    const waiting = requests.get(id);
    if (waiting.digest !== digest)
      throw new Fault(
        'other-digest',
        'What would be approved is not what was asked. Nothing was signed or changed. Refuse this request, then ask again and read what is shown.',
      );
    return waiting;
  };
  const kindIs = (waiting: Waiting, ...kinds: string[]) => {
    if (!kinds.includes(waiting.sheet.kind)) throw new Fault('bad-input', 'This request is answered in another way.');
  };
  const wiping = async <T>(secret: Buffer, use: (secret: Buffer) => Promise<T>) => {
    try {
      return await use(secret);
    } finally {
      secret.fill(0);
    }
  };

  const start = async () =>
    serveConfirm({
      page: await openPageFiles(needs.windowFolder),
      unexpected: (error) => needs.unexpected(error),
      posts: {
        async '/enter'({ key }) {
          const request = await entries.use(key);
          if (!request) throw new Fault('tab-unknown', 'This address was used already or is too old. Ask again.');
          const tab = newSecret();
          tabs.set(mark(tab), clock.now());
          return { tab, request, digest: requests.get(request).digest };
        },
        async '/pending'({ tab, seen }, signal) {
          inside(tab);
          if (seen === requests.version) await requests.change(AbortSignal.any([signal, AbortSignal.timeout(POLL_MS)]));
          const one = requests.first();
          if (one && !signal.aborted) one.handedOutAt ??= clock.now();
          const left = one ? Math.max(0, one.expiresAt - clock.now()) : 0;
          const shown = one ? { id: one.id, digest: one.digest, sheet: one.sheet, left } : null;
          return { version: requests.version, waiting: requests.size, shown };
        },
        async '/approve'({ tab, request, digest, password, focusedMs, sawLast }) {
          inside(tab);
          const waiting = exact(request, digest);
          kindIs(waiting, 'sign', 'words');
          if (password === undefined) {
            const lasted = waiting.handedOutAt === undefined ? 0 : clock.now() - waiting.handedOutAt;
            if (lasted < SETTLE_MS || (focusedMs ?? 0) < SETTLE_MS || !sawLast)
              throw new Fault('too-soon', 'Read it to the end first; Approve opens half a second after it is in view.');
          } else {
            kindIs(waiting, 'sign');
            await wiping(bytes(password), (secret) => needs.checkPassword(secret));
          }
          await requests.approve(request);
          return {};
        },
        async '/refuse'({ tab, request }) {
          inside(tab);
          requests.refuse(request);
          return {};
        },
        async '/words'({ tab, request, digest, password }) {
          inside(tab);
          kindIs(exact(request, digest), 'words');
          return wiping(bytes(password), (secret) => needs.words(secret));
        },
        async '/restore'({ tab, request, digest, phrase }) {
          inside(tab);
          kindIs(exact(request, digest), 'restore');
          await wiping(bytes(phrase), (secret) => requests.approve(request, { phrase: secret }));
          return {};
        },
      },
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
      const alive = [...tabs.values()].some((asked) => clock.now() - asked < ALIVE_MS);
      if (!alive) await open(file);
      return file;
    },
    forget: (waiting: Waiting) => entries.forget(waiting.id),
    sweep: () => entries.sweep(),
    async close(): Promise<void> {
      tabs.clear();
      await entries.close();
      await (await server?.catch(() => undefined))?.close();
    },
  };
}
