/** What a confirm window may ask of the signer, and when Approve counts. */
import type { Clock } from '../base/ports.ts';
import { Fault } from '../wire/index.ts';
import type { Posts } from './confirm-answer.ts';
import { SETTLE_MS, type ConfirmAnswers } from './door.ts';
import type { Entries } from './entries.ts';
import type { Requests, Waiting } from './requests.ts';
import type { Tabs } from './tabs.ts';

/** Shorter than what proxies and browsers give up on. */
const POLL_MS = 25_000;

const bytes = (base64: string) => Buffer.from(base64, 'base64');

export interface PostsNeeds {
  readonly requests: Requests;
  readonly clock: Clock;
  readonly entries: Entries;
  readonly tabs: Tabs;
  /** Resolves when this is the password; throws `wrong-password` else. */
  checkPassword(password: Uint8Array): Promise<void>;
  /** The words, for the window only. */
  words(password: Uint8Array): Promise<ConfirmAnswers['/words']>;
}

export function makePosts({ requests, clock, entries, tabs, checkPassword, words }: PostsNeeds): Posts {
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

  return {
    async '/enter'({ key }) {
      const request = await entries.use(key);
      if (!request) throw new Fault('tab-unknown', 'This address was used already or is too old. Ask again.');
      return { tab: tabs.enter(), request, digest: requests.get(request).digest };
    },
    async '/pending'({ tab, seen }, signal) {
      tabs.inside(tab);
      if (seen === requests.version) await requests.change(AbortSignal.any([signal, AbortSignal.timeout(POLL_MS)]));
      const one = requests.first();
      if (one && !signal.aborted) one.handedOutAt ??= clock.now();
      const left = one ? Math.max(0, one.expiresAt - clock.now()) : 0;
      const shown = one ? { id: one.id, digest: one.digest, sheet: one.sheet, left } : null;
      return { version: requests.version, waiting: requests.size, shown };
    },
    async '/approve'({ tab, request, digest, password, focusedMs, sawLast }) {
      tabs.inside(tab);
      const waiting = exact(request, digest);
      kindIs(waiting, 'sign', 'words');
      if (password === undefined) {
        const lasted = waiting.handedOutAt === undefined ? 0 : clock.now() - waiting.handedOutAt;
        if (lasted < SETTLE_MS || (focusedMs ?? 0) < SETTLE_MS || !sawLast)
          throw new Fault('too-soon', 'Read it to the end first; Approve opens half a second after it is in view.');
      } else {
        kindIs(waiting, 'sign');
        await wiping(bytes(password), (secret) => checkPassword(secret));
      }
      await requests.approve(request);
      return {};
    },
    async '/refuse'({ tab, request }) {
      tabs.inside(tab);
      requests.refuse(request);
      return {};
    },
    async '/words'({ tab, request, digest, password }) {
      tabs.inside(tab);
      kindIs(exact(request, digest), 'words');
      return wiping(bytes(password), (secret) => words(secret));
    },
    async '/restore'({ tab, request, digest, phrase }) {
      tabs.inside(tab);
      kindIs(exact(request, digest), 'restore');
      await wiping(bytes(phrase), (secret) => requests.approve(request, { phrase: secret }));
      return {};
    },
  };
}

/**
 * The same for a carrier that any program of this user can reach. Where the desktop shell shows the confirm window no
 * browser ever comes this way, only a terminal, and that approves with the password: so nothing less is taken.
 */
export const withPassword = (posts: Posts): Posts => ({
  ...posts,
  async '/approve'(input, signal) {
    if (input.password === undefined)
      throw new Fault(
        'password-needed',
        'From outside the confirm window this needs the password. Nothing was signed.',
      );
    return posts['/approve'](input, signal);
  },
});
